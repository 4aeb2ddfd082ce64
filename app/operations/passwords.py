"""Changing a password, with or without knowing the old one."""

from collections.abc import Collection
from datetime import datetime

from app.mail import outbox
from app.models import SecurityEventKind, User
from app.operations import account_state, registration, second_factor, security_events
from app.operations.security_events import Browser
from app.queries import accounts
from app.security import tokens


def request_reset(email: str, now: datetime) -> None:
    """Send a reset link to the account of this address; where there is none, send nothing, as quickly."""
    user = accounts.by_email(email)
    if user is None:
        outbox.send_nothing()
    else:
        outbox.reset_password(user, now)


def reset(token: str, password_hash: str, browser: Browser, now: datetime, *, keep: Collection[str] = ()) -> User:
    """Set a new password by link and return its owner, signed out everywhere; raise tokens.InvalidLink.

    Following the link proves the address too. Factors that were added lately go, but for those named in `keep`.
    """
    user = accounts.by_id_for_change(tokens.person_named_in(tokens.RESET, token))
    user = tokens.check(tokens.RESET, token, user)
    if not user.is_confirmed:
        registration.prove_address(user, now)
    second_factor.forget_late_ones(user, keep, browser, now)
    change(user, password_hash, browser, now, kind=SecurityEventKind.PASSWORD_RESET)
    return user


def choose_first(token: str, password_hash: str, browser: Browser, now: datetime) -> User:
    """Set the first password of an account that somebody else made, and return its owner; raise tokens.InvalidLink."""
    user = accounts.by_id_for_change(tokens.person_named_in(tokens.FIRST_PASSWORD, token))
    user = tokens.check(tokens.FIRST_PASSWORD, token, user)
    user.password_hash = password_hash
    account_state.end_everything(user)
    security_events.note(user.id, SecurityEventKind.PASSWORD_CHOSEN, browser, now)
    return user


def change(
    user: User,
    password_hash: str,
    browser: Browser,
    now: datetime,
    *,
    keep_key: str = "",
    kind: SecurityEventKind = SecurityEventKind.PASSWORD_CHANGED,
) -> None:
    """Set a new password, end everything under way but the browser with `keep_key`, and tell the person."""
    user.password_hash = password_hash
    account_state.end_everything(user, keep_key=keep_key)
    outbox.password_changed(user, security_events.note_with_undo(user, kind, browser, now), now)
