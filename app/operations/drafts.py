"""Keeping what is being typed, and letting go of it once it is saved or thrown away."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.formats.record import DraftRecord
from app.models import Draft, DraftSnapshot, Entry, HasUserId, Revision
from app.models.draft import HAS_CONTENT
from app.operations import attachments
from app.operations.errors import DraftTooLong, LateDraft, TooManyDrafts
from app.queries import drafts
from app.storage import retention
from app.text import digest, summary
from app.text.folding import clean_line
from app.text.places import MAX_NAME_LENGTH


@dataclass(frozen=True)
class Typed:
    """The state of a writing form, as it was typed; `revision_number` says which of its states this is.

    `last_known` is the latest state that its window knows to be here, None where it does not say, and `sent_before` those it sent since
    without an answer: whatever else is later was typed in another window.
    """

    form_id: str
    revision_number: int
    version: int
    title: str
    body: str
    entry_date: str
    entry_time: str
    tags: str
    visibility: str
    mood: str = ""
    place: str = ""
    last_known: int | None = None
    sent_before: frozenset[int] = frozenset()


def tidy_form_id(text: str) -> str:
    """Return the id of a form, as it was sent or exported, in its stored form."""
    return clean_line(text)[: Draft.MAX_FORM_ID_LENGTH]


def length_of(typed: Typed | DraftRecord) -> int:
    """Return how many characters of a draft count for its bounds, and for those of its writer."""
    return len(typed.title) + len(typed.body) + len(typed.tags)


def keep(writer: HasUserId, typed: Typed, entry_id: int | None, now: datetime) -> Draft:
    """Keep a state of a form as its draft and return it.

    After each ten minutes of typing what was there before is kept as a snapshot. Raises LateDraft when a newer state of the
    form is kept already, or one that its window knows nothing of, or the form was saved; DraftTooLong
    for what no entry could hold; and TooManyDrafts.
    """
    length = length_of(typed)
    if length > Draft.MAX_LENGTH:
        raise DraftTooLong
    found = drafts.with_form_id(writer.id, typed.form_id)
    if drafts.characters_of(writer.id, besides=typed.form_id) + length > Draft.MAX_CHARACTERS:
        raise TooManyDrafts
    if found is None:
        return _begin(writer, typed, entry_id, now)
    if found.finished_at is not None or _is_late(found, typed):
        raise LateDraft(found.revision_number, is_saved=found.finished_at is not None)
    _keep_snapshot(found, typed, now)
    _take_over(found, typed, now)
    db.session.flush()
    return found


def finish(writer: HasUserId, form_id: str | None, revision_number: int, entry: Entry, now: datetime) -> None:
    """Let go of the draft of a form that has just been saved as `entry`; the snapshots of its typing join the history.

    `revision_number` is the last state that the form sent: 0 from a browser that keeps no drafts. What is still on its way from that
    form is refused from now on, and which version it made is kept for a day (see `seen_version`). A later state than that, typed in
    another window, goes on as a draft of that entry; other words than those that are saved join the history with the snapshots.
    """
    if not form_id or not revision_number:
        return
    found = drafts.with_form_id(writer.id, form_id)
    if found is not None and found.revision_number > revision_number and found.finished_at is None:
        found.form_id, found.entry_id, found = str(uuid.uuid4()), entry.id, None
        db.session.flush()
    if found is None:
        found = Draft(user_id=writer.id, form_id=form_id, created_at=now)
        try:
            with db.session.begin_nested():
                _take_over(found, _saved(form_id, revision_number, entry), now)
                db.session.add(found)
        except IntegrityError:
            finish(writer, form_id, revision_number, entry, now)
            return
    else:
        _join_history(found, entry)
        _take_over(found, _saved(form_id, revision_number, entry), now)
    found.finished_at, found.entry_id = now, entry.id
    db.session.flush()


def let_go(writer: HasUserId, form_id: str | None, revision_number: int, entry: Entry, now: datetime) -> None:
    """Let go of the draft of a form whose words have become another entry; one that was saved, or went on elsewhere, stays as it is."""
    found = drafts.with_form_id(writer.id, form_id) if form_id else None
    if found is not None and found.finished_at is None and found.revision_number <= revision_number:
        finish(writer, form_id, revision_number, entry, now)


def seen_version(writer: HasUserId, form_id: str | None, revision_number: int, entry_id: int, version: int) -> int:
    """Return which version of an entry a form has seen: the one it opened, or the one it made itself when it was saved before.

    Whoever goes back to a form that was saved, as browsers let one do, and saves it again, meets no conflict with themselves; as far as the
    form counts its states. One that knows of none so late as that which was saved (`revision_number`) has not seen it: 0.
    """
    found = drafts.with_form_id(writer.id, form_id) if form_id and revision_number else None
    if found is None or found.finished_at is None or found.entry_id != entry_id:
        return version
    if found.revision_number > revision_number:
        return 0
    return max(version, found.version)


def discard(writer: HasUserId, draft_id: int, revision_number: int) -> bool:
    """Throw a person's own draft away if it is still in this state, and say whether it was."""
    same = (Draft.id == draft_id, Draft.user_id == writer.id, Draft.revision_number == revision_number)
    gone = delete(Draft).where(*same).returning(Draft.id)
    retention.ask_to_forget_words()
    return db.session.scalar(gone.execution_options(synchronize_session=False)) is not None


def _begin(writer: HasUserId, typed: Typed, entry_id: int | None, now: datetime) -> Draft:
    if drafts.number_of(writer.id) >= Draft.MAX_PER_USER:
        raise TooManyDrafts
    draft = Draft(user_id=writer.id, entry_id=entry_id, form_id=typed.form_id, created_at=now)
    _take_over(draft, typed, now)
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:
        return keep(writer, typed, entry_id, now)
    return draft


def _saved(form_id: str, revision_number: int, entry: Entry) -> Typed:
    """Return the empty state that a form is left in whose words are an entry now."""
    return Typed(form_id, revision_number, entry.version, "", "", "", "", "", "")


def _take_over(draft: Draft, typed: Typed, now: datetime) -> None:
    draft.revision_number, draft.version, draft.updated_at = typed.revision_number, typed.version, now
    draft.title, draft.body, draft.tags = typed.title, typed.body, typed.tags
    draft.entry_date, draft.entry_time, draft.visibility = typed.entry_date[:40], typed.entry_time[:40], typed.visibility[:10]
    draft.mood, draft.place = typed.mood[: Entry.MAX_MOOD_LENGTH], typed.place[:MAX_NAME_LENGTH]
    draft.excerpt = summary.excerpt(typed.body, 199)


def _join_history(draft: Draft, entry: Entry) -> None:
    this_version = (Revision.entry_id == entry.id, Revision.version == draft.version)
    last = db.session.scalar(select(func.max(Revision.snapshot)).where(*this_version)) or 0
    snapshots = drafts.snapshots(draft.id)
    if (draft.title.strip(), draft.body.strip()) not in {("", ""), (entry.title.strip(), entry.body.strip())}:
        snapshots.append(DraftSnapshot(at=draft.updated_at, title=draft.title, body=draft.body))
    attachments.link_to_versions(entry, [snapshot.body for snapshot in snapshots])
    db.session.add_all([_revision(entry, draft.version, last + number, snapshot) for number, snapshot in enumerate(snapshots, 1)])
    db.session.execute(delete(DraftSnapshot).where(DraftSnapshot.draft_id == draft.id).execution_options(synchronize_session=False))


def forget_finished(now: datetime) -> None:
    """Remove what only turns away late states of forms that were saved more than a day ago, and drafts left empty for as long."""
    db.session.execute(delete(Draft).where(Draft.finished_at <= now - Draft.REMEMBERED))
    is_left_empty = (Draft.finished_at.is_(None), Draft.updated_at <= now - Draft.REMEMBERED, ~HAS_CONTENT)
    db.session.execute(delete(Draft).where(*is_left_empty).execution_options(synchronize_session=False))


def _is_late(kept: Draft, typed: Typed) -> bool:
    if typed.revision_number == kept.revision_number:
        return not _same(kept, typed)
    last_known = typed.revision_number if typed.last_known is None else typed.last_known
    return kept.revision_number > last_known and kept.revision_number not in typed.sent_before


def _same(draft: Draft, typed: Typed) -> bool:
    return (draft.title, draft.body, draft.tags) == (typed.title, typed.body, typed.tags)


def _keep_snapshot(draft: Draft, typed: Typed, now: datetime) -> None:
    """Keep what the draft is before it changes, if ten minutes went by since that was done last."""
    latest = now - Draft.SNAPSHOT_EVERY
    if draft.created_at > latest or (draft.title, draft.body) == (typed.title, typed.body):
        return
    last = drafts.last_snapshot(draft.id)
    if last is None or last.at <= latest:
        db.session.add(DraftSnapshot(draft_id=draft.id, at=now, title=draft.title, body=draft.body))


def _revision(entry: Entry, version: int, number: int, typed: DraftSnapshot) -> Revision:
    title, body = typed.title[: Entry.MAX_TITLE_LENGTH], typed.body[: Entry.MAX_BODY_LENGTH]
    return Revision(
        entry_id=entry.id,
        version=version,
        snapshot=number,
        title=title,
        body=body,
        digest=digest.of_text(title, body, entry.entry_date, entry.entry_time),
        entry_date=entry.entry_date,
        entry_time=entry.entry_time,
        timezone=entry.timezone,
        visibility=entry.visibility,
        tags=entry.tag_names,
        mood=entry.mood,
        place=entry.place,
        saved_at=typed.at,
    )
