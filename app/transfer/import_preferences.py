"""Taking over the templates and drafts of a journal from elsewhere."""

import uuid
from dataclasses import dataclass, field

from sqlalchemy import select

from app.extensions import db
from app.formats.record import DraftRecord, JournalRecord
from app.models import Draft, Entry, Template, User
from app.operations import drafts as acts
from app.queries import drafts
from app.text import summary
from app.text.folding import clean, clean_line
from app.text.places import MAX_NAME_LENGTH

MAX_FIELD_LENGTH = 40


@dataclass
class LeftOut:
    """What was not taken over, since a person's bounds were reached: templates and drafts by their names."""

    templates: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)


def add(user: User, journal: JournalRecord) -> LeftOut:
    """Add what the person has not yet: a template by its name and text, a draft by the key of its form.

    What is beyond the bounds of a person's templates and drafts stays out, and is returned.
    """
    left_out = LeftOut()
    known = {(one.name, one.body) for one in db.session.scalars(select(Template).where(Template.user_id == user.id))}
    for record in journal.templates:
        name, body = clean_line(record.name)[: Template.MAX_NAME_LENGTH], clean(record.body)[: Template.MAX_BODY_LENGTH]
        if (name, body) in known:
            continue
        if len(known) >= Template.MAX_PER_USER:
            left_out.templates.append(name)
        else:
            known.add((name, body))
            names = clean_line(record.tags)[: Template.MAX_TAGS_LENGTH]
            db.session.add(Template(user_id=user.id, name=name, body=body, tags=names, created_at=record.created_at))
    states = select(Draft.form_id, Draft.finished_at.is_not(None)).where(Draft.user_id == user.id)
    is_finished = {row.form_id: bool(row[1]) for row in db.session.execute(states)}
    number = drafts.number_of(user.id)
    room = Draft.MAX_CHARACTERS - drafts.characters_of(user.id, besides="")
    for draft in journal.drafts:
        form_id, length = acts.tidy_form_id(draft.key), acts.length_of(draft)
        if is_finished.get(form_id):
            # The form was saved here since: what it held before goes on in another, which is the same each time.
            form_id = str(uuid.uuid5(uuid.NAMESPACE_OID, form_id))
        if not form_id or form_id in is_finished:
            continue
        if number >= Draft.MAX_PER_USER or length > min(Draft.MAX_LENGTH, room):
            left_out.drafts.append(f"{clean_line(draft.entry_date)[:MAX_FIELD_LENGTH]} {clean_line(draft.title)[:40]}".strip())
        else:
            is_finished[form_id] = False
            number += 1
            room -= length
            entry = db.session.scalar(select(Entry).where(Entry.user_id == user.id, Entry.uid == draft.entry))
            db.session.add(_draft(user, draft, form_id, entry))
    db.session.flush()
    return left_out


def _draft(user: User, record: DraftRecord, form_id: str, entry: Entry | None) -> Draft:
    body = clean(record.body)
    place = entry.place.label if entry and record.place is None else record.place or ""
    return Draft(
        user_id=user.id,
        entry_id=entry.id if entry else None,
        form_id=form_id,
        revision_number=record.serial,
        version=record.version,
        title=clean(record.title),
        body=body,
        excerpt=summary.excerpt(body, 199),
        entry_date=clean_line(record.entry_date)[:MAX_FIELD_LENGTH],
        entry_time=clean_line(record.entry_time)[:MAX_FIELD_LENGTH],
        tags=clean(record.tags),
        mood=clean_line(record.mood)[: Entry.MAX_MOOD_LENGTH],
        place=clean_line(place)[:MAX_NAME_LENGTH],
        visibility=clean_line(record.visibility)[:10],
        created_at=record.created_at,
        updated_at=record.updated_at,
    )
