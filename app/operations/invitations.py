"""Inviting people, and using an invitation up."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.extensions import db
from app.mail import outbox
from app.models import AuditAction, Invitation, User
from app.operations import audit
from app.operations.errors import AlreadyInvited, NotInvited
from app.queries.accounts import CurrentUser
from app.security import tokens
from app.text import names

MAX_USES, MAX_LIFETIME, KEPT_FOR = 1000, timedelta(days=365), timedelta(days=30)


def invite(actor: CurrentUser, max_uses: int, life: timedelta, now: datetime) -> str:
    """Make an invitation for so many people and return its key, which is kept nowhere."""
    key = secrets.token_urlsafe(24)
    _add(key, actor, max_uses, now + life, now)
    return key


def invite_by_email(actor: CurrentUser, email: str, max_uses: int, life: timedelta, now: datetime) -> None:
    """Make an invitation for so many people and send it to an address; its key is made again when the email leaves.

    Raises AlreadyInvited where one is on its way to that address.
    """
    sent = db.session.scalars(select(Invitation).where(Invitation.sent_to.is_not(None)))
    if any(found.is_open(now) and names.fold_email(found.sent_to or "") == names.fold_email(email) for found in sent):
        raise AlreadyInvited
    seed = secrets.token_urlsafe(24)
    _add(tokens.keys_from(seed)[0], actor, max_uses, now + life, now, sent_to=email)
    outbox.invitation(db.session.get_one(User, actor.id), email, seed, now)


def _add(key: str, actor: CurrentUser, max_uses: int, expires_at: datetime, now: datetime, sent_to: str | None = None) -> None:
    facts = {"created_by_id": actor.id, "created_at": now, "expires_at": expires_at, "max_uses": max_uses, "sent_to": sent_to}
    db.session.add(Invitation(token_hash=tokens.hash_of(key), **facts))
    audit.note(AuditAction.INVITE, "", actor, now, {"uses": max_uses})


def use(key: str, now: datetime) -> None:
    """Take one use of an invitation; raise NotInvited. However many come at once, no more get in than it is for."""
    used = db.session.scalar(
        update(Invitation)
        .where(Invitation.token_hash == tokens.hash_of(key), Invitation.expires_at > now, Invitation.uses < Invitation.max_uses)
        .values(uses=Invitation.uses + 1)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        raise NotInvited


def forget_old(now: datetime) -> None:
    """Remove invitations that ended 30 days ago, and with them where they went."""
    db.session.execute(delete(Invitation).where(Invitation.expires_at < now - KEPT_FOR).execution_options(synchronize_session=False))


def take_back(invitation_id: int, actor: CurrentUser, now: datetime) -> bool:
    """Let an invitation work no more, and say whether there was one."""
    taken = db.session.scalars(delete(Invitation).where(Invitation.id == invitation_id).returning(Invitation.uses)).all()
    for uses in taken:
        audit.note(AuditAction.TAKE_BACK, "", actor, now, {"uses": uses})
    return bool(taken)
