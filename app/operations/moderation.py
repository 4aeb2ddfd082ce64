"""Hiding public entries from everybody but their writers, and showing them again."""

from datetime import datetime

from sqlalchemy import delete

from app.extensions import db
from app.mail import outbox
from app.models import AuditAction, Entry, HiddenFlag, ModerationAction, Visibility
from app.operations import audit
from app.queries.accounts import CurrentUser


def hide(entry: Entry, reason: str, moderator: CurrentUser, now: datetime) -> None:
    """Hide a public entry, its writer loaded, and tell the writer why; one that is hidden or not public stays as it is."""
    if entry.is_hidden or entry.visibility != Visibility.PUBLIC:
        return
    entry.hidden_flags |= HiddenFlag.BY_MODERATOR.value
    db.session.add(ModerationAction(entry_id=entry.id, moderator_id=moderator.id, at=now, reason=reason))
    outbox.entry_hidden(entry, reason, now)
    audit.note(AuditAction.HIDE, entry.user.username, moderator, now, {"entry": entry.id, "reason": reason})


def show_again(entry: Entry, moderator: CurrentUser, now: datetime) -> None:
    """Let a hidden entry, its writer loaded, be read again by whoever its writer lets read it."""
    if entry.is_hidden:
        entry.hidden_flags &= ~HiddenFlag.BY_MODERATOR.value
        db.session.execute(delete(ModerationAction).where(ModerationAction.entry_id == entry.id))
        audit.note(AuditAction.SHOW, entry.user.username, moderator, now, {"entry": entry.id})
