"""Finding changes of address."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import AddressChange
from app.security import tokens
from app.text import names


def by_id(change_id: int, *, for_change: bool = False) -> AddressChange | None:
    """Return a change with its person; `for_change` as it is now and locked where the database can."""
    statement = select(AddressChange).where(AddressChange.id == change_id).options(joinedload(AddressChange.user, innerjoin=True))
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(statement).one_or_none()


def standing_from(user_id: int, email: str, now: datetime) -> AddressChange | None:
    """Return the first move by which a person left an address and that can still be undone."""
    left = (AddressChange.user_id == user_id, AddressChange.old_email_folded == names.fold_email(email))
    first = select(AddressChange).where(*left, AddressChange.undoable(now)).order_by(AddressChange.id).limit(1)
    return db.session.scalars(first).one_or_none()


def waiting_for(user_id: int, now: datetime) -> AddressChange | None:
    """Return the change that a person has asked for and can still confirm."""
    open_change = (AddressChange.confirmed_at.is_(None), AddressChange.asked_at > now - tokens.CHANGE_ADDRESS.lifetime)
    return db.session.scalars(select(AddressChange).where(AddressChange.user_id == user_id, *open_change)).first()
