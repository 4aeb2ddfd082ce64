"""Signed links: one salt and one lifetime for each purpose, and the only place that signs or encrypts.

A link names a person and a fingerprint of the account's state. Using the link, or asking for a newer one, changes that
state, so each link works once and an older one dies with a newer.
"""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
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
UNDO = Purpose("undo", timedelta(days=7))
UNDO_ADDRESS = Purpose("undo-address", timedelta(days=7))
FIRST_PASSWORD = Purpose("first-password", timedelta(days=14))
KNOWN_BROWSER = Purpose("known-browser", timedelta(days=365))
FIRST_ADMINISTRATOR = Purpose("first-administrator", timedelta(hours=24))


COOKIES = {KNOWN_BROWSER}
"""Purposes that are no links: they outlive a move to another folder."""
LINK_KEY = "links.key"
"""The file of DATA_DIR that no backup holds: a copy of the database and of the settings together still make no link."""


CODE_LETTERS, CODE_LENGTH = "BCDFGHJKMNPQRSTVWXYZ", 10
"""What a code to be typed is made of: no vowels, so that it is no word, and no letter that looks like another or like a digit; 43 bits."""
CODE_PERIODS = 2
"""In how many periods a purpose's lifetime is counted for codes, which hold no time themselves."""


class SecretLost(Exception):
    """What is encrypted in the database was encrypted with a SECRET_KEY that is not known any more."""


class InvalidLink(Exception):
    """The link was changed, was used, was replaced by a newer one, or is too old."""


def last_day(purpose: Purpose, now: datetime) -> datetime:
    """Return a moment of the last day on which a link that is made now works all day."""
    return now + purpose.lifetime - timedelta(days=1)


def sign(purpose: Purpose, user: User | None = None) -> str:
    """Return a token for `user`, or for whoever holds it where the purpose knows no person yet."""
    return str(_serializer(purpose).dumps([user.id, _state(purpose, user)] if user else [0, ""]))


def seal(purpose: Purpose, value: object) -> str:
    """Return a JSON value that only we can have written, for a cookie."""
    return str(_serializer(purpose).dumps(value))


def unseal(purpose: Purpose, sealed: str) -> object:
    """Return the value that was sealed; raise InvalidLink for a forged or expired one."""
    try:
        return _serializer(purpose).loads(sealed, max_age=int(purpose.lifetime.total_seconds()))
    except BadData as problem:
        raise InvalidLink from problem


def code_of(purpose: Purpose, user: User, now: datetime) -> str:
    """Return ten letters that stand for the link of a purpose where it has to be typed; nothing of them is stored.

    They work while the link would: as long as the account is as it is now, for the purpose's lifetime or half of it longer.
    """
    return _codes(purpose, user, now)[0]


def is_code_of(purpose: Purpose, user: User | None, typed: str, now: datetime) -> bool:
    """Say whether somebody typed the account's code, in capitals or not, in groups or not; it takes as long for nobody's account.

    Each try has to be counted by the caller.
    """
    letters = "".join(letter for letter in typed.upper() if letter.isalnum()).encode()
    matches = [hmac.compare_digest(letters, code.encode()) for code in _codes(purpose, user, now)]
    return user is not None and any(matches)


def sign_row(purpose: Purpose, row_id: int, state: str) -> str:
    """Return a token for a row as it is now, for links about something else than the account as a whole."""
    return str(_serializer(purpose).dumps([row_id, _fingerprint(purpose, state)]))


def row_named_in(purpose: Purpose, token: str) -> int:
    """Return the id of the row a token names; raise InvalidLink for a forged or expired one. The caller still has to check it."""
    return _read(purpose, token)[0]


def check_row(purpose: Purpose, token: str, state: str) -> None:
    """Raise InvalidLink if the token is not for the row as it is now."""
    if _read(purpose, token)[1] != _fingerprint(purpose, state):
        raise InvalidLink


def keys_from(seed: str) -> list[str]:
    """Return the key that belongs to a random seed, with today's secret first and then with its fallbacks.

    A seed may lie in the database: without this journal's secrets no key comes of it.
    """
    return [urlsafe_b64encode(hmac.digest(key, f"daybook.seed\n{seed}".encode(), "sha256")).decode().rstrip("=") for key in _link_keys()]


def hash_of(key: str) -> str:
    """Return what a row holds in place of a random key of ours; so many random bits need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def encrypt(secret: str) -> str:
    """Return a secret as it may lie in the database: encrypted with today's key (Fernet)."""
    return _fernet().encrypt(secret.encode()).decode()


def decrypt(sealed: str) -> str:
    """Return a secret again; one that was encrypted with a key of SECRET_KEY_FALLBACKS too. Raises SecretLost."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as problem:
        raise SecretLost from problem


def derived(use: str) -> list[bytes]:
    """Return 32 bytes for one use, made of SECRET_KEY and then of each of its fallbacks (HMAC-SHA256): no two uses share a key."""
    secrets_known = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return [hmac.digest(one.encode(), f"daybook.{use}".encode(), "sha256") for one in secrets_known]


def fernet(use: str) -> MultiFernet:
    """Return what encrypts and authenticates for one use, with today's key; it reads what fallbacks have written too."""
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in derived(use)])


def _fernet() -> MultiFernet:
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return MultiFernet([Fernet(urlsafe_b64encode(hashlib.sha256(f"daybook.at-rest.{key}".encode()).digest())) for key in keys])


def person_named_in(purpose: Purpose, token: str) -> int:
    """Return the id of the person a token names (0 for nobody); raise InvalidLink for a forged or expired one.

    The caller still has to ask `check` once it has that person's row.
    """
    return _read(purpose, token)[0]


def check(purpose: Purpose, token: str, user: User | None) -> User:
    """Return `user` if the token is for this account as it is now; raise InvalidLink if not."""
    user_id, state = _read(purpose, token)
    if user is None or user.id != user_id or state != _state(purpose, user):
        raise InvalidLink
    if purpose == FIRST_PASSWORD and user.password_hash:
        raise InvalidLink
    return user


def _read(purpose: Purpose, token: str) -> tuple[int, str]:
    try:
        user_id, state = _serializer(purpose).loads(token, max_age=int(purpose.lifetime.total_seconds()))
    except (BadData, ValueError, TypeError) as problem:
        raise InvalidLink from problem
    return user_id, state


def _state(purpose: Purpose, user: User) -> str:
    serial = {CONFIRM: user.confirm_token_version, FIRST_PASSWORD: 0}.get(purpose, user.reset_token_version)
    password = (user.password_hash or "") if purpose in {RESET, FIRST_PASSWORD} else ""
    facts = "\n".join([str(user.id), user.email_folded or "", password, str(serial), str(user.epoch)])
    return _fingerprint(purpose, facts)


def _codes(purpose: Purpose, user: User | None, now: datetime) -> list[str]:
    state = _state(purpose, user) if user else _fingerprint(purpose, "")
    period = int(now.timestamp() / purpose.lifetime.total_seconds() * CODE_PERIODS)
    facts = [f"daybook.code\n{state}\n{period - ago}".encode() for ago in range(CODE_PERIODS + 1)]
    return [_letters(hmac.digest(key, fact, "sha256")) for key in _link_keys() for fact in facts]


def _letters(digest: bytes) -> str:
    number, letters = int.from_bytes(digest), ""
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_LETTERS))
        letters += CODE_LETTERS[place]
    return letters


def _fingerprint(purpose: Purpose, facts: str) -> str:
    return hashlib.sha256(f"{purpose.name}\n{facts}".encode()).hexdigest()[:32]


def _serializer(purpose: Purpose) -> URLSafeTimedSerializer:
    keys = derived("cookies") if purpose in COOKIES else _link_keys()
    salt = f"daybook.{purpose.name}.{current_app.config['PUBLIC_URL']}"
    return URLSafeTimedSerializer(keys[::-1], salt=salt, signer_kwargs={"digest_method": hashlib.sha256})


def _link_keys() -> list[bytes]:
    of_this_folder = _link_key()
    return [hmac.digest(key, of_this_folder, "sha256") for key in derived("links")]


def _link_path() -> Path:
    return Path(current_app.config["DATA_DIR"], LINK_KEY)


def _link_key() -> bytes:
    """Return the secret of this journal's folder, made when it is first needed; of two that are made at once one counts."""
    path = _link_path()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        fresh = path.with_name(f"{LINK_KEY}.{secrets.token_hex(8)}.partial")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            return path.read_bytes()
        finally:
            fresh.unlink()
        return path.read_bytes()
