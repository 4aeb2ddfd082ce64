"""Keeping the outbox small."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from app.extensions import db
from app.models import OutboxMail

KEPT_FOR = timedelta(days=30)


def forget_old(now: datetime) -> None:
    """Remove emails that were sent or given up 30 days ago."""
    ended = OutboxMail.sent_at.is_not(None) | OutboxMail.failed_at.is_not(None)
    db.session.execute(delete(OutboxMail).where(ended, OutboxMail.created_at < now - KEPT_FOR))
