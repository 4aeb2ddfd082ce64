"""One-time codes (TOTP, RFC 6238) and recovery codes as a second factor, and log-ins that wait for one."""

import secrets
from base64 import b32encode
from collections.abc import Collection
from datetime import datetime

import pyotp
from sqlalchemy import delete, update

from app.extensions import db
from app.models import Authenticator, PendingLogin, RecoveryCode, SecurityEventKind, User
from app.operations import account_state, security_events
from app.operations.security_events import Browser
from app.queries import accounts, second_factors
from app.security import tokens

CODES, CODE_BYTES = 10, 10
DRIFT_STEPS = 1
STEP_SECONDS = 30


def offer(user_id: int, now: datetime) -> None:
    """Make a fresh secret for an app; it counts once `enrol` has seen a code of it. One that counts already stays."""
    unconfirmed = Authenticator.confirmed_at.is_(None)
    db.session.execute(delete(Authenticator).where(Authenticator.user_id == user_id, unconfirmed))
    if second_factors.authenticator_of(user_id) is None:
        sealed = tokens.encrypt(pyotp.random_base32())
        db.session.add(Authenticator(user_id=user_id, encrypted_secret=sealed, created_at=now))


def enrol(user: User, code: str, browser: Browser, now: datetime) -> list[str] | None:
    """Let the offered secret count if `code` is one of its codes, and return ten new recovery codes; None for a wrong code."""
    offered = second_factors.offered_to(user.id)
    if offered is None or not _use_code(offered, code, now):
        return None
    offered.confirmed_at, codes = now, second_factors.code_hashes(user.id, now)
    account_state.end_sessions(user.id, keep_key=browser.session_key)
    security_events.note_and_tell(user, SecurityEventKind.FACTOR_ADDED, browser, now, authenticator=offered.id, codes=codes)
    return fresh_codes(user.id, now)


def remove(user: User, browser: Browser, now: datetime) -> bool:
    """Ask for no codes of an app any more, and say whether there was one."""
    active, codes = second_factors.authenticator_of(user.id), second_factors.code_hashes(user.id, now)
    if active is None:
        return False
    is_old = active.confirmed_at is not None and active.confirmed_at <= now - second_factors.LATELY
    kept = _as_kept(active) if is_old else None
    db.session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
    forget_needless_codes(user.id)
    account_state.end_sessions(user.id, keep_key=browser.session_key)
    security_events.note_and_tell(user, SecurityEventKind.FACTOR_REMOVED, browser, now, removed=kept, codes=codes)
    return True


def _as_kept(active: Authenticator) -> dict[str, object]:
    """Return what is needed to set an app up again as it was; its secret stays encrypted."""
    confirmed_at = active.confirmed_at.isoformat() if active.confirmed_at else ""
    facts = {"encrypted_secret": active.encrypted_secret, "last_step": active.last_step}
    return {**facts, "created_at": active.created_at.isoformat(), "confirmed_at": confirmed_at}


def forget_late_ones(user: User, keep: Collection[str], browser: Browser, now: datetime) -> None:
    """Take away the factors that were added lately, when somebody else may have done it, but for those named in `keep`."""
    for late in second_factors.added_lately(user.id, now):
        if late.name_in_form not in keep:
            db.session.execute(delete(late.model).where(late.model.id == late.id).execution_options(synchronize_session=False))
            security_events.note(user.id, late.event, browser, now)
            _forget_late_codes(user.id, now)
    forget_needless_codes(user.id)


def _forget_late_codes(user_id: int, now: datetime) -> None:
    """Remove codes that came with a factor which is taken away: whoever added it has seen them."""
    late = (RecoveryCode.user_id == user_id, RecoveryCode.created_at > now - second_factors.LATELY)
    db.session.execute(delete(RecoveryCode).where(*late).execution_options(synchronize_session=False))


def has_factor(user_id: int) -> bool:
    """Say whether a person is asked for a second factor at log-in."""
    return second_factors.has_factor(user_id)


def forget_needless_codes(user_id: int) -> None:
    """Remove a person's recovery codes where there is no factor left that they could stand in for."""
    if not has_factor(user_id):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def renew_codes(user: User, browser: Browser, now: datetime) -> list[str]:
    """Return ten new recovery codes, shown this once; the old ones work no more."""
    security_events.note_and_tell(user, SecurityEventKind.CODES_RENEWED, browser, now, codes=second_factors.code_hashes(user.id, now))
    return fresh_codes(user.id, now)


def passes(user: User, code: str, browser: Browser, now: datetime) -> bool:
    """Say whether `code` proves the second factor, and use it up: a code of the app, or a recovery code.

    Raises tokens.SecretLost where no recovery code was given and the app's codes cannot be checked with today's SECRET_KEY.
    """
    authenticator, is_secret_lost = second_factors.authenticator_of(user.id), False
    try:
        if authenticator is not None and _use_code(authenticator, code, now):
            return True
    except tokens.SecretLost:
        is_secret_lost = True
    used = db.session.scalar(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash == tokens.hash_of(_plain(code)), RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    if used is not None:
        security_events.note_and_tell(user, SecurityEventKind.CODE_USED, browser, now)
    elif is_secret_lost:
        raise tokens.SecretLost
    return used is not None


def wait_for(user: User, *, remember: bool, now: datetime) -> str:
    """Note that the password was right, and return the random key that the browser shows with the second factor."""
    key = secrets.token_urlsafe(32)
    db.session.add(
        PendingLogin(
            user_id=user.id,
            token_hash=tokens.hash_of(key),
            state=_state(user),
            is_remembered=remember,
            expires_at=now + PendingLogin.LIFETIME,
        )
    )
    return key


def pending(key: str, now: datetime, *, for_change: bool = False) -> PendingLogin | None:
    """Return the log-in that waits under this key, unless its time or its tries are over or the account has changed since.

    Where it is to be changed, its person is locked first, as by whoever ends all log-ins.
    """
    found = second_factors.pending_with(tokens.hash_of(key))
    if found is not None and for_change:
        accounts.by_id_for_change(found.user_id)
        found = second_factors.pending_with(tokens.hash_of(key), for_change=True)
    if found is None or found.user.is_kept_out(now) or not found.is_live(now):
        return None
    return found if found.state == _state(found.user) else None


def advance(waiting: PendingLogin, code: str, browser: Browser, now: datetime) -> bool:
    """Count a try at a waiting log-in and say whether the code let it through, which ends it."""
    waiting.attempts += 1
    if not passes(waiting.user, code, browser, now):
        return False
    end_waiting(waiting)
    return True


def end_waiting(waiting: PendingLogin) -> None:
    """Let a log-in wait no more: its second factor has come."""
    db.session.delete(waiting)


def forget_ended(now: datetime) -> None:
    """Remove log-ins that waited too long."""
    db.session.execute(delete(PendingLogin).where(PendingLogin.expires_at <= now))


def _use_code(authenticator: Authenticator, code: str, now: datetime) -> bool:
    """Say whether a code is right, one step early or late allowed, and let neither it nor an older one be right again."""
    totp = pyotp.TOTP(tokens.decrypt(authenticator.encrypted_secret))
    today = int(now.timestamp()) // STEP_SECONDS
    digits = "".join(code.split())
    for step in range(today - DRIFT_STEPS, today + DRIFT_STEPS + 1):
        if secrets.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return _use_step(authenticator.id, step)
    return False


def _use_step(authenticator_id: int, step: int) -> bool:
    statement = update(Authenticator).where(Authenticator.id == authenticator_id, Authenticator.last_step < step)
    used = statement.values(last_step=step).returning(Authenticator.id).execution_options(synchronize_session=False)
    return db.session.scalar(used) is not None


def fresh_codes(user_id: int, now: datetime) -> list[str]:
    """Return ten new recovery codes of a person; only their hashes are kept, and older ones work no more."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODES)]
    db.session.add_all([RecoveryCode(user_id=user_id, code_hash=tokens.hash_of(code), created_at=now) for code in codes])
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def _state(user: User) -> str:
    return tokens.hash_of(f"{user.id} {user.email_folded} {user.password_hash} {user.epoch}")
