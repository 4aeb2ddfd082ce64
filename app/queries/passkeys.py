"""Which passkeys and security keys a person has."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Passkey, User


def list_passkeys(user_id: int) -> list[Passkey]:
    """Return a person's keys, the oldest first."""
    return list(db.session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)))


def ids_of(user_id: int) -> list[str]:
    """Return the credential ids of a person's keys."""
    return list(db.session.scalars(select(Passkey.credential_id).where(Passkey.user_id == user_id).order_by(Passkey.id)))


def own(passkey_id: int, user_id: int) -> Passkey | None:
    """Return a key of a person's own."""
    return db.session.scalars(select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)).one_or_none()


def owner_of(credential_id: str) -> int | None:
    """Return the id of the person whose key this is."""
    return db.session.scalar(select(Passkey.user_id).where(Passkey.credential_id == credential_id))


def with_id(credential_id: str) -> Passkey | None:
    """Return the key of this id with its person, as it is now and locked where the database can."""
    return db.session.scalars(
        select(Passkey)
        .where(Passkey.credential_id == credential_id)
        .options(joinedload(Passkey.user, innerjoin=True).joinedload(User.role, innerjoin=True))
        .with_for_update(of=Passkey)
        .execution_options(populate_existing=True)
    ).one_or_none()
