"""Inviting people, and using an invitation up."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from app.extensions import db
from app.models import AuditAction, Invitation
from app.operations import audit
from app.operations.errors import NotInvited
from app.queries.accounts import CurrentUser
from app.security import tokens

MAX_USES, MAX_LIFETIME = 1000, timedelta(days=365)


def invite(actor: CurrentUser, max_uses: int, life: timedelta, now: datetime) -> str:
    """Make an invitation for so many people and return its key, which is kept nowhere."""
    key = secrets.token_urlsafe(24)
    db.session.add(
        Invitation(token_hash=tokens.hash_of(key), created_by_id=actor.id, created_at=now, expires_at=now + life, max_uses=max_uses)
    )
    audit.note(AuditAction.INVITE, "", actor, now, {"uses": max_uses})
    return key


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


def take_back(invitation_id: int, actor: CurrentUser, now: datetime) -> None:
    """Let an invitation work no more."""
    taken = db.session.scalars(delete(Invitation).where(Invitation.id == invitation_id).returning(Invitation.uses))
    for uses in taken:
        audit.note(AuditAction.TAKE_BACK, "", actor, now, {"uses": uses})
