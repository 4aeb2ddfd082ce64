"""History: listed, compared word by word, brought back; two texts that meet; what is older than anybody needs."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.models import Revision
from tests.factories import Factory
from tests.page_client import PageClient

PAGE = {"title": "", "entry_date": "2026-03-01", "entry_time": "", "tags": "", "visibility": "private"}


def save(page_client: PageClient, entry_id: int, body: str, version: int, status: int = 303, **fields: str) -> None:
    page_client.submit(f"/entry/{entry_id}/edit", {**PAGE, "body": body, "version": str(version), **fields}, status, from_page="/logout")


def test_versions_are_listed_compared_and_brought_back(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    entry = factory.entry(title="Walk", body="We walked to the harbour.", tags=["sea"])
    assert "never been changed" in ada.visit(f"/entry/{entry.id}/history").text
    save(ada, entry.id, "We ran to the old harbour.", 1, title="Run", visibility="members")
    page = ada.visit(f"/entry/{entry.id}/history")
    assert f"/entry/{entry.id}/history/1" in page.links() and "Walk" in page.text
    page = ada.visit(f"/entry/{entry.id}/history/1")
    assert "<del>walked</del><ins>ran</ins>" in page.html and "<ins>old </ins>" in page.html
    ada.submit(f"/entry/{entry.id}/history/1/restore", from_page="/logout")
    again = factory.again(entry)
    assert (again.title, again.body, again.version, again.tag_names) == ("Walk", "We walked to the harbour.", 3, ["sea"])
    assert again.visibility == "members", "bringing a text back opens or closes no door"
    assert [revision.body for revision in again.revisions] == ["We walked to the harbour.", "We ran to the old harbour."]
    for path in (f"/entry/{entry.id}/history", f"/entry/{entry.id}/history/1"):
        ben.visit(path, 404)
    ben.submit(f"/entry/{entry.id}/history/1/restore", {}, 404, from_page="/logout")


@pytest.mark.parametrize("number", ["0", "9", "1.1", "1.", "x", "9999999999"])
def test_versions_that_are_not_there(factory: Factory, ada: PageClient, number: str) -> None:
    entry = factory.entry()
    save(ada, entry.id, "Changed.", 1)
    ada.visit(f"/entry/{entry.id}/history/{number}", 404)


def test_two_texts_that_meet_are_shown_with_what_differs(factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="Common ground.")
    save(ada, entry.id, "Common old ground.", 1)
    save(ada, entry.id, "Common new ground.", 1, 409)
    assert "<del>old</del><ins>new</ins>" in ada.page.html
    fields = ada.page.form(having="body")
    ada.submit("/entry", {**PAGE, **fields}, from_page="/logout")
    assert factory.again(entry).body == "Common old ground.", "the other way is a page of its own"
    save(ada, entry.id, "Common old and new ground.", int(fields["version"]))
    assert [revision.body for revision in factory.again(entry).revisions] == ["Common ground.", "Common old ground."]


def test_what_was_thrown_away_meanwhile_is_restored_or_made_new(factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="First.")
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    save(ada, entry.id, "Second.", 1, 409)
    assert "is in the trash" in ada.page.text
    fields = ada.page.form(action=f"/entry/{entry.id}/edit")
    ada.submit("/entry", {**PAGE, **fields, "key": "other"}, from_page="/logout")
    assert factory.again(entry).is_trashed
    save(ada, entry.id, "Second.", 1, restore="1")
    again = factory.again(entry)
    assert not again.is_trashed and again.body == "Second." and [revision.body for revision in again.revisions] == ["First."]


def test_old_versions_are_thinned_out(app: Flask, factory: Factory) -> None:
    entry, now = factory.entry(), clock.now()
    ages = [timedelta(minutes=minute / 2) for minute in range(300)] + [timedelta(days=day) for day in (80, 89, 91, 400)]
    facts = {"entry_id": entry.id, "title": "", "body": "x", "entry_date": entry.entry_date, "timezone": "UTC", "visibility": "private"}
    with app.app_context():
        with writing() as session:
            for version, age in enumerate(reversed(ages), 1):
                session.add(Revision(**facts, version=version, tags=[], saved_at=now - age))
        worker.thin_out_history(now)
        left = db.session.scalars(select(Revision.saved_at).order_by(Revision.saved_at.desc())).all()
    assert sum(now - at < timedelta(minutes=10) for at in left) == 20, "all of the last ten minutes"
    assert sum(timedelta(minutes=30) <= now - at < timedelta(minutes=150) for at in left) == 12, "then one for ten minutes"
    assert {(now - at).days for at in left if now - at > timedelta(days=1)} == {80, 89}


def test_fifty_versions_stay_however_old(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="0")
    for version in range(1, 52):
        save(ada, entry.id, str(version), version)
    with app.app_context():
        worker.thin_out_history(clock.now() + timedelta(days=1000))
        assert db.session.scalar(select(func.count()).select_from(Revision)) == 50


def test_a_text_of_a_megabyte_is_compared(factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="word " * 200_000)
    save(ada, entry.id, "word " * 199_999 + "end", 1)
    ada.visit(f"/entry/{entry.id}/history/1")
