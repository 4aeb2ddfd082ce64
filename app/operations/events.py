"""Noting what happens to the safety of an account, and telling its owner."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from app.extensions import db
from app.mail import letters
from app.models import SecurityEvent, User
from app.text.folding import clean
from app.text.user_agent import describe


@dataclass(frozen=True)
class Browser:
    """Where somebody acts from; `is_known` says that the person has signed in with it before."""

    user_agent: str
    address: str
    is_known: bool = True

    @property
    def device(self) -> str:
        """Browser and system in words."""
        return clean(describe(self.user_agent))[:255]


def note(user_id: int, kind: str, browser: Browser, now: datetime) -> None:
    """Put what happened on the person's list; `kind` is a key of `app.safety.SENTENCES`."""
    db.session.add(SecurityEvent(user_id=user_id, kind=kind, at=now, device=browser.device, address=clean(browser.address)[:45]))


def note_and_tell(user: User, kind: str, browser: Browser, now: datetime) -> None:
    """Put what happened on the person's list and send a letter about it."""
    note(user.id, kind, browser, now)
    letters.safety_notice(user, kind, browser.device, browser.address, now)


def forget_old(now: datetime) -> None:
    """Remove what happened more than 90 days ago."""
    db.session.execute(delete(SecurityEvent).where(SecurityEvent.at < now - SecurityEvent.KEPT_FOR))
