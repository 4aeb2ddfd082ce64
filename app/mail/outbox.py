"""The outbox: one function an email, which puts a row into it, in the transaction of the fact that it tells of.

No row holds a link. The link is made when the email leaves, so that one that waited is not sent half expired.
"""

from datetime import datetime, timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete, update

from app.extensions import db
from app.models import AddressChange, Entry, OutboxMail, Role, SecurityEventKind, User

KEPT_FOR = timedelta(days=30)


def confirm_address(user: User, now: datetime) -> OutboxMail | None:
    """Ask the person to prove the address; every link sent before dies."""
    user.confirm_token_version += 1
    return _post("confirm_address", user, now)


def welcome_back(user: User, now: datetime) -> OutboxMail | None:
    """Tell the owner of an address that somebody tried to register it again."""
    return _post("welcome_back", user, now)


def reset_password(user: User, now: datetime) -> OutboxMail | None:
    """Send a link that sets a new password; every link sent before dies."""
    user.reset_token_version += 1
    return _post("reset_password", user, now)


def password_changed(user: User, event_id: int, now: datetime) -> OutboxMail | None:
    """Tell the person that the password is a new one."""
    return _post("password_changed", user, now, context={"at": now.isoformat(), "event": str(event_id)})


def safety_notice(user: User, kind: SecurityEventKind, device: str, address: str, event_id: int, now: datetime) -> OutboxMail | None:
    """Tell the person what happened to the security of the account."""
    facts = {"at": now.isoformat(), "kind": kind, "device": device, "address": address, "event": str(event_id)}
    return _post("safety_notice", user, now, context=facts)


def confirm_new_address(user: User, change: AddressChange, now: datetime) -> OutboxMail | None:
    """Ask, at the new address, whether the account is to move there."""
    return _post("confirm_new_address", user, now, recipient=change.new_email, context={"change": str(change.id)})


def address_changed(user: User, change: AddressChange, now: datetime) -> OutboxMail | None:
    """Tell the old address that the account has moved, with the link that brings it back."""
    return _post("address_changed", user, now, recipient=change.old_email, context={"change": str(change.id), "at": now.isoformat()})


def first_password(user: User, now: datetime) -> OutboxMail | None:
    """Send somebody whose account was made by another the link that sets the first password."""
    return _post("first_password", user, now)


def account_closed(user: User, event_id: int, now: datetime) -> OutboxMail | None:
    """Tell the person that the account is closed, and until when there is a way back."""
    return _post("account_closed", user, now, context={"at": (now + User.ERASED_AFTER).isoformat(), "event": str(event_id)})


def entry_hidden(entry: Entry, reason: str, now: datetime) -> OutboxMail | None:
    """Tell the writer of an entry, who is loaded, that a moderator hid it, and why; nothing of its text."""
    return _post("entry_hidden", entry.user, now, context={"entry": str(entry.id), "reason": reason, "at": now.isoformat()})


def new_administrator(administrator: User, username: str, now: datetime) -> OutboxMail | None:
    """Tell an administrator that somebody became one, too."""
    return _post("new_administrator", administrator, now, context={"newcomer": username, "at": now.isoformat()})


def invitation(inviter: User, recipient: str, seed: str, now: datetime) -> OutboxMail | None:
    """Invite somebody who has no account; the link's key is made from the seed when the email leaves."""
    return _post("invitation", inviter, now, recipient=recipient, context={"seed": seed})


def send_nothing() -> None:
    """Make the database work as for an email, so that nobody can tell by the time whether there was one."""
    db.session.execute(update(Role).where(Role.name == Role.USER).values(name=Role.USER))


def _post(
    template: str, user: User, now: datetime, *, recipient: str | None = None, context: dict[str, str] | None = None
) -> OutboxMail | None:
    """Put an email into the outbox; for a person without an address there is none."""
    recipient = user.email if recipient is None else recipient
    if not recipient:
        return None
    row = OutboxMail(
        template=template,
        user_id=user.id,
        recipient=recipient,
        context=context or {},
        message_id=make_msgid(domain=urlsplit(current_app.config["PUBLIC_URL"]).hostname),
        created_at=now,
        not_before=now,
        expires_at=now + OutboxMail.GIVE_UP_AFTER,
    )
    db.session.add(row)
    return row


def forget_old(now: datetime) -> None:
    """Remove emails that were sent or given up 30 days ago."""
    ended = OutboxMail.sent_at.is_not(None) | OutboxMail.failed_at.is_not(None)
    db.session.execute(delete(OutboxMail).where(ended, OutboxMail.created_at < now - KEPT_FOR))
