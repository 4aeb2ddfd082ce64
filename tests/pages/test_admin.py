"""Administration, without ever reading their journals."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from app import clock
from app.models import LoginSession, Role, User
from tests.cast import PASSWORD, Cast, email_of
from tests.cli.test_journals import run
from tests.emails import waiting_letters
from tests.visitor import Visitor


@pytest.fixture
def cleo(app: Flask, cast: Cast) -> Visitor:
    """The administrator's browser."""
    return Visitor(app).signed_in_as(cast.cleo)


def act(visitor: Visitor, person: User, action: str, data: dict[str, str] | None = None, status: int = 303) -> None:
    visitor.submit(f"/admin/people/{person.id}/{action}", data, status, from_page="/logout")


def test_people_are_found_by_name_and_address(cast: Cast, cleo: Visitor) -> None:
    assert cast.ada and cast.ben
    assert {"ada", "ben", "cleo"} <= set(cleo.visit("/admin/people").text.split())
    page = cleo.visit("/admin/people?q=BEN@")
    assert "ben" in page.text.split() and "ada" not in page.text.split()
    assert "No one found" in cleo.visit("/admin/people?q=%25").text, "a wildcard is only a character"
    cleo.visit("/admin", 303)


def test_people_come_in_pages(cast: Cast, cleo: Visitor) -> None:
    for number in range(55):
        cast.person(f"writer{number:02}")
    first = cleo.visit("/admin/people?q=writer")
    second = cleo.visit("/admin/people?q=writer&after=writer49")
    assert "writer49" in first.text and "writer50" not in first.text and "after=writer49" in first.html
    assert "writer50" in second.text and "writer49" not in second.text


def test_a_suspended_person_is_out_at_once_and_back_when_reinstated(app: Flask, cast: Cast, ada: Visitor, cleo: Visitor) -> None:
    act(cleo, cast.ada, "suspend")
    ada.visit("/account", 303)
    again = Visitor(app)
    assert "suspended" in again.submit("/login", {"username": "ada", "password": PASSWORD}, 403).text
    again.visit("/account", 303)
    again.submit("/login", {"username": "ada", "password": "not hers at all"}, 422)
    assert "suspended since" in cleo.visit(f"/admin/people/{cast.ada.id}").text
    act(cleo, cast.ada, "reinstate")
    ada.visit("/account", 303)
    again.submit("/login", {"username": "ada", "password": PASSWORD})
    again.visit("/account")


def test_a_cookie_from_before_the_suspension_stays_dead(app: Flask, cast: Cast, cleo: Visitor) -> None:
    stolen = Visitor(app).signed_in_as(cast.ada)
    act(cleo, cast.ada, "suspend")
    act(cleo, cast.ada, "reinstate")
    stolen.visit("/account", 303)


def test_roles_change_and_one_administrator_is_left(app: Flask, cast: Cast, cleo: Visitor) -> None:
    for action, data in (("role", {"role": Role.USER}), ("suspend", None)):
        act(cleo, cast.cleo, action, data)
        assert "only administrator" in cleo.visit("/admin/people").text
    act(cleo, cast.ada, "role", {"role": Role.ADMINISTRATOR})
    act(cleo, cast.cleo, "role", {"role": Role.USER})
    cleo.visit("/admin/people", 404)
    Visitor(app).signed_in_as(cast.ada).visit("/admin/people")
    assert "only administrator" in run(app, "user", "role", "ada", "User", status=1)


def test_all_administrators_learn_of_a_new_one(app: Flask, cast: Cast, cleo: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> list[tuple[str, str]]:
        return [(str(one.recipients[0]), one.subject or "") for one in waiting_letters(app) if "administrator" in (one.subject or "")]

    act(cleo, cast.ada, "role", {"role": Role.MODERATOR})
    assert not told()
    act(cleo, cast.ada, "role", {"role": Role.ADMINISTRATOR})
    act(cleo, cast.ada, "role", {"role": Role.ADMINISTRATOR})
    assert told() == [(cast.cleo.email, "ada is now an administrator")]
    run(app, "user", "create", "eve", "--email", "eve@example.org", "--password", "a long enough passphrase", "--role", "Administrator")
    monkeypatch.setitem(app.config, "ADMIN_EMAIL", cast.dan.email)
    act(cleo, cast.dan, "confirm")
    subjects = [subject for _recipients, subject in told()]
    assert sum("eve" in subject for subject in subjects) == 2 and sum("dan" in subject for subject in subjects) == 3
    assert "/admin/people" in str(waiting_letters(app)[-1].body)


def test_an_administrator_with_a_password_alone_is_asked_for_more(cast: Cast, cleo: Visitor) -> None:
    assert "only a password protects" in cleo.visit("/admin/people").text


def test_two_administrators_cannot_both_go_at_once(app: Flask, cast: Cast) -> None:
    second = cast.person("second", role_name=Role.ADMINISTRATOR)
    visitors = [(Visitor(app).signed_in_as(cast.cleo), second), (Visitor(app).signed_in_as(second), cast.cleo)]
    secrets = [visitor.secret("/logout") for visitor, _ in visitors]

    def suspend(number: int) -> int:
        visitor, other = visitors[number]
        return visitor.client.post(f"/admin/people/{other.id}/suspend", data={"csrf_token": secrets[number]}).status_code

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(suspend, range(2)))
    assert run(app, "user", "list").count("suspended") == 1


def test_an_address_is_confirmed_and_links_are_sent(app: Flask, cast: Cast, cleo: Visitor) -> None:
    act(cleo, cast.dan, "confirm")
    Visitor(app).signed_in_as(cast.dan).visit("/account")
    act(cleo, cast.dan, "reset-link")
    assert waiting_letters(app)[-1].recipients == [cast.dan.email]
    dan = Visitor(app).signed_in_as(cast.dan)
    act(cleo, cast.dan, "sessions-revoke")
    dan.visit("/account", 303)
    act(cleo, cast.dan, "promote", status=404)
    act(cleo, cast.dan, "role", {"role": "Emperor"}, 400)


def test_every_act_is_written_down(app: Flask, cast: Cast, cleo: Visitor) -> None:
    act(cleo, cast.ada, "suspend")
    act(cleo, cast.ada, "suspend")
    run(app, "user", "reinstate", "ada")
    act(cleo, cast.ada, "role", {"role": Role.MODERATOR})
    text = cleo.visit("/admin/audit").text
    assert text.count("cleo suspended: ada") == 1
    assert "(command line) reinstated: ada" in text and "User → Moderator" in text


def test_waiting_letters_are_shown_without_what_is_in_them(app: Flask, cast: Cast, cleo: Visitor, stranger: Visitor) -> None:
    stranger.submit("/reset", {"email": cast.ada.email})
    page = cleo.visit("/admin/outbox")
    assert email_of(cast.ada) in page.text and "/reset/" not in page.html
    (action,) = [str(form["action"]) for form in page.all("form") if "retry" in str(form["action"])]
    cleo.submit(action, from_page="/logout")
    assert "cleo resent an email: ada" in cleo.visit("/admin/audit").text and email_of(cast.ada) not in cleo.page.text
    cleo.submit("/admin/outbox/999999/retry", {}, 404, from_page="/logout")


def test_acts_ask_for_the_password_again(app: Flask, cast: Cast) -> None:
    cleo = Visitor(app).signed_in_as(cast.cleo)
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR + timedelta(seconds=1)):
        act(cleo, cast.ada, "suspend")
        assert cleo.location == f"/account/prove?next=/admin/people/{cast.ada.id}"
        assert "suspended" not in cleo.visit(f"/admin/people/{cast.ada.id}").text


def test_no_page_of_the_door_shows_anything_of_a_journal(app: Flask, cast: Cast, cleo: Visitor) -> None:
    entry = cast.entry(title="Unsaid", body="Nobody must read this.", tags=["hush"])
    for path in (
        "/admin/people",
        f"/admin/people/{cast.ada.id}",
        "/admin/outbox",
        "/admin/audit",
        "/",
        "/?view=shared",
        "/search?q=nobody",
    ):
        html = cleo.visit(path).html
        assert "Unsaid" not in html and "must read this" not in html and "hush" not in html, path
    for path in (f"/entry/{entry.id}", f"/entry/{entry.id}.md", f"/entry/{entry.id}/edit"):
        cleo.visit(path, 404)
