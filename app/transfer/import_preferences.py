"""Taking over the templates and drafts of a journal from elsewhere."""

from sqlalchemy import select

from app.extensions import db
from app.formats.record import DraftRecord, JournalRecord
from app.models import Draft, Entry, Template, User
from app.operations import drafts as acts
from app.queries import drafts
from app.text import summary
from app.text.folding import clean, clean_line

LONGEST_FIELD = 40
LONGEST_FORM_ID = 64


def add(user: User, journal: JournalRecord) -> None:
    """Add what the person has not yet: a template by its name and text, a draft by the key of its form.

    What is beyond the bounds of a person's templates and drafts stays out.
    """
    known = {(one.name, one.body) for one in db.session.scalars(select(Template).where(Template.user_id == user.id))}
    for record in journal.templates:
        name, body = clean_line(record.name)[: Template.LONGEST_NAME], clean(record.body)[: Template.LONGEST_BODY]
        if (name, body) not in known and len(known) < Template.MOST:
            known.add((name, body))
            names = clean_line(record.tags)[: Template.LONGEST_TAGS]
            db.session.add(Template(user_id=user.id, name=name, body=body, tags=names, created_at=record.created_at))
    form_ids = set(db.session.scalars(select(Draft.form_id).where(Draft.user_id == user.id)))
    entries = {row.uid: row.id for row in db.session.execute(select(Entry.uid, Entry.id).where(Entry.user_id == user.id))}
    room = Draft.MOST_CHARACTERS - drafts.characters_of(user.id, besides="")
    for draft in journal.drafts:
        form_id, length = clean_line(draft.key)[:LONGEST_FORM_ID], acts.length_of(draft)
        if form_id and form_id not in form_ids and len(form_ids) < Draft.MOST and length <= min(Draft.LONGEST, room):
            form_ids.add(form_id)
            room -= length
            db.session.add(_draft(user, draft, form_id, entries.get(draft.entry or "")))
    db.session.flush()


def _draft(user: User, record: DraftRecord, form_id: str, entry_id: int | None) -> Draft:
    body = clean(record.body)
    return Draft(
        user_id=user.id,
        entry_id=entry_id,
        form_id=form_id,
        revision_number=record.serial,
        version=record.version,
        title=clean(record.title),
        body=body,
        excerpt=summary.excerpt(body, 199),
        entry_date=clean_line(record.entry_date)[:LONGEST_FIELD],
        entry_time=clean_line(record.entry_time)[:LONGEST_FIELD],
        tags=clean(record.tags),
        mood=clean_line(record.mood)[: Entry.LONGEST_MOOD],
        visibility=clean_line(record.visibility)[:10],
        created_at=record.created_at,
        updated_at=record.updated_at,
    )
