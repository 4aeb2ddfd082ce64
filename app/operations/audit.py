"""Writing down what those who look after a journal do."""

from datetime import datetime

from app.extensions import db
from app.models import AuditAction, AuditEvent
from app.queries.accounts import CurrentUser
from app.security.events import log_event


def note(
    action: AuditAction,
    subject_name: str,
    actor: CurrentUser | None,
    now: datetime,
    details: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    """Leave a line in the audit trail, with the reason where one was given; nobody acts from the command line."""
    log_event(f"act of an administrator: {action}", person_id=actor.id if actor else None)
    db.session.add(
        AuditEvent(
            at=now,
            actor_id=actor.id if actor else None,
            actor_name=actor.username if actor else AuditEvent.COMMAND_LINE,
            action=action,
            subject_name=subject_name,
            details={**(details or {}), **({"reason": reason} if reason else {})},
        )
    )
