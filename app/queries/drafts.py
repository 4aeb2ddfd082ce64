"""Which drafts a person has."""

from datetime import date
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.models import Draft, DraftSnapshot, Entry, HasUserId
from app.models.draft import HAS_CONTENT

_OPEN = Draft.finished_at.is_(None)
_SHOWN = and_(_OPEN, HAS_CONTENT)
_MINE = Draft.user_id == bindparam("user_id")
_WITH_FORM_ID = (
    select(Draft).where(_MINE, Draft.form_id == bindparam("form_id")).with_for_update().execution_options(populate_existing=True)
)
_LENGTHS = func.length(Draft.title) + func.length(Draft.body) + func.length(Draft.tags)
_COLUMNS = (Draft.id, Draft.entry_id, Draft.title, Draft.excerpt, Draft.entry_date, Draft.updated_at)
_NEWEST_FIRST = select(*_COLUMNS).where(_MINE, _SHOWN).order_by(Draft.updated_at.desc(), Draft.id.desc()).limit(bindparam("most"))
_OF_ENTRY = (
    select(Draft.id, Draft.updated_at)
    .where(_MINE, Draft.entry_id == bindparam("entry_id"), _OPEN)
    .order_by(Draft.updated_at.desc())
    .limit(5)
)
_STATE = (
    select(
        Draft.revision_number,
        case((Draft.finished_at.is_(None), Draft.id)).label("draft_id"),
        case((Draft.finished_at.is_not(None), Entry.id)).label("entry_id"),
    )
    .outerjoin(Entry, and_(Entry.id == Draft.entry_id, Entry.trashed_at.is_(None)))
    .where(_MINE, Draft.form_id == bindparam("form_id"))
)
_CHARACTERS = select(func.coalesce(func.sum(_LENGTHS), 0)).where(_MINE, Draft.form_id != bindparam("besides"), _OPEN)


def list_drafts(user_id: int) -> list[Row[*tuple[Any, ...]]]:
    """Return a person's drafts that say anything, without their texts, the one typed last first."""
    return list(db.session.connection().execute(_NEWEST_FIRST, {"user_id": user_id, "most": Draft.MAX_PER_USER}))


def newest(user_id: int) -> Row[*tuple[Any, ...]] | None:
    """Return the draft that a person typed last, without its text."""
    return db.session.connection().execute(_NEWEST_FIRST, {"user_id": user_id, "most": 1}).one_or_none()


def own(draft_id: int, writer: HasUserId) -> Draft | None:
    """Return a person's own draft with the snapshots of its typing."""
    found = select(Draft).where(Draft.id == draft_id, Draft.user_id == writer.id, _OPEN).options(selectinload(Draft.snapshots))
    return db.session.scalars(found).one_or_none()


def only_new_one(writer: HasUserId, day: date) -> Draft | None:
    """Return a person's draft of a new entry dated this day, where there is just one."""
    mine = (Draft.user_id == writer.id, Draft.entry_id.is_(None), Draft.entry_date == day.isoformat(), _SHOWN)
    found = db.session.scalars(select(Draft.id).where(*mine).limit(2)).all()
    return own(found[0], writer) if len(found) == 1 else None


def with_form_id(user_id: int, key: str) -> Draft | None:
    """Return the draft of this form, finished or not, as it is now and locked where the database can."""
    return db.session.scalars(_WITH_FORM_ID, {"user_id": user_id, "form_id": key}).one_or_none()


def state_of(user_id: int, form_id: str) -> Row[*tuple[Any, ...]] | None:
    """Return which state of this form is kept, of which draft (`draft_id`), or saved as which entry out of the trash (`entry_id`)."""
    return db.session.connection().execute(_STATE, {"user_id": user_id, "form_id": form_id}).one_or_none()


def for_entry(user_id: int, entry_id: int) -> list[Row[*tuple[Any, ...]]]:
    """Return the drafts that would change this entry, the one typed last first."""
    return list(db.session.connection().execute(_OF_ENTRY, {"user_id": user_id, "entry_id": entry_id}))


def number_of(user_id: int) -> int:
    """Return how many drafts a person has, those that were left empty too."""
    return db.session.scalar(select(func.count()).select_from(Draft).where(Draft.user_id == user_id, _OPEN)) or 0


def characters_of(user_id: int, *, besides: str) -> int:
    """Return how many characters a person's drafts have together, the one with the key `besides` left out."""
    return int(db.session.connection().scalar(_CHARACTERS, {"user_id": user_id, "besides": besides}) or 0)


def last_snapshot(draft_id: int) -> DraftSnapshot | None:
    """Return the latest snapshot of a draft."""
    return db.session.scalars(
        select(DraftSnapshot).where(DraftSnapshot.draft_id == draft_id).order_by(DraftSnapshot.id.desc()).limit(1)
    ).one_or_none()


def snapshots(draft_id: int) -> list[DraftSnapshot]:
    """Return all snapshots of a draft, the earliest first."""
    return list(db.session.scalars(select(DraftSnapshot).where(DraftSnapshot.draft_id == draft_id).order_by(DraftSnapshot.id)))
