"""Checking who somebody is, and starting and ending their signed-in browsers."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, update

from app import passwords
from app.extensions import db
from app.models import LoginSession, User
from app.queries import accounts
from app.text.folding import clean


def authenticate(name: str, password: str) -> User | None:
    """Return the person whose user name or address and password these are, or None, both after the same time.

    Hashes, so call it outside write transactions.
    """
    user = accounts.by_name_or_email(name)
    return user if passwords.matches(password, user.password_hash if user else None) else None


def is_password_of(user_id: int, password: str) -> bool:
    """Say whether this is the person's password. Hashes, so call it outside write transactions."""
    user = accounts.by_id(user_id)
    return passwords.matches(password, user.password_hash if user else None)


def start(user: User, *, remember: bool, user_agent: str, now: datetime) -> str:
    """Sign a browser in and return its random key, of which only a hash is kept."""
    key = secrets.token_urlsafe(32)
    db.session.add(
        LoginSession(
            user_id=user.id,
            key_hash=hash_of(key),
            created_at=now,
            last_seen_at=now,
            expires_at=now + LoginSession.LONGEST_LIFE,
            is_remembered=remember,
            user_agent=clean(user_agent)[:255],
        )
    )
    db.session.flush()
    return key


def end(key: str) -> None:
    """Sign out the browser that holds this key."""
    db.session.execute(delete(LoginSession).where(LoginSession.key_hash == hash_of(key)))


def end_all(user: User, *, keep_key: str = "") -> None:
    """Sign the person out everywhere, except in the browser that holds `keep_key`."""
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id, LoginSession.key_hash != hash_of(keep_key)))


def note_seen(session_id: int, now: datetime) -> None:
    """Keep when a browser was last here."""
    db.session.execute(update(LoginSession).where(LoginSession.id == session_id).values(last_seen_at=now))


def forget_ended(now: datetime) -> None:
    """Remove the rows of sessions that ended by themselves."""
    db.session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))


def hash_of(key: str) -> str:
    """Return what a session's row holds in place of its key; 256 random bits need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()
