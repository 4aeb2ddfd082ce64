"""Noting what happens to the safety of an account, and telling its owner."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, null, update

from app.extensions import db
from app.mail import outbox
from app.models import SecurityEvent, SecurityEventKind, User
from app.security.events import log_event
from app.text.folding import clean
from app.text.user_agent import describe


@dataclass(frozen=True)
class Browser:
    """Where somebody acts from.

    `is_known` says that the person has signed in with it before, `session_key` what its cookie carries where somebody is signed in.
    """

    user_agent: str
    address: str
    is_known: bool = True
    session_key: str = ""

    @property
    def device(self) -> str:
        """Browser and system in words."""
        return clean(describe(self.user_agent))[:255]


def note(user_id: int, kind: SecurityEventKind, browser: Browser, now: datetime, undo: dict[str, Any] | None = None) -> SecurityEvent:
    """Put what happened on the person's list and return it."""
    event = SecurityEvent(user_id=user_id, kind=kind, at=now, device=browser.device, ip_address=clean(browser.address)[:45], undo=undo)
    db.session.add(event)
    log_event(kind.replace("_", " "), person_id=user_id)
    return event


def note_with_undo(user: User, kind: SecurityEventKind, browser: Browser, now: datetime, **before: Any) -> int:
    """Put what happened on the list with all that is needed to take it back, and return its id, for an email to make a link of."""
    event = note(user.id, kind, browser, now, {"email": user.email or "", **before})
    db.session.flush()
    return event.id


def note_and_tell(user: User, kind: SecurityEventKind, browser: Browser, now: datetime, **before: Any) -> None:
    """Put what happened on the person's list and send an email about it, whose link takes it back; `before` is what that needs."""
    event_id = note_with_undo(user, kind, browser, now, **before)
    outbox.safety_notice(user, kind, browser.device, browser.address, event_id, now)


def forget_old(now: datetime) -> None:
    """Remove what happened more than 90 days ago, and what would be needed to undo what cannot be undone any more."""
    over = update(SecurityEvent).where(SecurityEvent.at < now - SecurityEvent.UNDONE_WITHIN, SecurityEvent.undo.is_not(None))
    db.session.execute(over.values(undo=null()).execution_options(synchronize_session=False))
    db.session.execute(delete(SecurityEvent).where(SecurityEvent.at < now - SecurityEvent.KEPT_FOR))
