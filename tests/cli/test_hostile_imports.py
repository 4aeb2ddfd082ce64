"""Files made by hand: what they bring in is shown, exported and taken in again like everything else, or refused in a sentence."""

import base64
import hashlib
import json
import zipfile
import zlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.formats import daybook
from app.formats.archive import IN_MEMORY, Reading
from app.formats.record import EntryRecord, UnreadableFile
from app.models import Draft, Entry, Revision, Template, User
from app.operations import closing, entries, profile, writing_preferences
from app.queries import accounts
from app.queries import entries as asking
from app.search import matching
from app.text import search_query
from app.transfer import import_files, importing
from app.transfer.import_files import Taken
from tests.cli.test_journals import number_of_entries, rewritten, run
from tests.factories import Factory, draft
from tests.page_client import PageClient


@pytest.fixture
def exported(app: Flask, factory: Factory, tmp_path: Path) -> Path:
    """The export of a journal with an entry, an earlier version of it, and a template."""
    entry = factory.entry(title="Kept", body="One.", tags=["sea"], visibility="public")
    with app.app_context(), writing():
        own = asking.own(entry.id, factory.ada)
        assert own
        entries.revise(own, draft("Two.", title="Kept", tags=["sea"]), 1, clock.now())
        writing_preferences.add_template(factory.ada, "Morning", "Weather: ", "sea", clock.now())
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    assert factory.ben
    return tmp_path / "a.zip"


def draft_of(**facts: Any) -> dict[str, Any]:
    at = "2026-03-01T10:00:00+00:00"
    said = {"key": "k", "serial": 1, "version": 1, "entry": None, "title": "", "body": "b", "entry_date": "2026-03-01", "entry_time": ""}
    return {**said, "tags": "", "mood": "", "visibility": "private", "created_at": at, "updated_at": at, **facts}


def test_an_earlier_version_is_cleaned_as_its_entry_is(app: Flask, exported: Path, ben: PageClient, tmp_path: Path) -> None:
    odd = {"tags": ["\ud800", "a\x00b", *["x" * 1000] * 20_000], "timezone": "../../etc/passwd", "title": "\ud800", "mood": "\x00"}
    file = rewritten(exported, lambda journal: journal["entries"][0]["revisions"][0].update(odd))
    run(app, "import", "daybook", str(file), "--user", "ben")
    with app.app_context():
        entry_id = db.session.scalar(select(func.max(Entry.id)))
        earlier = db.session.scalars(select(Revision).where(Revision.entry_id == entry_id)).one()
        assert earlier.timezone == "UTC" and earlier.tags[0] == "ab" and len(earlier.tags) == 2 and len(earlier.tags[1]) == 64
    ben.visit(f"/entry/{entry_id}/history/1")
    ben.submit(f"/entry/{entry_id}/history/1/restore", {"version": "2"})
    run(app, "export", "--user", "ben", "--output", str(tmp_path / "b.zip"))
    assert "journal.json" in zipfile.ZipFile(tmp_path / "b.zip").namelist()


@pytest.mark.parametrize(
    "change",
    [
        {"drafts": [draft_of(version=2**40)]},
        {"drafts": [draft_of(entry_time=None)]},
        {"revision": {"step": 2**40}},
        {"revision": {"version": 2**31}},
        {"revision": {"version": 2}},
        {"entry": {"version": 2**31 - 1}},
        {"entry": {"uid": '"><b x'}},
        {"entry": {"uid": ""}},
    ],
)
def test_what_no_database_holds_is_refused_in_a_sentence(app: Flask, exported: Path, change: dict[str, Any]) -> None:
    def spoil(journal: dict[str, Any]) -> None:
        journal["entries"][0].update(change.get("entry", {}))
        journal["entries"][0]["revisions"][0].update(change.get("revision", {}))
        journal["drafts"] = change.get("drafts", [])

    assert "does not follow the format" in run(app, "import", "daybook", str(rewritten(exported, spoil)), "--user", "ben", status=1)
    assert number_of_entries(app) == 1


def test_the_same_version_twice_is_refused(app: Flask, exported: Path) -> None:
    file = rewritten(exported, lambda journal: journal["entries"][0]["revisions"].extend(journal["entries"][0]["revisions"]))
    assert "does not follow the format" in run(app, "import", "daybook", str(file), "--user", "ben", status=1)


def test_the_bounds_of_drafts_templates_and_versions_hold_for_imports_too(
    app: Flask, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Draft, "MAX_LENGTH", 1000)
    monkeypatch.setattr(Draft, "MAX_CHARACTERS", 1500)
    monkeypatch.setattr(Entry, "MAX_BODY_LENGTH", 1000)

    def grow(journal: dict[str, Any]) -> None:
        sizes = {"a": 900, "b": 1001, "c": 700, "d": 500}
        journal["drafts"] = [draft_of(key=key, title="t" * (size // 2), body="b" * (size - size // 2)) for key, size in sizes.items()]
        journal["templates"][0]["tags"] = "t" * 100_000
        journal["entries"][0]["revisions"][0]["body"] = "b" * 1001

    report = run(app, "import", "daybook", str(rewritten(exported, grow)), "--user", "ben")
    assert "there is no room for more. Save or discard other drafts, and import again. (2 times)" in report
    with app.app_context():
        assert set(db.session.scalars(select(Draft.form_id))) == {"a", "d"}
        assert db.session.scalar(select(func.max(func.length(Template.tags)))) == Template.MAX_TAGS_LENGTH
        assert db.session.scalar(select(func.count()).select_from(Revision)) == 1, "Ada's own"


def test_templates_and_files_that_stay_out_are_named(app: Flask, exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Template, "MAX_PER_USER", 1)

    def grow(journal: dict[str, Any]) -> None:
        journal["templates"].append({**journal["templates"][0], "name": "Evening"})
        journal["files"].append(
            {"uid": "unused22", "name": "a.jpg", "created_at": "2026-03-01T10:00:00+00:00", "file": "x", "original": None}
        )

    report = run(app, "import", "daybook", str(rewritten(exported, grow)), "--user", "ben")
    assert "template “Evening” was left out" in report and "Files that no text shows were left out: 1." in report


def test_nothing_that_comes_in_happened_later_than_now(app: Flask, exported: Path) -> None:
    end = dict.fromkeys(("created_at", "updated_at", "trashed_at", "starred_at"), "9999-12-31T23:59:59+00:00")
    file = rewritten(exported, lambda journal: journal["entries"][0].update({**end, "visibility": "public"}))
    run(app, "import", "daybook", str(file), "--user", "ben")
    with app.app_context():
        entry = db.session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
        times = [entry.created_at, entry.updated_at, entry.trashed_at, entry.starred_at, entry.published_at]
        assert all(at and at <= clock.now() + timedelta(seconds=1) for at in times)


class Counted(dict[str, int]):
    """A dictionary that counts how often it is asked whether it has something."""

    asked = 0

    def __contains__(self, name: object) -> bool:
        self.asked += 1
        return super().__contains__(name)


def test_naming_many_entries_of_one_day_takes_a_step_each(app: Flask, factory: Factory) -> None:
    assert factory.ada
    now, taken = clock.now(), Counted()
    record = EntryRecord("", "b", now.date(), None, None, now, now)
    names = [daybook._file_name(record, taken) for _ in range(2000)]
    titled = [daybook._file_name(EntryRecord(title, "b", now.date(), None, None, now, now), taken) for title in ("2", "2", "2-2", "2")]
    assert len({*names, *titled}) == 2004 and taken.asked < 3 * 2004


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"settings": {}}',
        b'{"settings": {}, "entries": {}}',
        b'{"settings": {}, "entries": "none"}',
        b'{"settings": {}, "entries": [[]]}',
        b'{"settings": {}, "entries": [], "drafts": {}}',
        b'{"settings": {}, "entries": [' + b"[" * 100_000,
        b'{"settings": {"locale": "en"}, "entries": [NaN]}',
    ],
)
def test_a_journal_that_is_none_is_refused_in_a_sentence(app: Flask, exported: Path, content: bytes) -> None:
    sentence = run(app, "import", "daybook", str(holding(exported, content)), "--user", "ben", status=1)
    assert "does not follow the format" in sentence and number_of_entries(app) == 1


def test_what_breaks_off_after_a_whole_entry_adds_nothing(app: Flask, exported: Path) -> None:
    whole = zipfile.ZipFile(exported).read("journal.json")
    for content in (whole[:-6], whole.replace(b"]}\n]", b"]},\n{}\n]")):
        assert "does not follow" in run(app, "import", "daybook", str(holding(exported, content)), "--user", "ben", status=1)
    assert number_of_entries(app) == 1
    run(app, "import", "daybook", str(holding(exported, whole)), "--user", "ben")
    assert number_of_entries(app) == 2


def holding(path: Path, content: bytes) -> Path:
    """Return an export that holds this in place of a journal."""
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(path.with_name("holding.zip"), "w") as bad:
        manifest = json.loads(good.read("manifest.json"))
        manifest["files"]["journal.json"] = hashlib.sha256(content).hexdigest()
        bad.writestr("journal.json", content)
        bad.writestr("manifest.json", json.dumps(manifest))
    return path.with_name("holding.zip")


def test_languages_that_are_chosen_while_an_import_is_prepared_count(context: Flask, factory: Factory) -> None:
    me = factory.ada
    record = EntryRecord("", "Die Häuser am Hafen.", date(2026, 3, 1), None, None, clock.now(), clock.now())
    with importing.prepared(me, [record], Taken()) as found:
        with writing():
            profile.write_in(accounts.by_id_for_change(me.id) or me, ["de"])
        while worker.index_outdated():
            pass
        with writing() as session:
            importing.add(session.get_one(User, me.id), found, Taken())
    while worker.index_outdated():
        pass
    assert matching.find(me.id, "de", search_query.parse("Haus"), limit=5).total == 1


def test_what_waits_to_be_added_is_readable_to_nobody_else(context: Flask, factory: Factory) -> None:
    record = EntryRecord("", "A secret walk. " * 50, date(2026, 3, 1), None, None, clock.now(), clock.now())
    with importing.prepared(factory.ada, [record] * 3, Taken()) as found:
        found.file.seek(0)
        packed = found.file.read()
        assert found.number == 3 and len(packed) == sum(found.sizes)
        for whole in (packed, base64.urlsafe_b64decode(packed)):
            with pytest.raises(zlib.error):
                zlib.decompress(whole)
            assert b"secret" not in whole
        (some,) = found
        assert [one.entry.body for one in some] == [record.body] * 3


def test_of_a_journal_no_more_than_an_entry_is_held(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("journal.json", b"x" * 3 * IN_MEMORY)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        with Reading(archive, "journal.json", largest=IN_MEMORY) as reading:
            pieces = []
            while piece := reading.read():
                pieces.append(piece)
                reading.let_go()
            assert len(b"".join(pieces)) == 3 * IN_MEMORY
        with Reading(archive, "journal.json", largest=IN_MEMORY) as reading:
            assert reading.read()
            with pytest.raises(UnreadableFile, match=r"A part of journal\.json is larger"):
                reading.read()


def test_a_file_that_changes_while_it_is_read_adds_nothing(app: Flask, exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(*_facts: object) -> Taken:
        holding(exported, b'{"settings": {}, "entries": [{}]}').rename(exported)
        return Taken()

    monkeypatch.setattr(import_files, "take", spoil)
    assert "does not follow the format" in run(app, "import", "daybook", str(exported), "--user", "ben", status=1)
    assert number_of_entries(app) == 1


def test_an_account_that_is_closed_while_an_import_is_prepared_shows_nothing_of_it(
    app: Flask, factory: Factory, stranger: PageClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory.entry(body="Seen by everybody.", visibility="public")
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    ben_id, take = factory.ben.id, import_files.take

    def close_and_take(*arguments: Any, **facts: Any) -> Any:
        with app.app_context(), writing():
            closing.hide_away(db.session.get_one(User, ben_id), clock.now())
        return take(*arguments, **facts)

    monkeypatch.setattr(import_files, "take", close_and_take)
    run(app, "import", "daybook", str(tmp_path / "a.zip"), "--user", "ben")
    with app.app_context():
        entry_id = db.session.scalars(select(Entry.id).where(Entry.user_id == ben_id)).one()
    assert stranger.client.get(f"/entry/{entry_id}").status_code == 404


def test_steps_of_typing_may_be_of_a_later_version_than_an_entry_that_was_saved_as_new(app: Flask, exported: Path) -> None:
    file = rewritten(exported, lambda journal: journal["entries"][0]["revisions"][0].update(version=9, step=1))
    assert "Entries added: 1." in run(app, "import", "daybook", str(file), "--user", "ben")
