"""Signed links: one salt and one lifetime for each purpose, and the only place that signs or encrypts.

A link names a person and a fingerprint of the account's state. Using the link, or asking for a newer one, changes that
state, so each link works once and an older one dies with a newer.
"""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import Fernet, MultiFernet
from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.models import User


@dataclass(frozen=True)
class Purpose:
    """What a link is for: its salt, and how long it works."""

    name: str
    lifetime: timedelta


CONFIRM = Purpose("confirm", timedelta(hours=24))
RESET = Purpose("reset", timedelta(minutes=30))
CHANGE_ADDRESS = Purpose("change-address", timedelta(hours=24))
UNDO_ADDRESS = Purpose("undo-address", timedelta(days=7))
FIRST_PASSWORD = Purpose("first-password", timedelta(days=14))
KNOWN_BROWSER = Purpose("known-browser", timedelta(days=365))
FIRST_ADMINISTRATOR = Purpose("first-administrator", timedelta(hours=24))


class BadLink(Exception):
    """The link was changed, was used, was replaced by a newer one, or is too old."""


def sign(purpose: Purpose, user: User | None = None) -> str:
    """Return a token for `user`, or for whoever holds it where the purpose knows no person yet."""
    return str(_serializer(purpose).dumps([user.id, _state(purpose, user)] if user else [0, ""]))


def seal(purpose: Purpose, value: object) -> str:
    """Return a JSON value that only we can have written, for a cookie."""
    return str(_serializer(purpose).dumps(value))


def unseal(purpose: Purpose, sealed: str) -> object:
    """Return the value that was sealed; raise BadLink for a forged or expired one."""
    try:
        return _serializer(purpose).loads(sealed, max_age=int(purpose.lifetime.total_seconds()))
    except BadData as problem:
        raise BadLink from problem


def sign_row(purpose: Purpose, row_id: int, state: str) -> str:
    """Return a token for a row as it is now, for links about something else than the account as a whole."""
    return str(_serializer(purpose).dumps([row_id, _fingerprint(purpose, state)]))


def row_named_in(purpose: Purpose, token: str) -> int:
    """Return the id of the row a token names; raise BadLink for a forged or expired one. The caller still has to check it."""
    return _read(purpose, token)[0]


def check_row(purpose: Purpose, token: str, state: str) -> None:
    """Raise BadLink if the token is not for the row as it is now."""
    if _read(purpose, token)[1] != _fingerprint(purpose, state):
        raise BadLink


def hash_of(key: str) -> str:
    """Return what a row holds in place of a random key of ours; so many random bits need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def encrypt(secret: str) -> str:
    """Return a secret as it may lie in the database: encrypted with today's key (Fernet)."""
    return _fernet().encrypt(secret.encode()).decode()


def decrypt(sealed: str) -> str:
    """Return a secret again; one that was encrypted with a key of SECRET_KEY_FALLBACKS too."""
    return _fernet().decrypt(sealed.encode()).decode()


def _fernet() -> MultiFernet:
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return MultiFernet([Fernet(urlsafe_b64encode(hashlib.sha256(f"daybook.at-rest.{key}".encode()).digest())) for key in keys])


def person_named_in(purpose: Purpose, token: str) -> int:
    """Return the id of the person a token names (0 for nobody); raise BadLink for a forged or expired one.

    The caller still has to ask `check` once it has that person's row.
    """
    return _read(purpose, token)[0]


def check(purpose: Purpose, token: str, user: User | None) -> User:
    """Return `user` if the token is for this account as it is now; raise BadLink if not."""
    user_id, state = _read(purpose, token)
    if user is None or user.id != user_id or state != _state(purpose, user):
        raise BadLink
    if purpose == FIRST_PASSWORD and user.password_hash:
        raise BadLink
    return user


def _read(purpose: Purpose, token: str) -> tuple[int, str]:
    try:
        user_id, state = _serializer(purpose).loads(token, max_age=int(purpose.lifetime.total_seconds()))
    except (BadData, ValueError, TypeError) as problem:
        raise BadLink from problem
    return user_id, state


def _state(purpose: Purpose, user: User) -> str:
    serial = {CONFIRM: user.confirm_serial, FIRST_PASSWORD: 0}.get(purpose, user.reset_serial)
    password = user.password_hash if purpose in {RESET, FIRST_PASSWORD} else ""
    facts = "\n".join([str(user.id), user.email_folded or "", password, str(serial)])
    return _fingerprint(purpose, facts)


def _fingerprint(purpose: Purpose, facts: str) -> str:
    return hashlib.sha256(f"{purpose.name}\n{facts}".encode()).hexdigest()[:32]


def _serializer(purpose: Purpose) -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    salt = f"daybook.{purpose.name}.{current_app.config['PUBLIC_URL']}"
    return URLSafeTimedSerializer(keys, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
