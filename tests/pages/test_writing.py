"""Writing, changing, conflicts, trash, and what is given back when a save is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app import clock
from app.database import engine
from app.extensions import db
from app.models import Entry, Tag
from app.operations import entries
from app.web import upload_limits, url_converters
from tests.conftest import make_app
from tests.factories import Factory
from tests.page_client import PageClient

TEXT = "Подъехали к пристани. 我们走到港口。 ```code``` <b>&amp;</b>"
FIELDS = {
    "title": "First fog",
    "body": TEXT,
    "entry_date": "2026-03-14",
    "entry_time": "07:30",
    "tags": "sea, Harbour, sea",
    "visibility": "private",
}


def only_entry(app: Flask) -> Entry:
    with app.app_context():
        entry = db.session.scalars(select(Entry)).one()
        db.session.refresh(entry, ["tags", "revisions"])
        return entry


def test_a_page_is_written_and_read(app: Flask, factory: Factory, ada: PageClient) -> None:
    page = ada.visit("/entry")
    fields = page.form(having="body")
    assert fields["entry_date"] == "2026-03-14" and fields["entry_time"] == "09:26" and fields["visibility"] == "private"
    ada.submit("/entry", {**fields, **FIELDS})
    entry = only_entry(app)
    assert ada.location == f"/entry/{entry.id}"
    assert (entry.title, entry.body, entry.entry_date, entry.entry_time) == ("First fog", TEXT, date(2026, 3, 14), time(7, 30))
    assert entry.timezone == "Europe/Lisbon" and entry.starts_at and entry.starts_at.hour == 7
    assert [tag.name for tag in entry.tags] == ["Harbour", "sea"]
    read = ada.visit(f"/entry/{entry.id}")
    assert "First fog" in read.text and "我们走到港口" in read.text and "<b>&amp;" not in read.html
    assert ada.visit("/").text.count("First fog") == 1
    ada.visit(f"/entry/{entry.id}.md")
    assert ada.response.text == f"# First fog\n\n{TEXT}"


@pytest.mark.parametrize("day", ["0001-01-01", "0045-12-31", "1660-01-11", "9999-12-31"])
def test_any_day_is_a_good_day(app: Flask, ada: PageClient, day: str) -> None:
    ada.submit("/entry", {**FIELDS, "entry_date": day, "entry_time": "00:00"})
    entry = only_entry(app)
    assert entry.entry_date.isoformat() == day
    fields = ada.visit(f"/entry/{entry.id}/edit").form(having="body")
    assert (fields["entry_date"], fields["entry_time"]) == (day, "00:00")
    ada.visit("/")
    ada.visit(f"/day/{day}")
    ada.visit(f"/calendar/{day[:4]}/{day[5:7]}")
    ada.visit(f"/calendar/{day[:4]}")
    ada.visit(f"/on-this-day?date={day}")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": "  ", "title": ""}, "body"),
        ({"entry_date": ""}, "entry_date"),
        ({"entry_date": "2026-02-30"}, "entry_date"),
        ({"entry_date": "10000-01-01"}, "entry_date"),
        ({"entry_time": "25:00"}, "entry_time"),
        ({"title": "x" * 201}, "title"),
        ({"visibility": "everyone"}, "visibility"),
    ],
)
def test_a_wrong_form_keeps_every_word(app: Flask, ada: PageClient, change: dict[str, str], field: str) -> None:
    page = ada.submit("/entry", {**FIELDS, **change}, 422)
    kept = page.form(having="body")
    expected = {**FIELDS, **change}
    assert kept["body"].strip() == expected["body"].strip() and kept["title"] == expected["title"]
    assert kept["entry_date"] == expected["entry_date"] and "error" in page.html
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


@pytest.mark.parametrize("typed", [{}, {"entry_date": "2026-03-02"}, {"entry_date": "2026-03-02", "entry_time": "21:15"}])
def test_the_time_that_was_filled_in_is_none_of_another_day(app: Flask, ada: PageClient, typed: dict[str, str]) -> None:
    form = ada.visit("/entry").form(having="body")
    ada.submit("/entry", {**form, "body": "Fog.", **typed})
    expected = {(): form["entry_time"], ("entry_date",): None}.get(tuple(typed), "21:15")
    assert only_entry(app).entry_time == (time.fromisoformat(expected) if expected else None)


def test_one_form_sent_many_times_makes_one_entry(app: Flask, factory: Factory, ada: PageClient) -> None:
    fields = {**ada.visit("/entry").form(having="body"), **FIELDS}

    def send(_number: int) -> tuple[int, str]:
        page_client = PageClient(app)
        for cookie in ("session",):
            page_client.client.set_cookie(cookie, ada.client.get_cookie(cookie).value)  # type: ignore[union-attr]
        answer = page_client.client.post("/entry", data=fields)
        return answer.status_code, answer.headers["Location"]

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(send, range(10)))
    entry = only_entry(app)
    assert answers == {(303, f"/entry/{entry.id}")} and entry.version == 1


def test_the_same_form_with_another_text_is_the_next_version(app: Flask, ada: PageClient) -> None:
    fields = {**ada.visit("/entry").form(having="body"), **FIELDS}
    ada.submit("/entry", fields)
    ada.submit("/entry", {**fields, "body": "Better words."})
    entry = only_entry(app)
    assert (entry.body, entry.version, [revision.body for revision in entry.revisions]) == ("Better words.", 2, [TEXT])
    page = ada.submit("/entry", {**fields, "body": "Third words."}, 409)
    assert "Better words." in page.text and page.form(having="body")["body"] == "Third words."


def test_every_change_keeps_what_was(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="One.", title="Then", tags=["sea"], at=time(8, 15, 42))
    fields = ada.visit(f"/entry/{entry.id}/edit").form(having="body")
    ada.submit(f"/entry/{entry.id}/edit", {**fields, "body": "Two.", "tags": "land"})
    stored = only_entry(app)
    (before,) = stored.revisions
    assert (before.body, before.title, before.tags, before.version) == ("One.", "Then", ["sea"], 1)
    assert (stored.body, stored.version, stored.tag_names, stored.entry_time) == ("Two.", 2, ["land"], time(8, 15, 42))


def test_a_save_that_changes_nothing_changes_nothing(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(tags=["Sea"])
    fields = ada.visit(f"/entry/{entry.id}/edit").form(having="body")
    ada.submit(f"/entry/{entry.id}/edit", {**fields, "tags": "sea"})
    assert only_entry(app).version == 1


def test_a_stale_version_is_refused_with_both_texts(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(body="Common.")
    fields = ada.visit(f"/entry/{entry.id}/edit").form(having="body")
    ada.submit(f"/entry/{entry.id}/edit", {**fields, "body": "From the first window."})
    page = ada.submit(f"/entry/{entry.id}/edit", {**fields, "body": "From the second.", "tags": "kept"}, 409)
    assert "From the first window." in page.text
    mine = page.form(having="body")
    assert (mine["body"], mine["version"], mine["tags"]) == ("From the second.", "2", "kept")
    assert only_entry(app).body == "From the first window."
    ada.submit(f"/entry/{entry.id}/edit", mine)
    stored = only_entry(app)
    assert stored.body == "From the second." and [revision.body for revision in stored.revisions] == ["Common.", "From the first window."]


def test_of_two_versions_the_one_that_fewer_may_read_wins(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    entry = factory.entry(body="Common.", visibility="public")
    path = f"/entry/{entry.id}/edit"
    fields = ada.visit(path).form(having="body")
    ada.submit(path, {**fields, "visibility": "private", "tags": "important", "place": "Paris"})
    page = ada.submit(path, {**fields, "body": "A typo less."}, 409)
    saved = page.text.partition("Your version")[0]
    assert "Private" in saved and "important" in saved and "Paris" in saved, "what the saved version says besides its text is shown"
    mine = page.form(having="body")
    assert mine["visibility"] == "private"
    ada.submit(path, mine)
    stranger.visit(f"/entry/{entry.id}", 404)
    ada.submit(path, {**ada.visit(path).form(having="body"), "visibility": "public"})
    stranger.visit(f"/entry/{entry.id}")


def test_nobody_else_reads_or_changes_an_entry(factory: Factory, ben: PageClient, stranger: PageClient) -> None:
    entry = factory.entry()
    missing = entry.id + 1000
    for page_client in (ben, stranger):
        theirs = page_client.visit(f"/entry/{entry.id}", 404)
        assert theirs.text == page_client.visit(f"/entry/{missing}", 404).text
        page_client.visit(f"/entry/{entry.id}.md", 404)
    for path in ("/edit", "/trash"):
        for number in (entry.id, missing):
            ben.submit(f"/entry/{number}{path}", FIELDS, 404, from_page="/logout")
    ben.visit(f"/entry/{entry.id}/edit", 404)
    assert factory.again(entry).body == entry.body


@pytest.mark.parametrize(("visibility", "member", "anybody"), [("private", 404, 404), ("members", 200, 404), ("public", 200, 200)])
def test_visibility_says_who_reads(
    factory: Factory, ada: PageClient, ben: PageClient, stranger: PageClient, visibility: str, member: int, anybody: int
) -> None:
    entry = factory.entry(body="Seen by some.", visibility=visibility, title="Shown")
    ada.visit(f"/entry/{entry.id}")
    ben.visit(f"/entry/{entry.id}", member)
    stranger.visit(f"/entry/{entry.id}", anybody)
    for page_client, status in ((ben, member), (stranger, anybody)):
        for path in ("/", "/people/ada"):
            assert ("Shown" in page_client.visit(path).text) == (status == 200)
    assert ("Shown" in _feed(stranger)) == (visibility == "public")


def test_an_unconfirmed_person_reads_what_strangers_read(app: Flask, factory: Factory) -> None:
    entry = factory.entry(visibility="members")
    PageClient(app).signed_in_as(factory.dan).visit(f"/entry/{entry.id}", 404)


@pytest.mark.parametrize("path", [f"/entry/{2**31}", "/entry/0", f"/entry/{2**63}", f"/entry/{'9' * 40}", "/entry/-1", "/entry/%00"])
def test_ids_that_no_row_can_have_are_no_pages(ada: PageClient, path: str) -> None:
    ada.visit(path, 404)
    assert url_converters.IdConverter(app_map(ada)).max == 2**31 - 1


def app_map(page_client: PageClient) -> Any:
    return page_client.app.url_map


def test_the_trash_keeps_and_gives_back(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(title="Lost", tags=["sea"])
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    ada.visit(f"/entry/{entry.id}", 404)
    assert "Lost" in ada.visit("/trash").text and "Lost" not in ada.visit("/").text
    assert "sea" not in ada.visit("/tags").text.split()
    ada.submit(f"/trash/{entry.id}/restore", from_page="/trash")
    assert "Lost" in ada.visit("/").text and "sea 1" in ada.visit("/tags").text
    ada.submit(f"/trash/{entry.id}/delete", {}, 404, from_page="/logout")
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    ada.submit(f"/trash/{entry.id}/delete", from_page="/trash")
    ada.submit(f"/trash/{entry.id}/restore", {}, 404, from_page="/logout")


def test_the_trash_is_emptied_of_ones_own(app: Flask, factory: Factory, ada: PageClient) -> None:
    mine, theirs = factory.entry(trashed=True), factory.entry(factory.ben, trashed=True)
    ada.submit("/trash/empty", from_page="/trash")
    with app.app_context():
        assert db.session.get(Entry, mine.id) is None and db.session.get(Entry, theirs.id) is not None


def test_a_save_without_a_session_gives_the_text_back(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry()
    fields = ada.visit(f"/entry/{entry.id}/edit").form(having="body")
    signed_out = PageClient(app)
    fields["csrf_token"] = signed_out.secret("/login")
    page = signed_out.submit(f"/entry/{entry.id}/edit", {**fields, "body": TEXT}, 401)
    kept = page.form(having="body")
    assert (kept["body"], kept["version"], kept["entry_date"]) == (TEXT, "1", "2026-03-01")
    again = PageClient(app).signed_in_as(factory.ada)
    again.submit(f"/entry/{entry.id}/edit", {**kept, "csrf_token": again.secret("/logout")})
    assert factory.again(entry).body == TEXT


def test_a_save_with_an_old_secret_gives_the_text_back_with_a_new_one(factory: Factory, ada: PageClient) -> None:
    page = ada.submit("/entry", {**FIELDS, "csrf_token": "old"}, 400)
    kept = page.form(action="/entry")
    assert kept["body"] == TEXT and kept["tags"] == FIELDS["tags"]
    ada.submit("/entry", kept)


def test_a_save_of_what_is_gone_gives_the_text_back_as_a_new_entry(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry()
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    ada.submit("/trash/empty", from_page="/trash")
    page = ada.submit(f"/entry/{entry.id}/edit", FIELDS, 404, from_page="/logout")
    ada.submit("/entry", page.form(action="/entry"))


def test_a_save_too_large_gives_the_text_back(app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    monkeypatch.setitem(app.config, "MAX_FORM_MEMORY_SIZE", 1000)
    long = "многословно " * 2000
    page = ada.submit("/entry", {**FIELDS, "body": long}, 413)
    assert page.form(action="/entry")["body"] == long


def test_a_text_too_long_is_refused_and_kept(app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x" * (Entry.MAX_BODY_LENGTH + 1)
    page = ada.submit("/entry", {**FIELDS, "body": long}, 422)
    assert page.form(having="body")["body"] == long


@pytest.mark.parametrize(
    ("problem", "status"), [(OperationalError("INSERT", {}, Exception("database is locked")), 503), (RuntimeError("secret detail"), 500)]
)
def test_a_fault_gives_the_text_back_and_no_detail(
    app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch, problem: Exception, status: int
) -> None:
    def fail(*_arguments: object, **_options: object) -> Entry:
        raise problem

    monkeypatch.setattr(entries, "write", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    page = ada.submit("/entry", FIELDS, status)
    assert page.form(action="/entry")["body"] == TEXT
    assert "secret detail" not in page.html and "Traceback" not in page.html
    assert ("Retry-After" in ada.response.headers) == (status == 503)


def test_hostile_characters_do_no_harm(app: Flask, ada: PageClient) -> None:
    ada.submit("/entry", {**FIELDS, "title": "nul\x00 and \x1b", "body": "a\x00b\r\nc", "tags": "x\x00y"})
    entry = only_entry(app)
    assert (entry.title, entry.body.startswith("ab\nc"), entry.tag_names) == ("nul and", True, ["xy"])
    for path in ("/search?q=%00", "/tags/%00", "/people/%00", "/search?q=%ED%A0%80", "/?older=%00-1", "/?older=99999999999999999999-1"):
        assert ada.client.get(path).status_code in {200, 404}, path


def test_preview_is_made_by_the_server_and_stores_nothing(app: Flask, ada: PageClient) -> None:
    secret = ada.secret("/entry")
    answer = ada.client.post("/entry/preview", data={"csrf_token": secret, "body": "**bold** <script>x</script>"})
    assert "<strong>bold</strong>" in answer.text and "<script>" not in answer.text
    assert ada.client.post("/entry/preview", data={"body": "x"}).status_code == 400


def test_tags_of_one_writer_are_not_another_s(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    factory.entry(tags=["sea", "Long-ing"])
    assert "sea" in ada.visit("/tags").text
    ada.visit("/tags/SEA")
    ada.visit("/tags/long-ing")
    ben.visit("/tags/sea", 404)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Tag)) == 2


def test_a_day_asked_for_is_the_day_of_the_new_page(factory: Factory, ada: PageClient) -> None:
    fields = ada.visit("/entry?date=1666-09-02").form(having="body")
    assert (fields["entry_date"], fields["entry_time"]) == ("1666-09-02", "")
    assert ada.visit("/entry?date=yesterday").form(having="body")["entry_date"] == clock.now().date().isoformat()


def _feed(page_client: PageClient) -> str:
    page_client.visit("/feed.atom")
    return page_client.response.text


def test_a_database_locked_too_long_gives_the_text_back(
    app: Flask, factory: Factory, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_WAIT_MS", 30)
    hurried = make_app(database_url, tmp_path)
    page_client = PageClient(hurried).signed_in_as(factory.ada)
    with app.app_context(), db.engine.connect().execution_options(writes=True) as other, other.begin():
        if other.dialect.name == "postgresql":
            other.exec_driver_sql("LOCK TABLE entry IN EXCLUSIVE MODE")
        page = page_client.submit("/entry", FIELDS, 503)
    assert page.form(action="/entry")["body"] == TEXT
    page_client.submit("/entry", FIELDS, 303)
    with hurried.app_context():
        db.engine.dispose()


def test_a_form_whose_entry_is_in_the_trash_makes_a_new_one(factory: Factory, ada: PageClient) -> None:
    fields = {**ada.visit("/entry").form(action="/entry"), **FIELDS}
    ada.submit("/entry", fields)
    first = ada.location
    ada.submit(f"{first}/trash", from_page="/logout")
    for _ in range(2):
        ada.submit("/entry", fields)
        assert ada.location != first
    assert TEXT[:20] in ada.visit(ada.location).text
    assert len(ada.visit("/").all("article")) == 1


def test_a_stranger_gets_nothing_large_back(app: Flask, factory: Factory) -> None:
    page_client = PageClient(app)
    page = page_client.submit("/entry", {**FIELDS, "body": "x" * upload_limits.MAX_FORM_SIZE}, 413, from_page="/login")
    assert "xxx" not in page.html


def test_a_form_saved_again_meets_no_conflict_with_itself(app: Flask, factory: Factory, ada: PageClient) -> None:
    form = {**ada.visit("/entry").form(having="body"), **FIELDS, "body": "First.", "serial": "1"}
    ada.submit("/entry", form)
    for text in ("Second.", "Third."):
        ada.submit("/entry", {**form, "body": text})
    path = ada.location
    edit = {**ada.visit(f"{path}/edit").form(having="body"), "body": "Fourth.", "serial": "1"}
    ada.submit(f"{path}/edit", edit)
    ada.submit(f"{path}/edit", {**edit, "body": "Fifth."})
    ada.submit("/entry", {**form, "body": "Not seen by this form."}, 409)
    conflict = ada.page.form(having="body")
    ada.submit("/entry", {**conflict, "as_new": "1", "body": "Another entry."})
    assert ada.location != path
    ada.submit("/entry", {**conflict, "as_new": "1", "body": "Another entry."})
    assert len(ada.visit("/").all("article")) == 2


@pytest.mark.parametrize("tags", ["x" * 65, ",".join(f"t{number}" for number in range(51))])
def test_tags_that_would_be_cut_are_refused_and_kept(factory: Factory, ada: PageClient, tags: str) -> None:
    page = ada.submit("/entry", {**FIELDS, "body": "x", "tags": tags}, 422)
    assert page.form(having="tags")["tags"] == tags and "up to" in page.text
