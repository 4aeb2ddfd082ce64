"""Taking back one change to an account, by the link in the email that told of it.

The change itself is taken back, everything under way ends, the account returns to the address the email went to, and a link for a
new password is on its way there. The password opens nothing until then: whoever says "it was not me" has to take it as known to others.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.extensions import db
from app.mail import outbox
from app.models import AddressChange, Authenticator, Passkey, RecoveryCode, SecurityEvent, SecurityEventKind, User
from app.operations import account_state, closing, email_changes, people, second_factor, security_events
from app.operations.errors import LastAdministrator
from app.operations.security_events import Browser
from app.queries import accounts
from app.security import passwords, tokens

Facts = dict[str, Any]


def undo(token: str, browser: Browser, now: datetime) -> User:
    """Take back what the token's email told of, and return the account; raise tokens.InvalidLink and AddressTaken."""
    event = found(token, now, for_change=True)
    user = event.user
    event.undone_at, facts = now, event.undo or {}
    user.password_hash = passwords.hash_of_nothing()
    take_back = UNDOING.get(event.kind)
    if take_back is not None:
        take_back(user, facts, now)
    _bring_back_address(user, facts.get("email", ""), event.at, now)
    account_state.end_everything(user)
    security_events.note(user.id, SecurityEventKind.UNDONE, browser, now)
    outbox.reset_password(user, now)
    return user


def found(token: str, now: datetime, *, for_change: bool = False) -> SecurityEvent:
    """Return the event that a token names, its person loaded, and locked where it is to be undone; raise tokens.InvalidLink."""
    event_id = tokens.row_named_in(tokens.UNDO, token)
    statement = select(SecurityEvent).where(SecurityEvent.id == event_id).execution_options(populate_existing=True)
    event = db.session.scalars(statement).one_or_none()
    if event is None or not event.can_be_undone(now):
        raise tokens.InvalidLink
    user = accounts.by_id_for_change(event.user_id) if for_change else accounts.by_id(event.user_id)
    if for_change:
        db.session.refresh(event, attribute_names=["undone_at", "undo"], with_for_update=True)
    tokens.check_row(tokens.UNDO, token, event.state)
    if user is None or user.is_due_for_erasing(now):
        raise tokens.InvalidLink
    email = (event.undo or {}).get("email", "")
    if email != (user.email or "") and _first_move_from(user, email, event.at) is None:
        raise tokens.InvalidLink
    event.user = user
    return event


def _first_move_from(user: User, email: str, since: datetime) -> AddressChange | None:
    """Return the move by which the account left an address since then, if it still stands.

    An email that went to an address which the account has been brought back from is an intruder's: its link does nothing.
    """
    moved = select(AddressChange).where(
        AddressChange.user_id == user.id, AddressChange.confirmed_at >= since, AddressChange.undone_at.is_(None)
    )
    first = db.session.scalars(moved.order_by(AddressChange.id).limit(1)).one_or_none()
    return first if first is not None and first.old_email == email else None


def _bring_back_address(user: User, email: str, since: datetime, now: datetime) -> None:
    """Undo the moves of address that came after an email, whose link only the mailbox it went to has seen."""
    if first := _first_move_from(user, email, since):
        email_changes.take_back(user, first, now)


def _take_away_passkey(user: User, facts: Facts, now: datetime) -> None:
    db.session.execute(delete(Passkey).where(Passkey.user_id == user.id, Passkey.id == facts.get("passkey")))
    _give_codes_back(user, facts, now)
    second_factor.forget_needless_codes(user.id)


def _give_passkey_back(user: User, facts: Facts, _now: datetime) -> None:
    kept = facts.get("removed") or {}
    if kept and db.session.scalar(select(Passkey.id).where(Passkey.credential_id == kept["credential_id"])) is None:
        kept = {**kept, "created_at": datetime.fromisoformat(kept["created_at"])}
        db.session.add(Passkey(user_id=user.id, **kept))
    _give_codes_back(user, facts, _now)


def _take_away_app(user: User, facts: Facts, now: datetime) -> None:
    db.session.execute(delete(Authenticator).where(Authenticator.user_id == user.id, Authenticator.id == facts.get("authenticator")))
    _give_codes_back(user, facts, now)
    second_factor.forget_needless_codes(user.id)


def _give_app_back(user: User, facts: Facts, now: datetime) -> None:
    kept = facts.get("removed") or {}
    if kept:
        db.session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
        moments = {name: datetime.fromisoformat(kept[name]) for name in ("created_at", "confirmed_at")}
        db.session.add(Authenticator(user_id=user.id, **{**kept, **moments}))
    _give_codes_back(user, facts, now)


def _give_codes_back(user: User, facts: Facts, now: datetime) -> None:
    """Put the codes that were there before in place of those that came with the change; codes that never went stay as they are."""
    hashes, mine = set(facts.get("codes") or []), RecoveryCode.user_id == user.id
    if hashes & set(db.session.scalars(select(RecoveryCode.code_hash).where(mine))):
        return
    db.session.execute(delete(RecoveryCode).where(mine))
    db.session.add_all([RecoveryCode(user_id=user.id, code_hash=one, created_at=now) for one in sorted(hashes)])


def _give_username_back(user: User, facts: Facts, _now: datetime) -> None:
    before = facts.get("username", "")
    if before and before in accounts.free_usernames([before], besides=user.id):
        user.username = before


def _open_again(user: User, _facts: Facts, _now: datetime) -> None:
    closing.show_again(user)


def _close_again(user: User, _facts: Facts, now: datetime) -> None:
    with suppress(LastAdministrator):
        people.leave_an_administrator(user)
        closing.hide_away(user, now)


def _cancel_move(user: User, _facts: Facts, _now: datetime) -> None:
    account_state.cancel_move(user.id)


UNDOING: dict[str, Callable[[User, Facts, datetime], None]] = {
    SecurityEventKind.PASSKEY_ADDED: _take_away_passkey,
    SecurityEventKind.PASSKEY_REMOVED: _give_passkey_back,
    SecurityEventKind.FACTOR_ADDED: _take_away_app,
    SecurityEventKind.FACTOR_REMOVED: _give_app_back,
    SecurityEventKind.CODES_RENEWED: _give_codes_back,
    SecurityEventKind.USERNAME_CHANGED: _give_username_back,
    SecurityEventKind.ACCOUNT_CLOSED: _open_again,
    SecurityEventKind.ACCOUNT_REOPENED: _close_again,
    SecurityEventKind.ADDRESS_ASKED: _cancel_move,
}
"""What each kind of event needs besides; a new password or device, a used code and a download end with what is under way."""
