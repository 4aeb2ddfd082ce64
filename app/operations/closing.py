"""Closing an account, coming back to it, and erasing it when nobody does."""

from datetime import datetime

from sqlalchemy import delete, select, update

from app.extensions import db
from app.mail import outbox
from app.models import AuditAction, Entry, HiddenFlag, SecurityEventKind, User
from app.operations import account_state, audit, people, security_events
from app.operations.errors import ReopenPeriodOver
from app.operations.security_events import Browser
from app.queries.accounts import CurrentUser
from app.storage import blobs

ERASED_AT_ONCE = 500


def close(user: User, browser: Browser, now: datetime) -> None:
    """Close an account: signed out everywhere, nothing of it shown to anybody, erased after 14 days; raise LastAdministrator."""
    if user.is_closed:
        return
    people.leave_an_administrator(user)
    hide_away(user, now)
    account_state.end_everything(user)
    outbox.account_closed(user, security_events.note_with_undo(user, SecurityEventKind.ACCOUNT_CLOSED, browser, now), now)


def close_for(user: User, actor: CurrentUser, now: datetime, reason: str = "") -> None:
    """Close somebody's account as they could themselves, and tell them; raise LastAdministrator."""
    if not user.is_closed:
        close(user, Browser("", ""), now)
        audit.note(AuditAction.CLOSE, user.username, actor, now, reason=reason)


def hide_away(user: User, now: datetime) -> None:
    """Note that an account is closed, and show nothing of it to anybody."""
    user.closed_at = now
    _set_hidden_flags(user.id, Entry.hidden_flags.op("|")(HiddenFlag.ACCOUNT_CLOSED.value))


def reopen(user: User, browser: Browser, now: datetime) -> None:
    """Open a closed account again, with everything as it was; raise ReopenPeriodOver once erasing may have begun."""
    if not user.is_closed:
        return
    if user.is_due_for_erasing(now):
        raise ReopenPeriodOver
    show_again(user)
    security_events.note_and_tell(user, SecurityEventKind.ACCOUNT_REOPENED, browser, now)


def show_again(user: User) -> None:
    """Note that an account is open, and show of it what its writer lets others read."""
    user.closed_at = None
    _set_hidden_flags(user.id, Entry.hidden_flags.op("&")(~HiddenFlag.ACCOUNT_CLOSED.value))


def erase_unconfirmed(now: datetime) -> int:
    """Erase accounts whose address nobody has proved in 14 days, and return how many; they have written nothing."""
    waiting = (User.confirmed_at.is_(None), User.created_at <= now - User.ERASED_AFTER)
    some = select(User.id).where(*waiting).limit(ERASED_AT_ONCE)
    gone = delete(User).where(User.id.in_(some), *waiting).returning(User.id).execution_options(synchronize_session=False)
    return len(db.session.scalars(gone).all())


def erase_batch(now: datetime) -> bool:
    """Erase a part of what is due, and say whether there may be more.

    Entries go first, some at a time, so that nobody waits long for the database; all that is left goes with the account. It is locked: who
    reopens it at this moment is in time, or late.
    """
    closed = select(User.id).where(User.closed_at <= now - User.ERASED_AFTER).order_by(User.id).limit(1)
    due = db.session.scalar(closed.with_for_update(skip_locked=True))
    if due is None:
        return False
    some = select(Entry.id).where(Entry.user_id == due).limit(ERASED_AT_ONCE)
    blobs.files().ask_for_sweep()
    erased = db.session.scalars(delete(Entry).where(Entry.id.in_(some)).returning(Entry.id).execution_options(synchronize_session=False))
    if not erased.all():
        db.session.execute(delete(User).where(User.id == due).execution_options(synchronize_session=False))
    return True


def hide_entries_of_closed_accounts() -> None:
    """Withhold what was on its way into an account while it was closed."""
    is_late = Entry.hidden_flags.op("&")(HiddenFlag.ACCOUNT_CLOSED.value) == 0
    having_some = select(User.id).join(Entry, Entry.user_id == User.id).where(User.closed_at.is_not(None), is_late)
    closed = select(User.id).where(User.id.in_(having_some), User.closed_at.is_not(None)).order_by(User.id)
    for user_id in db.session.scalars(closed.with_for_update(key_share=True)).all():
        _set_hidden_flags(user_id, Entry.hidden_flags.op("|")(HiddenFlag.ACCOUNT_CLOSED.value))


def _set_hidden_flags(user_id: int, value: object) -> None:
    db.session.execute(
        update(Entry).where(Entry.user_id == user_id).values(hidden_flags=value).execution_options(synchronize_session=False)
    )
