"""Whether a journal is whole: every text by its digest, the index against the texts, and the database by itself."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, except_, func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import InstrumentedAttribute

from app.models import AttachmentVariant, Draft, DraftSnapshot, Entry, EntrySearch, Revision, Tag, Template, User, WrittenDay
from app.models.entry import position_of
from app.queries import counts
from app.search import index
from app.search.languages import TERMS_VERSION
from app.storage import blobs
from app.text import digest

BATCH_SIZE = 200
Progress = Callable[[int], None]


@dataclass
class IntegrityReport:
    """What was found: how many texts and files, one digest over all of them, and what is wrong, a sentence each."""

    entries: int = 0
    revisions: int = 0
    files: int = 0
    content: str = ""
    faults: list[str] = field(default_factory=list)


def number_of_things(connection: Connection) -> int:
    """Return how many entries, earlier versions and forms of files there are, for those who show progress."""
    counts = (connection.scalar(select(func.count()).select_from(model)) for model in (Entry, Revision, AttachmentVariant))
    return sum(count or 0 for count in counts)


def check(connection: Connection, progress: Progress = lambda _number: None) -> IntegrityReport:
    """Look at everything that a connection sees and say what is wrong; nothing is changed."""
    report, everything = IntegrityReport(), hashlib.sha256()
    try:
        report.faults += list(_engine_faults(connection))
        for what in _entries(connection, report, progress):
            everything.update(what.encode())
        for what in _revisions(connection, report, progress):
            everything.update(what.encode())
        for what in _files(connection, report, progress):
            everything.update(what.encode())
        report.faults += [*_typed(connection, progress), *_miscounted_tags(connection), *_miscounted_days(connection)]
    except DatabaseError as problem:
        report.faults.append(f"the database cannot be read to its end: {problem.orig}")
    report.content = everything.hexdigest()
    return report


def _engine_faults(connection: Connection) -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        return
    index.see_anew(connection)
    for row in connection.execute(text("PRAGMA integrity_check")):
        if row[0] != "ok":
            yield f"the database file is damaged: {row[0]}"
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"a row of {row[0]} belongs to a row of {row[2]} that is gone"


def _entries(connection: Connection, report: IntegrityReport, progress: Progress) -> Iterator[str]:
    """Yield id, version and true digest of every entry, and note those that are not what was saved, or not found by their words."""
    columns = (Entry.id, Entry.user_id, Entry.version, Entry.title, Entry.body, Entry.entry_date, Entry.entry_time, Entry.digest)
    shown = (Entry.html, Entry.excerpt, Entry.word_count, Entry.shown_digest)
    position = (EntrySearch.position == position_of(Entry.sort_key, Entry.id)).label("is_in_place")
    words = (EntrySearch.terms, EntrySearch.title_terms, EntrySearch.rules, position)
    found = select(*columns, *shown, *words, User.username).join(User, User.id == Entry.user_id)
    found = found.outerjoin(EntrySearch, EntrySearch.entry_id == Entry.id)
    for row in _each(connection, found, Entry.id, progress):
        is_now = digest.of_text(row.title, row.body, row.entry_date, row.entry_time)
        if is_now != row.digest:
            report.faults.append(f"entry {row.id} of {row.username} is not what was saved")
        if row.shown_digest and row.shown_digest != digest.of_shown(row.html, row.excerpt, row.word_count):
            report.faults.append(f"entry {row.id} of {row.username} is not shown as it was saved: save it once more")
        if not _is_findable(row):
            report.faults.append(f"entry {row.id} of {row.username} is not found by its words: run `search rebuild`")
        report.entries += 1
        yield f"{row.id} {row.version} {is_now}\n"


def _is_findable(row: Row[*tuple[Any, ...]]) -> bool:
    """Say whether an entry has the terms of its words, at its place; those that wait to be made by today's rules count as right."""
    if not row.is_in_place:
        return False
    version, _space, codes = row.rules.partition(" ")
    if version != str(TERMS_VERSION):
        return True
    words = index.words_of(row.title, row.body, codes).columns(row.user_id)
    return bool((row.terms, row.title_terms) == (words["terms"], words["title_terms"]))


def _revisions(connection: Connection, report: IntegrityReport, progress: Progress) -> Iterator[str]:
    columns = (Revision.id, Revision.entry_id, Revision.version, Revision.snapshot)
    texts = (Revision.title, Revision.body, Revision.entry_date, Revision.entry_time, Revision.digest)
    for row in _each(connection, select(*columns, *texts), Revision.id, progress):
        is_now = digest.of_text(row.title, row.body, row.entry_date, row.entry_time)
        if is_now != row.digest:
            report.faults.append(f"version {row.version} of entry {row.entry_id} is not what was saved")
        report.revisions += 1
        yield f"{row.entry_id} {row.version}.{row.snapshot} {is_now}\n"


def _typed(connection: Connection, progress: Progress) -> Iterator[str]:
    """Yield what is wrong with drafts, what they were before, and templates; those from before there were digests are not judged."""
    for model, what in ((Draft, "draft"), (DraftSnapshot, "earlier state of a draft")):
        for row in _each(connection, select(model.id, model.title, model.body, model.digest), model.id, progress):
            if row.digest and row.digest != digest.of_words(row.title, row.body):
                yield f"{what} {row.id} is not what was typed"
    found = select(Template.id, Template.name, Template.body, Template.tags, Template.digest)
    for row in _each(connection, found, Template.id, progress):
        if row.digest and row.digest != digest.of_words(row.name, row.body, row.tags):
            yield f"template {row.id} is not what was written"


def _files(connection: Connection, report: IntegrityReport, progress: Progress) -> Iterator[str]:
    """Yield attachment and digest of every variant, and note those whose bytes are gone or not what was kept."""
    store = blobs.files()
    for row in _each(
        connection, select(AttachmentVariant.id, AttachmentVariant.attachment_id, AttachmentVariant.digest), AttachmentVariant.id, progress
    ):
        try:
            with store.open(row.digest) as file:
                is_now = blobs.digest_of(file)
            fault = "are not what was kept"
        except FileNotFoundError:
            is_now, fault = "gone", "are gone"
        except OSError as problem:
            is_now, fault = "gone", f"can't be read: {problem.strerror or problem}"
        if is_now != row.digest:
            report.faults.append(f"the bytes of file {row.attachment_id} {fault}")
        report.files += 1
        yield f"{row.attachment_id} {is_now}\n"


def _each(
    connection: Connection, found: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int], progress: Progress
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows that a statement finds, some at a time, in the order of their ids."""
    last = 0
    while rows := connection.execute(found.where(key > last).order_by(key).limit(BATCH_SIZE)).all():
        yield from rows
        progress(len(rows))
        last = rows[-1].id


def _miscounted_days(connection: Connection) -> Iterator[str]:
    """Yield each day that has other entries or words than are kept as its counts (`models.WrittenDay`)."""
    kept = select(WrittenDay.user_id, WrittenDay.year, WrittenDay.day, WrittenDay.entries, WrittenDay.words)
    wrong = [row for one, other in ((kept, counts.of_days()), (counts.of_days(), kept)) for row in connection.execute(except_(one, other))]
    for user_id, number in sorted({(row[0], row[2]) for row in wrong}):
        day = date.fromordinal(number) if 0 < number <= date.max.toordinal() else f"day {number}"
        yield f"{day} has other entries or words for person {user_id} than it counts: run `recount`"


def _miscounted_tags(connection: Connection) -> Iterator[str]:
    used = counts.of_tag()
    for row in connection.execute(select(Tag.id, Tag.entry_count, used.label("used")).where(Tag.entry_count != used)):
        yield f"tag {row.id} counts {row.entry_count} entries and has {row.used}: run `recount`"
