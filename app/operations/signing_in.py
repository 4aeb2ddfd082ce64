"""Checking who somebody is, and starting and ending their signed-in browsers."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.extensions import db
from app.models import LoginSession, SecurityEventKind, User
from app.operations import account_state, security_events
from app.operations.security_events import Browser
from app.security import passwords, tokens
from app.text.folding import clean

NEW_ACCOUNT = timedelta(hours=1)
"""For so long after an account is made nobody is told of new devices: the first one is always new."""


def is_password_of(user: User | None, password: str) -> bool:
    """Say whether this is the person's password; for nobody no, after the same time.

    Hashes, so call it outside write transactions.
    """
    return passwords.matches(password, user.password_hash if user else None)


def start(user: User, *, remember: bool, browser: Browser, now: datetime) -> str:
    """Sign a browser in and return its random key, of which only a hash is kept; tell the person of one that is new.

    Of more browsers than anybody needs, the one that signed in first is signed out. From a browser that is known a link
    for a new password that was sent before works no more: its owner is in. From others it works on, or who is in could keep the owner out.
    """
    key = secrets.token_urlsafe(32)
    is_first, user.last_login_at = user.last_login_at is None, now
    if browser.is_known:
        user.reset_token_version += 1
    db.session.add(
        LoginSession(
            user_id=user.id,
            token_hash=tokens.hash_of(key),
            created_at=now,
            last_seen_at=now,
            expires_at=now + LoginSession.MAX_LIFETIME,
            is_remembered=remember,
            user_agent=clean(browser.user_agent)[:255],
            ip_address=clean(browser.address)[:45],
            reauthenticated_at=now,
        )
    )
    db.session.flush()
    latest = (
        select(LoginSession.id).where(LoginSession.user_id == user.id).order_by(LoginSession.id.desc()).limit(LoginSession.MAX_PER_USER)
    )
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id, LoginSession.id.not_in(latest)))
    if not browser.is_known and not is_first and now - user.created_at > NEW_ACCOUNT:
        security_events.note_and_tell(user, SecurityEventKind.NEW_DEVICE, browser, now)
    db.session.flush()
    return key


def prove(session_id: int, now: datetime) -> str:
    """Note that the person has just proved to be there in this browser, and return its new key; the old one opens nothing."""
    key = secrets.token_urlsafe(32)
    proved = update(LoginSession).where(LoginSession.id == session_id)
    db.session.execute(proved.values(reauthenticated_at=now, token_hash=tokens.hash_of(key)))
    return key


def end_one(user_id: int, session_id: int, browser: Browser, now: datetime) -> bool:
    """Sign out one browser of a person's own, and say whether there was one."""
    gone = delete(LoginSession).where(LoginSession.user_id == user_id, LoginSession.id == session_id).returning(LoginSession.id)
    if db.session.scalar(gone.execution_options(synchronize_session=False)) is None:
        return False
    security_events.note(user_id, SecurityEventKind.DEVICE_ENDED, browser, now)
    return True


def end(key: str) -> None:
    """Sign out the browser that holds this key."""
    db.session.execute(delete(LoginSession).where(LoginSession.token_hash == tokens.hash_of(key)))


def end_others(user: User, *, keep_key: str, browser: Browser, now: datetime) -> None:
    """Sign out every browser of a person's own but the one that holds `keep_key`, and end all that is under way."""
    security_events.note(user.id, SecurityEventKind.OTHERS_ENDED, browser, now)
    account_state.end_everything(user, keep_key=keep_key)


def note_seen(session_id: int, now: datetime) -> None:
    """Keep when a browser was last here."""
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(last_seen_at=now))


def forget_ended(now: datetime) -> None:
    """Remove the rows of sessions that ended by themselves."""
    db.session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))
