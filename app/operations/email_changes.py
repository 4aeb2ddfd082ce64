"""Moving an account to another email address, and back."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.mail import outbox
from app.models import AddressChange, SecurityEventKind, User
from app.operations import account_state, security_events
from app.operations.errors import AddressTaken
from app.operations.security_events import Browser
from app.queries import accounts, address_changes
from app.security import tokens


def ask(user: User, new_email: str, browser: Browser, now: datetime) -> None:
    """Send a link to the new address, and tell the old one; a link sent to another new one before works no more.

    An address that is taken gets no link: its owner is told instead. Whoever asks cannot tell the difference.
    """
    account_state.cancel_move(user.id)
    change = AddressChange(user_id=user.id, old_email=user.email or "", new_email=new_email, asked_at=now)
    db.session.add(change)
    db.session.flush()
    if not accounts.is_email_taken(new_email, now, besides=user.id):
        outbox.confirm_new_address(user, change, now)
    elif owner := accounts.by_email(new_email):
        outbox.welcome_back(owner, now)
    security_events.note_and_tell(user, SecurityEventKind.ADDRESS_ASKED, browser, now)


def confirm(token: str, browser: Browser, now: datetime) -> User:
    """Move the account to the address that the token was sent to and return it, telling the old address.

    Links that were sent to the old address work no more. A move back to an address that was left in the last seven days undoes that
    move, so that no mailbox on the way gets a link of its own. Raises tokens.InvalidLink and AddressTaken.
    """
    change = _changeable(tokens.CHANGE_ADDRESS, token)
    if (change.user.email or "") != change.old_email:
        raise tokens.InvalidLink
    if accounts.is_email_taken(change.new_email, now, besides=change.user_id):
        raise AddressTaken
    if standing := address_changes.standing_from(change.user_id, change.new_email, now):
        db.session.execute(delete(AddressChange).where(AddressChange.id == change.id).execution_options(synchronize_session=False))
        user = change.user
        take_back(user, standing, now)
        security_events.note(user.id, SecurityEventKind.ADDRESS_UNDONE, browser, now)
        return user
    change.confirmed_at = now
    _move(change.user, change.new_email)
    security_events.note(change.user_id, SecurityEventKind.ADDRESS_CHANGED, browser, now)
    outbox.address_changed(change.user, change, now)
    return change.user


def undo(token: str, browser: Browser, now: datetime) -> User:
    """Bring the account back to the address that the token was sent to and sign it out everywhere.

    Changes that came later are undone with it. Raises tokens.InvalidLink and AddressTaken.
    """
    change = _changeable(tokens.UNDO_ADDRESS, token)
    if not change.can_be_undone(now):
        raise tokens.InvalidLink
    take_back(change.user, change, now)
    account_state.end_everything(change.user)
    security_events.note(change.user_id, SecurityEventKind.ADDRESS_UNDONE, browser, now)
    outbox.reset_password(change.user, now)
    return change.user


def take_back(user: User, change: AddressChange, now: datetime) -> None:
    """Bring an account back to the address it had before a change; raise AddressTaken.

    Changes that came later are undone with it. An account that took the address meanwhile and never proved it gives way.
    """
    later = update(AddressChange).where(AddressChange.user_id == user.id, AddressChange.id >= change.id)
    db.session.execute(later.values(undone_at=now).execution_options(synchronize_session=False))
    other = accounts.by_email(change.old_email)
    if other is not None and other.id != user.id and not other.is_confirmed:
        db.session.execute(delete(User).where(User.id == other.id).execution_options(synchronize_session=False))
        db.session.expunge(other)
    _move(user, change.old_email)


def _changeable(purpose: tokens.Purpose, token: str) -> AddressChange:
    """Return the change that a token is for, person and change locked, in this order; raise tokens.InvalidLink."""
    found = address_changes.by_id(tokens.row_named_in(purpose, token))
    if found is None or accounts.by_id_for_change(found.user_id) is None:
        raise tokens.InvalidLink
    change = address_changes.by_id(found.id, for_change=True)
    if change is None:
        raise tokens.InvalidLink
    tokens.check_row(purpose, token, change.state)
    return change


def _move(user: User, email: str) -> None:
    user.email = email
    user.confirm_token_version += 1
    user.reset_token_version += 1
    try:
        db.session.flush()
    except IntegrityError as problem:
        raise AddressTaken from problem


def forget_old(now: datetime) -> None:
    """Remove changes whose links work no more."""
    db.session.execute(delete(AddressChange).where(AddressChange.asked_at < now - AddressChange.UNDONE_WITHIN * 2))
