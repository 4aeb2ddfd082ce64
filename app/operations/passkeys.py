"""Adding, using and removing passkeys and security keys."""

import secrets
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Challenge, ChallengePurpose, Passkey, SecurityEventKind, User
from app.operations import account_state, second_factor, security_events
from app.operations.errors import TooManyKeys
from app.operations.security_events import Browser
from app.queries import accounts, passkeys, second_factors
from app.security import tokens, webauthn
from app.security.webauthn import InvalidPasskeyResponse


def begin(purpose: ChallengePurpose, user_id: int | None, now: datetime, *, user_handle: str = "") -> tuple[str, str]:
    """Make a challenge; return the token by which its browser finds it again, and what is to be signed.

    The account it is for is locked first: whoever ends everything at this moment ends this, too, or has ended it before.
    """
    if user_id is not None:
        accounts.by_id_for_change(user_id)
    token, challenge = secrets.token_urlsafe(32), webauthn.fresh_bytes()
    db.session.add(
        Challenge(
            user_id=user_id,
            token_hash=tokens.hash_of(token),
            purpose=purpose,
            challenge=challenge,
            user_handle=user_handle,
            expires_at=now + Challenge.LIFETIME,
        )
    )
    return token, challenge


def add(user: User, key: str, answer: str, name: str, browser: Browser, now: datetime) -> list[str] | None:
    """Keep the key that a browser made for `user`; raise InvalidPasskeyResponse or TooManyKeys.

    For the first factor a person has, ten recovery codes are returned, shown this once; else None.
    """
    challenge = _take(key, ChallengePurpose.ADD, user.id, now)
    made = webauthn.check_new(answer, challenge.challenge)
    if len(passkeys.list_passkeys(user.id)) >= Passkey.MAX_PER_USER:
        raise TooManyKeys
    is_first, codes = not second_factor.has_factor(user.id), second_factors.code_hashes(user.id, now)
    facts = {"credential_id": made.credential_id, "public_key": made.public_key, "sign_count": made.sign_count}
    try:
        with db.session.begin_nested():
            passkey = Passkey(user_id=user.id, name=name, user_handle=challenge.user_handle, created_at=now, **facts)
            db.session.add(passkey)
    except IntegrityError as problem:
        raise InvalidPasskeyResponse from problem
    account_state.end_sessions(user.id, keep_key=browser.session_key)
    security_events.note_and_tell(user, SecurityEventKind.PASSKEY_ADDED, browser, now, passkey=passkey.id, codes=codes)
    return second_factor.fresh_codes(user.id, now) if is_first else None


def use(
    key: str, purpose: ChallengePurpose, answer: str, now: datetime, *, user_id: int | None = None, alone: bool
) -> tuple[Passkey, bool]:
    """Return the key, its person loaded, that has answered the challenge, and whether it knew its owner; raise InvalidPasskeyResponse.

    The person is locked, as by whoever ends all log-ins. With `user_id` it has to be that person's. A key that stands `alone`, without a
    password, has to know its owner.
    """
    said = webauthn.read(answer)
    if owner_id := passkeys.owner_of(said.credential_id):
        accounts.by_id_for_change(owner_id)
    challenge = _take(key, purpose, user_id, now)
    found = passkeys.with_id(said.credential_id)
    if found is None or (user_id is not None and found.user_id != user_id):
        raise InvalidPasskeyResponse
    if said.user_handle and said.user_handle != found.user_handle:
        raise InvalidPasskeyResponse
    found.sign_count, knew_owner = webauthn.check(said, challenge.challenge, found.public_key, found.sign_count, alone=alone)
    found.last_used_at = now
    return found, knew_owner


def remove(user: User, passkey_id: int, browser: Browser, now: datetime) -> bool:
    """Let a key of a person's own work no more, and say whether there was one; recovery codes go with the last factor.

    What was added lately can be an intruder's own, added and removed for its owner to bring back: that is not kept for undoing.
    """
    found = passkeys.own(passkey_id, user.id)
    if found is not None:
        facts = {name: getattr(found, name) for name in ("name", "credential_id", "public_key", "user_handle", "sign_count")}
        is_old = found.created_at <= now - second_factors.LATELY
        kept = {**facts, "created_at": found.created_at.isoformat()} if is_old else None
        codes = second_factors.code_hashes(user.id, now)
        db.session.execute(delete(Passkey).where(Passkey.id == passkey_id).execution_options(synchronize_session=False))
        second_factor.forget_needless_codes(user.id)
        account_state.end_sessions(user.id, keep_key=browser.session_key)
        security_events.note_and_tell(user, SecurityEventKind.PASSKEY_REMOVED, browser, now, removed=kept, codes=codes)
    return found is not None


def forget_unanswered(now: datetime) -> None:
    """Remove challenges whose time is over."""
    db.session.execute(delete(Challenge).where(Challenge.expires_at <= now))


def _take(key: str, purpose: ChallengePurpose, user_id: int | None, now: datetime) -> Challenge:
    """Return a challenge and let nobody have it again; raise InvalidPasskeyResponse where there is none for this purpose and person."""
    taken = delete(Challenge).where(Challenge.token_hash == tokens.hash_of(key), Challenge.purpose == purpose).returning(Challenge)
    found = db.session.scalars(taken.execution_options(synchronize_session=False)).one_or_none()
    if found is None or found.expires_at <= now or found.user_id != user_id:
        raise InvalidPasskeyResponse
    return found
