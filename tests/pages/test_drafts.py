"""Drafts: kept while somebody types, never overtaken, listed, gone on with, and let go once saved."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.models import Draft, Entry, Revision
from app.operations import drafts as keeping
from app.operations import trash
from app.operations.entries import EntryInput
from tests.factories import Factory
from tests.page_client import PageClient

TYPED = {
    "title": "",
    "body": "Half a thou",
    "entry_date": "2026-03-01",
    "entry_time": "",
    "tags": "",
    "visibility": "private",
    "version": "0",
}


def keep(page_client: PageClient, serial: int, status: int = 200, key: str = "form-1", **fields: str) -> dict[str, Any]:
    data = {**TYPED, "key": key, "serial": str(serial), **fields}
    page_client.submit("/entry/draft", data, status, from_page="/logout")
    return json.loads(page_client.response.data) if page_client.response.is_json else {}


def drafts(app: Flask) -> list[Draft]:
    with app.app_context():
        return list(db.session.scalars(select(Draft).where(Draft.finished_at.is_(None)).order_by(Draft.id)))


def test_what_is_typed_is_kept_listed_counted_and_gone_on_with(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    assert keep(ada, 1)["serial"] == 1
    assert keep(ada, 2, body="Half a thought, and a 思", entry_date="2026-03-", tags="sea,, ")["serial"] == 2
    assert "Drafts (1)" in ada.visit("/").text and "Drafts (" not in ben.visit("/").text
    assert "Half a thought" in ada.visit("/drafts").text
    (draft,) = drafts(app)
    fields = ada.visit(f"/drafts/{draft.id}").form(having="body")
    assert fields["body"] == "Half a thought, and a 思" and fields["key"] == "form-1" and fields["serial"] == "2"
    assert fields["entry_date"] == "2026-03-"
    for path in (f"/drafts/{draft.id}",):
        ben.visit(path, 404)
    ben.submit(f"/drafts/{draft.id}/discard", {}, 404, from_page="/logout")
    assert "Half a" not in ben.visit("/drafts").text + ben.visit("/").text + ben.visit("/search?q=thought").text


def test_a_draft_that_grew_meanwhile_is_not_discarded(app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(ada, 1, body="First words")
    (draft,) = drafts(app)
    read = trash.entry_of_draft

    def read_and_grow(found: Draft, timezone: str) -> EntryInput | None:
        text = read(found, timezone)
        with writing():
            db.session.execute(update(Draft).values(body="First words and later ones", revision_number=2))
        return text

    monkeypatch.setattr(trash, "entry_of_draft", read_and_grow)
    ada.submit(f"/drafts/{draft.id}/discard", from_page="/drafts", commits=2)
    assert [one.body for one in drafts(app)] == ["First words and later ones"]
    assert "kept writing this draft" in ada.visit("/drafts").text and "Trash is empty" in ada.visit("/trash").text


def test_an_older_window_that_saves_leaves_the_newer_words_as_a_draft(app: Flask, ada: PageClient) -> None:
    keep(ada, 3, body="From the study")
    keep(ada, 8, body="From the study, and on from the kitchen")
    told = ada.client.get("/entry/secret?key=form-1").get_json()
    assert told["serial"] == 8 and ada.client.get("/entry/secret?key=another").get_json()["serial"] == 0
    ada.submit("/entry", {**TYPED, "body": "From the study", "key": "form-1", "serial": "3"}, 303, from_page="/entry")
    (draft,) = drafts(app)
    assert draft.body == "From the study, and on from the kitchen" and draft.form_id != "form-1" and draft.entry_id
    assert keep(ada, 9, 409, body="Still typing")["reason"] == "saved"
    assert len(drafts(app)) == 1


def test_what_a_window_knows_nothing_of_is_not_replaced_however_much_it_typed(app: Flask, ada: PageClient) -> None:
    keep(ada, 5, body="Both windows", known="0")
    keep(ada, 7, body="Both windows, and the first", known="5")
    assert keep(ada, 12, 409, body="Both windows, and the second went on", known="5") == {"reason": "late", "serial": 7}
    keep(ada, 8, body="Both windows, and the first once more", known="7")
    keep(ada, 10, body="An acknowledgement was lost", known="9")
    keep(ada, 30, body="An acknowledgement was lost, and on", known="9", sent="10,20")
    assert keep(ada, 40, 409, body="The other window sent as many", known="9", sent="25,35") == {"reason": "late", "serial": 30}
    keep(ada, 11, 409, body="Nothing that is a number", known="9", sent="x,,99999999999999999999,-1," + "9" * 2000)
    for strange in ("", "-1", "soon", "9" * 40):
        keep(ada, 31, body="Nothing known", known=strange)


@pytest.mark.parametrize("serial", ["9", "14"])
def test_words_that_a_save_replaces_join_the_history(app: Flask, ada: PageClient, serial: str) -> None:
    keep(ada, 9, body="Typed until the evening")
    ada.submit("/entry", {**TYPED, "body": "The morning's snapshot", "key": "form-1", "serial": serial}, 303, from_page="/entry")
    assert drafts(app) == []
    with app.app_context():
        assert list(db.session.scalars(select(Revision.body))) == ["Typed until the evening"]


def test_the_words_that_are_saved_join_no_history(app: Flask, ada: PageClient) -> None:
    keep(ada, 9, body="As typed \n")
    ada.submit("/entry", {**TYPED, "body": "As typed\n", "key": "form-1", "serial": "9"}, 303, from_page="/entry")
    with app.app_context():
        assert list(db.session.scalars(select(Revision.body))) == []


def test_any_key_may_be_asked_for(ada: PageClient) -> None:
    for key in ("%00", "%FF", "%ED%A0%80", "k" * 5000):
        assert ada.client.get(f"/entry/secret?key={key}").get_json()["serial"] == 0


def test_a_late_state_never_takes_the_place_of_a_newer_one(app: Flask, factory: Factory, ada: PageClient) -> None:
    keep(ada, 5, body="Newer")
    assert keep(ada, 4, 409, body="Older") == {"reason": "late", "serial": 5}
    assert keep(ada, 5, 409, body="Another")["reason"] == "late"
    assert keep(ada, 5, body="Newer")["serial"] == 5, "the same packet twice is no matter"
    assert [draft.body for draft in drafts(app)] == ["Newer"]


def test_saving_ends_the_draft_and_turns_away_what_was_on_its_way(app: Flask, factory: Factory, ada: PageClient) -> None:
    keep(ada, 1)
    ada.submit("/entry", {**TYPED, "body": "A whole thought.", "key": "form-1", "serial": "2"})
    assert drafts(app) == []
    assert keep(ada, 3, 409)["reason"] == "saved"
    assert drafts(app) == [] and "Drafts (" not in ada.visit("/").text
    with app.app_context():
        worker.do_chores(clock.now() + Draft.REMEMBERED)
        assert db.session.scalars(select(Draft)).all() == []


def test_saving_before_the_first_packet_turns_it_away_too(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/entry", {**TYPED, "body": "Quick.", "key": "form-1", "serial": "1"})
    assert keep(ada, 1, 409, body="Quick.")["reason"] == "saved"


def test_a_change_waits_at_its_page_and_is_saved_as_such(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="First.")
    keep(ada, 1, entry=str(entry.id), version="1", body="First, and more")
    (draft,) = drafts(app)
    assert draft.entry_id == entry.id
    assert f"/drafts/{draft.id}" in ada.visit(f"/entry/{entry.id}/edit").links()
    fields = ada.visit(f"/drafts/{draft.id}").form(action=f"/entry/{entry.id}/edit")
    ada.submit(f"/entry/{entry.id}/edit", {**fields, "body": "First, and more."})
    assert "First, and more." in ada.visit(f"/entry/{entry.id}").text and drafts(app) == []


def test_a_change_of_what_is_gone_becomes_a_new_page(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="First.")
    keep(ada, 1, entry=str(entry.id), version="1", body="Too late")
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    ada.submit("/trash/empty", from_page="/trash")
    (draft,) = drafts(app)
    assert draft.entry_id is None
    assert ada.visit(f"/drafts/{draft.id}").form(action="/entry")["body"] == "Too late"


def test_a_change_of_what_is_in_the_trash_restores_it(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="First.", visibility="private")
    keep(ada, 1, entry=str(entry.id), version="1", body="First, and more.", visibility="public")
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    form = ada.visit(f"/drafts/{drafts(app)[0].id}").form(action=f"/entry/{entry.id}/edit")
    assert form["body"] == "First, and more." and form["visibility"] == "private"
    ada.submit(f"/entry/{entry.id}/edit", {**form, "restore": "1"}, from_page="/logout")
    assert "First, and more." in ada.visit(f"/entry/{entry.id}").text and drafts(app) == []


@pytest.mark.parametrize("audience", ["junk", ""])
def test_a_change_of_what_is_in_the_trash_for_readers_that_are_none(factory: Factory, ada: PageClient, audience: str) -> None:
    entry = factory.entry(body="First.", visibility="members", trashed=True)
    page = ada.submit(f"/entry/{entry.id}/edit", {**TYPED, "visibility": audience}, 409, from_page="/logout")
    assert page.form(having="body")["visibility"] == "members"


def test_a_draft_that_was_left_empty_is_no_draft_and_goes(app: Flask, ada: PageClient) -> None:
    keep(ada, 1, body="F")
    keep(ada, 2, title="", body="", tags="", mood="", place="")
    assert "No drafts." in ada.visit("/drafts").text
    keep(ada, 3, title="", body="Fog.", tags="")
    assert "Fog." in ada.visit("/drafts").text
    keep(ada, 4, title="", body="", tags="")
    with app.app_context(), clock.set_to(clock.now() + Draft.REMEMBERED), writing():
        keeping.forget_finished(clock.now())
    assert drafts(app) == []


def test_a_draft_that_was_emptied_keeps_its_earlier_steps_in_reach(app: Flask, ada: PageClient) -> None:
    keep(ada, 1, body="Half an hour of words")
    with clock.set_to(clock.now() + 4 * Draft.SNAPSHOT_EVERY):
        keep(ada, 2, title="", body="", tags="", mood="", place="")
    (draft,) = drafts(app)
    assert f"/drafts/{draft.id}" in ada.visit("/drafts").links()
    step = next(link for link in ada.visit(f"/drafts/{draft.id}").links() if "step=" in link)
    assert "Half an hour" in ada.visit(step).html


def test_a_save_that_knows_nothing_of_a_later_one_is_shown_both(app: Flask, factory: Factory, ada: PageClient) -> None:
    form = {**ada.visit("/entry").form(having="body"), **TYPED, "body": "All of it.", "serial": "37", "base": "37"}
    ada.submit("/entry", form)
    page = ada.submit("/entry", {**form, "body": "Only the start.", "serial": "40", "base": "3"}, 409, from_page="/logout")
    assert "All of it." in page.text
    ada.submit("/entry", {**form, "body": "All of it, and more.", "serial": "38"})
    assert "and more" in ada.visit(ada.location).text


@pytest.mark.parametrize(("minutes", "kept"), [(2, None), (60, "09:00")])
def test_a_draft_of_another_day_keeps_only_a_time_that_was_typed(
    app: Flask, factory: Factory, ada: PageClient, minutes: int, kept: str | None
) -> None:
    begun = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
    with clock.set_to(begun + timedelta(minutes=minutes)):
        keep(ada, 1, entry_date="2026-03-14", entry_time="09:00")
        form = ada.visit(f"/drafts/{drafts(app)[0].id}").form(having="body")
        ada.submit("/entry", {**form, "entry_date": "2026-03-02"}, from_page="/logout")
    with app.app_context():
        (entry,) = db.session.scalars(select(Entry))
        assert (f"{entry.entry_time:%H:%M}" if entry.entry_time else None) == kept


def test_a_form_is_told_where_it_went(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    def told(reader: PageClient) -> Any:
        reader.visit("/entry/secret?key=form-1")
        return reader.response.json

    assert "address" not in told(ada)
    keep(ada, 3)
    assert (told(ada)["address"], told(ada)["serial"]) == (f"/drafts/{drafts(app)[0].id}", 3) and "address" not in told(ben)
    ada.submit("/entry", {**TYPED, "key": "form-1", "serial": "3", "base": "3"}, from_page="/logout")
    saved = ada.location
    assert told(ada)["address"] == f"{saved}/edit"
    ada.submit(f"{saved}/trash", from_page="/logout")
    assert "address" not in told(ada)


def test_nobody_changes_somebody_else_s_page_by_a_draft(app: Flask, factory: Factory, ben: PageClient) -> None:
    keep(ben, 1, entry=str(factory.entry(body="Ada's.").id), version="1")
    assert [draft.entry_id for draft in drafts(app)] == [None]
    assert "Ada's" not in ben.visit(f"/drafts/{drafts(app)[0].id}").text


def test_ten_minutes_of_typing_leave_one_step_and_saving_takes_it_into_the_history(app: Flask, factory: Factory, ada: PageClient) -> None:
    start = clock.now()
    for minute in range(31):
        with clock.set_to(start + timedelta(minutes=minute)):
            keep(ada, minute + 1, body=f"minute {minute}")
    (draft,) = drafts(app)
    page = ada.visit(f"/drafts/{draft.id}")
    steps = [link for link in page.links() if "step=" in link]
    assert len(steps) == 3
    assert ada.visit(steps[1]).form(having="body")["body"] == "minute 19"
    with clock.set_to(start + timedelta(minutes=31)):
        ada.submit("/entry", {**TYPED, "body": "Done.", "key": "form-1", "serial": "40"})
    with app.app_context():
        kept = db.session.execute(select(Revision.version, Revision.snapshot, Revision.body).order_by(Revision.snapshot)).all()
    assert [tuple(row) for row in kept] == [(0, 1, "minute 9"), (0, 2, "minute 19"), (0, 3, "minute 29"), (0, 4, "minute 30")]


def test_a_text_of_one_person_is_not_saved_for_the_next(app: Flask, factory: Factory, ben: PageClient) -> None:
    ada_s = str(factory.ada.id)
    assert keep(ben, 1, 403, writer=ada_s) == {"reason": "writer"}
    page = ben.submit("/entry", {**TYPED, "body": "Ada's thought.", "writer": ada_s}, 409, from_page="/entry")
    assert page.form(action="/entry")["body"] == "Ada's thought." and page.form(action="/entry")["writer"] == ada_s
    assert drafts(app) == [] and "thought" not in ben.visit("/").text


def test_a_page_left_open_gets_the_secret_of_the_session(ada: PageClient, stranger: PageClient, factory: Factory) -> None:
    told = ada.client.get("/entry/secret").json
    assert told and told["writer"] == factory.ada.id
    data = {**TYPED, "key": "form-1", "serial": "1", "csrf_token": told["secret"]}
    assert ada.client.post("/entry/draft", data=data).status_code == 200
    assert stranger.client.get("/entry/secret").status_code == 303
    assert stranger.client.post("/entry/draft", data=data).status_code == 400


@pytest.mark.parametrize("fields", [{"serial": "0"}, {"serial": "x"}, {"serial": "-1"}, {"key": ""}, {"serial": "9" * 30}])
def test_what_is_no_state_of_a_form_is_refused(ada: PageClient, fields: dict[str, str]) -> None:
    ada.submit("/entry/draft", {**TYPED, "key": "form-1", "serial": "1", **fields}, 400, from_page="/logout")


def test_odd_pages_are_kept_as_they_are(app: Flask, factory: Factory, ada: PageClient) -> None:
    odd = "x" * 300_000
    keep(ada, 1, title=odd, body="", entry_date=odd, tags=odd, visibility=odd, entry="9" * 40)
    keep(ada, 1, key="form-2", body="a\x00b")
    first, second = drafts(app)
    assert first.title == odd and first.tags == odd and second.body == "ab"


def test_nobody_keeps_too_many(app: Flask, factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Draft, "MAX_PER_USER", 2)
    keep(ada, 1, key="a")
    keep(ada, 1, key="b")
    assert keep(ada, 1, 409, key="c") == {"reason": "many"}
    ada.submit(f"/drafts/{drafts(app)[0].id}/discard", from_page="/drafts")
    keep(ada, 1, key="c")


def test_many_packets_at_once_leave_the_newest(app: Flask, factory: Factory, ada: PageClient) -> None:
    secret, cookie = ada.secret("/logout"), ada.client.get_cookie("session")
    assert cookie

    def send(serial: int) -> int:
        client = app.test_client()
        client.set_cookie("session", cookie.value)
        data = {**TYPED, "key": "form-1", "serial": str(serial), "body": f"state {serial}", "csrf_token": secret}
        return client.post("/entry/draft", data=data).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, [3, 20, 1, 7, 15, 2, 19, 11, 5, 13, 18, 4, 9, 16, 6, 12]))
    assert set(statuses) <= {200, 409}
    assert [(draft.revision_number, draft.body) for draft in drafts(app)] == [(20, "state 20")]


def test_the_page_for_writing_without_a_network_holds_no_secret_and_no_word(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(title="Harbour")
    session = ada.secret("/logout")
    page = ada.visit("/entry/offline")
    fields = page.form(having="body")
    assert fields["csrf_token"] == "none yet" and fields["writer"] == str(factory.ada.id) and fields["key"] == fields["body"] == ""
    assert session not in page.html and "Harbour" not in page.html and factory.ada.username not in page.text


def test_the_worker_keeps_nothing_but_what_pages_are_made_of(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.visit("/worker.js")
    script = ada.response.text
    kept = json.loads(script.partition("const ASSETS = ")[2].partition(";")[0])
    assert all(address.startswith("/static/") for address in kept) and ada.response.mimetype == "text/javascript"
    page = ada.visit("/entry/offline")
    needed = [element["src"] for element in page.all("script")] + [element["href"] for element in page.all("link")]
    assert set(needed) <= set(kept)
    for address in kept:
        PageClient(app).visit(address)
    imports = {name for address in kept if address.endswith(".js") for name in imported(app, address)}
    assert imports <= {address.rpartition("/")[2] for address in kept}


def imported(app: Flask, address: str) -> list[str]:
    """Return the modules that a module imports."""
    page_client = PageClient(app)
    page_client.visit(address)
    return re.findall(r'(?:from|import\(|import) ?"\./([\w.]+)"', page_client.response.text)


def test_drafts_are_bounded_as_entries_are(app: Flask, factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Draft, "MAX_LENGTH", 1000)
    monkeypatch.setattr(Draft, "MAX_CHARACTERS", 2500)
    secret = ada.secret("/entry")

    def keep(key: str, length: int) -> int:
        fields = {"key": key, "serial": "1", "body": "x" * length, "csrf_token": secret}
        return ada.client.post("/entry/draft", data=fields).status_code

    assert keep("a", 1001) == 413
    assert [keep(name, 1000) for name in "abc"] == [200, 200, 409]
    assert keep("d", 500) == 200
