"""Which second factor a person has, and which log-ins wait for one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Authenticator, Passkey, PendingLogin, RecoveryCode, SecurityEvent, SecurityEventKind

MAX_EVENTS = 200
LATELY = timedelta(days=7)
"""A factor that is younger may be an intruder's, and goes when the password is reset; as long as an email can undo it."""


@dataclass(frozen=True)
class LateFactor:
    """A factor that was added lately: what it is called, when it was added, its row, and what its going is noted as."""

    name: str
    added_at: datetime
    model: type[Passkey] | type[Authenticator]
    id: int
    event: SecurityEventKind

    @property
    def name_in_form(self) -> str:
        """Which value of a form keeps it."""
        return f"{self.model.__tablename__}-{self.id}"


def authenticator_of(user_id: int) -> Authenticator | None:
    """Return the app whose codes a person is asked for."""
    counts = Authenticator.confirmed_at.is_not(None)
    return db.session.scalars(select(Authenticator).where(Authenticator.user_id == user_id, counts)).one_or_none()


def has_factor(user_id: int) -> bool:
    """Say whether a person is asked for a second factor: a code of an app, or a key."""
    app = exists().where(Authenticator.user_id == user_id, Authenticator.confirmed_at.is_not(None))
    key = exists().where(Passkey.user_id == user_id)
    return bool(db.session.scalar(select(or_(app, key))))


def added_lately(user_id: int, now: datetime) -> list[LateFactor]:
    """Return the factors that a person has had for less than seven days; the app has no name."""
    since = now - LATELY
    keys = db.session.scalars(select(Passkey).where(Passkey.user_id == user_id, Passkey.created_at > since).order_by(Passkey.id))
    found = [LateFactor(key.name, key.created_at, Passkey, key.id, SecurityEventKind.PASSKEY_REMOVED) for key in keys]
    app = authenticator_of(user_id)
    if app is not None and app.confirmed_at and app.confirmed_at > since:
        found.append(LateFactor("", app.confirmed_at, Authenticator, app.id, SecurityEventKind.FACTOR_REMOVED))
    return found


def code_hashes(user_id: int, now: datetime) -> list[str]:
    """Return the hashes of those of a person's unused recovery codes that were not made lately."""
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None), RecoveryCode.created_at <= now - LATELY)
    return list(db.session.scalars(select(RecoveryCode.code_hash).where(*mine).order_by(RecoveryCode.id)))


def offered_to(user_id: int) -> Authenticator | None:
    """Return the secret that a person is setting up an app with."""
    unconfirmed = Authenticator.confirmed_at.is_(None)
    return db.session.scalars(select(Authenticator).where(Authenticator.user_id == user_id, unconfirmed)).one_or_none()


def codes_left(user_id: int) -> int:
    """Return how many recovery codes a person has not used."""
    unused = RecoveryCode.used_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id, unused)) or 0


def pending_with(token_hash: str, *, for_change: bool = False) -> PendingLogin | None:
    """Return the waiting log-in with this key, its person loaded, as it is now; locked where it is to be changed."""
    found = (
        select(PendingLogin)
        .where(PendingLogin.token_hash == token_hash)
        .options(joinedload(PendingLogin.user, innerjoin=True))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(found.with_for_update(of=PendingLogin) if for_change else found).one_or_none()


def events_of(user_id: int) -> list[SecurityEvent]:
    """Return what happened to the safety of a person's account, the latest first."""
    return list(
        db.session.scalars(
            select(SecurityEvent)
            .where(SecurityEvent.user_id == user_id)
            .order_by(SecurityEvent.at.desc(), SecurityEvent.id.desc())
            .limit(MAX_EVENTS)
        )
    )
