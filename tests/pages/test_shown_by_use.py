"""What weeks of use have shown: pages say what happened and who can see it, and nothing goes at one click."""

from datetime import date, timedelta

import pytest
from flask import Flask

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, Tag
from app.operations import entries
from app.queries import entries as asking
from tests.factories import Factory, draft
from tests.page_client import PageClient

FIELDS = {"title": "", "body": "Two boats.", "entry_date": "2026-03-01", "entry_time": "", "tags": ""}


def test_deleting_for_good_names_what_goes_and_asks(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(title="Harbour", body="One.")
    with app.app_context(), writing():
        own = asking.own(entry.id, factory.ada)
        assert own
        entries.revise(own, draft("Two.", title="Harbour"), 1, clock.now())
    ada.visit("/trash/empty", 303)
    ada.visit(f"/trash/{entry.id}/delete", 404)
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    assert f"/trash/{entry.id}/delete" in ada.visit("/trash").links() and "/trash/empty" in ada.page.links()
    page = ada.visit(f"/trash/{entry.id}/delete")
    assert "Harbour" in page.text and "1 earlier version will be deleted" in page.text and "can't undo" in page.text
    assert "Delete 1 entry permanently?" in ada.visit("/trash/empty").text
    ada.submit(f"/trash/{entry.id}/delete", from_page=f"/trash/{entry.id}/delete")
    assert "Trash is empty" in ada.visit("/trash").text


@pytest.mark.parametrize(("typed", "day"), [("2026-02-03", date(2026, 2, 3)), ("some day", date(2026, 3, 14))])
def test_a_discarded_draft_lies_in_the_trash(app: Flask, factory: Factory, ada: PageClient, typed: str, day: date) -> None:
    fields = {**FIELDS, "title": "Unsaid", "body": "Half a thought", "entry_date": typed, "tags": "sea", "key": "k", "serial": "1"}
    ada.submit("/entry/draft", fields, 200, from_page="/entry")
    assert "Continue writing" in ada.visit("/").text
    (action,) = [str(form["action"]) for form in ada.visit("/drafts").all("form") if "discard" in str(form["action"])]
    ada.submit(action, from_page="/drafts")
    assert "Unsaid" in ada.visit("/trash").text and "unfinished" not in ada.visit("/").text
    with app.app_context():
        (entry,) = db.session.query(Entry).all()
        assert (entry.body, entry.entry_date, entry.visibility) == ("Half a thought", day, "private")
    ada.submit(f"/trash/{entry.id}/restore", from_page="/trash")
    assert "Half a thought" in ada.visit("/").text


@pytest.mark.parametrize(
    ("visibility", "words"), [("private", "Saved."), ("members", "Anyone with an account here"), ("public", "Anyone on the internet")]
)
def test_a_save_says_who_can_read_it(ada: PageClient, visibility: str, words: str) -> None:
    ada.submit("/entry", {**FIELDS, "visibility": visibility})
    page = ada.visit(ada.location)
    assert words in page.text and ("http://localhost/entry/" in page.text) == (visibility != "private")


def test_a_star_keeps_its_place(factory: Factory, ada: PageClient) -> None:
    entry = factory.entry()
    ada.submit(f"/entry/{entry.id}/star", {"starred": "1"}, from_page="/logout")
    assert ada.location.endswith("#star") and 'id="star"' in ada.visit(f"/entry/{entry.id}").html


def test_nobody_is_told_that_own_entries_are_by_oneself(factory: Factory, ada: PageClient) -> None:
    factory.entry(day=date(2025, 3, 14), tags=["sea"])
    for path in ("/", "/search?q=harbour", "/on-this-day?date=2026-03-14", "/tags/sea", "/?view=mine"):
        assert "harbour" in ada.visit(path).text and "by ada" not in ada.page.text, path


@pytest.mark.parametrize(
    ("languages", "written"), [("en-GB,en;q=0.8", "14 March 2026"), ("en-US", "March 14, 2026"), ("de-DE,en-AU;q=0.5", "14 March 2026")]
)
def test_dates_are_written_as_the_readers_region_does(factory: Factory, ada: PageClient, languages: str, written: str) -> None:
    entry = factory.entry(day=date(2026, 3, 14))
    page = ada.client.get(f"/entry/{entry.id}", headers={"Accept-Language": languages})
    assert written in page.text and f'lang="{next(one for one in languages.split(",") if one.startswith("en"))[:5]}"' in page.text


def test_feeds_go_by_when_an_entry_was_published(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    old = factory.entry(title="Old", body="One.", day=date(2001, 1, 1))
    factory.entry(title="New", body="Two.", visibility="public")
    with clock.set_to(clock.now() + timedelta(hours=1)):
        with app.app_context(), writing():
            own = asking.own(old.id, factory.ada)
            assert own
            entries.revise(own, draft("One.", title="Old", day=date(2001, 1, 1), visibility="public"), 1, clock.now())
        answer = stranger.client.get("/feed.atom")
    assert answer.text.index("<title>Old") < answer.text.index("<title>New")
    again = stranger.client.get("/feed.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data


def test_a_tag_goes_with_its_last_entry(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(tags=["sea"])
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    ada.submit(f"/trash/{entry.id}/delete", from_page="/logout")
    with app.app_context():
        assert db.session.query(Tag).count() == 0


def test_an_empty_journal_offers_three_ways_to_begin(factory: Factory, ada: PageClient) -> None:
    factory.entry(factory.ben, body="Shared by somebody else.", visibility="members")
    page = ada.visit("/")
    assert "Three ways to begin" in page.text and {"/entry", "/account/export", "/account/writing"} <= set(page.links())
    assert "Three ways" not in ada.visit("/?view=starred").text
    factory.entry()
    assert "Three ways" not in ada.visit("/").text
