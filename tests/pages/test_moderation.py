"""Moderators hide public pages, with a reason, and read nothing that is private."""

import pytest
from flask import Flask

from app.models import Role
from tests.emails import waiting_emails
from tests.factories import Factory
from tests.page_client import PageClient


@pytest.fixture
def mod(app: Flask, factory: Factory) -> PageClient:
    """A moderator's browser."""
    return PageClient(app).signed_in_as(factory.person("mod", role_name=Role.MODERATOR))


def hide(page_client: PageClient, entry_id: int, reason: str = "Somebody else's address.", status: int = 303) -> None:
    page_client.submit(f"/moderation/entry/{entry_id}/hide", {"reason": reason}, status, from_page="/logout")


def test_a_public_page_is_hidden_from_everybody_but_its_writer(
    app: Flask, factory: Factory, ada: PageClient, ben: PageClient, mod: PageClient
) -> None:
    entry = factory.entry(title="Loud", visibility="public", body="For all.")
    assert f"/moderation/entry/{entry.id}/hide" in mod.visit(f"/entry/{entry.id}").links()
    assert "Hide this entry" not in ben.visit(f"/entry/{entry.id}").text
    hide(mod, entry.id, "", 422)
    hide(mod, entry.id, "x" * 501, 422)
    hide(mod, entry.id)
    ben.visit(f"/entry/{entry.id}", 404)
    PageClient(app).visit(f"/entry/{entry.id}.md", 404)
    for path in ("/", "/?view=shared", "/people/ada"):
        assert "For all." not in ben.visit(path).text
    for path in ("/feed.atom", "/people/ada/feed.atom"):
        assert "For all." not in ben.client.get(path).text
    assert "Somebody else's address." in ada.visit(f"/entry/{entry.id}").text and "For all." in ada.visit("/").text
    (email,) = waiting_emails(app)
    assert email.recipients == ["ada@example.org"] and "Somebody else's address." in (email.body or "")
    assert "Loud" not in (email.body or "") + (email.html or "") and f"/entry/{entry.id}" in (email.body or "")


def test_a_hidden_page_stays_hidden_when_it_is_changed_and_until_it_is_shown_again(
    factory: Factory, ada: PageClient, ben: PageClient, mod: PageClient
) -> None:
    entry = factory.entry(title="Loud", visibility="public")
    hide(mod, entry.id)
    hide(mod, entry.id, "Once more.", 404)
    ada.submit(f"/entry/{entry.id}/edit", {"body": "Softer.", "entry_date": "2026-03-01", "version": "1", "visibility": "public"})
    ben.visit(f"/entry/{entry.id}", 404)
    assert "Softer." in mod.visit(f"/entry/{entry.id}").text, "to judge whether it can be shown again"
    assert "Somebody else's address." in mod.visit("/moderation").text and "Once more." not in mod.page.text
    mod.submit(f"/moderation/entry/{entry.id}/show", from_page="/logout")
    ben.visit(f"/entry/{entry.id}")
    assert "No hidden entries" in mod.visit("/moderation").text


def test_what_is_not_public_is_nobody_s_to_read_or_hide(factory: Factory, ada: PageClient, mod: PageClient) -> None:
    for visibility in ("private", "members"):
        hide(mod, factory.entry(visibility=visibility).id, status=404)
    entry = factory.entry(title="Loud", visibility="public")
    hide(mod, entry.id)
    ada.submit(
        f"/entry/{entry.id}/edit", {"title": "Mine", "body": "Mine.", "entry_date": "2026-03-01", "version": "1", "visibility": "private"}
    )
    mod.visit(f"/entry/{entry.id}", 404)
    assert "Mine" not in mod.visit("/moderation").text and "No longer public" in mod.page.text
    mod.submit(f"/moderation/entry/{entry.id}/show", from_page="/logout")
    mod.visit(f"/entry/{entry.id}", 404)


def test_hiding_and_closing_do_not_undo_each_other(factory: Factory, ada: PageClient, ben: PageClient, mod: PageClient) -> None:
    entry = factory.entry(visibility="public")
    hide(mod, entry.id)
    ada.submit("/account/close", {"username": "ada"})
    mod.visit(f"/entry/{entry.id}", 404)
    mod.submit(f"/moderation/entry/{entry.id}/show", from_page="/logout")
    ben.visit(f"/entry/{entry.id}", 404)


def test_it_is_written_down(app: Flask, factory: Factory, mod: PageClient) -> None:
    entry = factory.entry(title="Loud", visibility="public")
    hide(mod, entry.id)
    mod.submit(f"/moderation/entry/{entry.id}/show", from_page="/logout")
    text = PageClient(app).signed_in_as(factory.cleo).visit("/admin/audit").text
    assert "mod hid an entry: ada" in text and "mod unhid an entry: ada" in text and "Loud" not in text


def test_pages_of_closed_accounts_are_nobody_s_to_hide(app: Flask, factory: Factory, ada: PageClient, mod: PageClient) -> None:
    entry, hidden = factory.entry(visibility="public"), factory.entry(visibility="public")
    hide(mod, hidden.id)
    ada.submit("/account/close", {"username": "ada"})
    hide(mod, entry.id, status=404)
    assert "by ada" not in mod.visit("/moderation").text


def test_a_hidden_page_in_the_trash_can_be_shown_again(factory: Factory, ada: PageClient, ben: PageClient, mod: PageClient) -> None:
    entry = factory.entry(visibility="public")
    hide(mod, entry.id)
    hide(mod, factory.entry(visibility="public").id, "   ", 422)
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    mod.submit(f"/moderation/entry/{entry.id}/show", from_page="/logout")
    ada.submit(f"/trash/{entry.id}/restore", from_page="/trash")
    ben.visit(f"/entry/{entry.id}")
