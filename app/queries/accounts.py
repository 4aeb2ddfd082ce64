"""Finding people and their sessions."""

from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import contains_eager, joinedload

from app.extensions import db
from app.models import LoginSession, Permission, Role, User
from app.text.folding import fold

_LIVE_SESSION = (
    select(LoginSession).join(LoginSession.user).join(User.role).options(contains_eager(LoginSession.user).contains_eager(User.role))
)


def live_session(key_hash: str, now: datetime) -> LoginSession | None:
    """Return the session with this key, its person and role loaded, unless it has ended."""
    found = db.session.scalars(_LIVE_SESSION.where(LoginSession.key_hash == key_hash)).one_or_none()
    return found if found is not None and found.is_live(now) else None


def by_username(username: str) -> User | None:
    """Return the person with this user name, however it is spelled."""
    return db.session.scalars(_people().where(User.username_folded == fold(username))).one_or_none()


def by_email(email: str) -> User | None:
    """Return the person with this address."""
    return db.session.scalars(_people().where(User.email_folded == fold(email))).one_or_none()


def by_name_or_email(name: str) -> User | None:
    """Return the person that a log-in form names; no user name holds an @."""
    return by_email(name) if "@" in name else by_username(name)


def by_id(user_id: int) -> User | None:
    """Return the person with this id."""
    return db.session.scalars(_people().where(User.id == user_id)).one_or_none()


def by_id_for_change(user_id: int) -> User | None:
    """Return the person with this id as the row is now, locked until the transaction ends."""
    locked = _people().where(User.id == user_id).with_for_update(of=User).execution_options(populate_existing=True)
    return db.session.scalars(locked).one_or_none()


def everybody() -> list[User]:
    """Return all people by name, for the command line."""
    return list(db.session.scalars(_people().order_by(User.username_folded)))


def has_administrator() -> bool:
    """Say whether anybody can look after the others yet."""
    administers = Role.permissions.op("&")(int(Permission.ADMINISTER)) != 0
    return bool(db.session.scalar(select(exists().where(User.role_id == Role.id, administers))))


def _people() -> Select[User]:
    return select(User).options(joinedload(User.role, innerjoin=True))


def role_named(name: str) -> Role | None:
    """Return the role of this name, whatever its case."""
    return db.session.scalars(select(Role).where(Role.name == name.capitalize())).one_or_none()
