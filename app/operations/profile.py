"""Changing what a person's own settings say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import SecurityEventKind, User
from app.operations import security_events
from app.operations.errors import UsernameTaken
from app.operations.security_events import Browser
from app.queries import accounts
from app.search import languages
from app.text import names


@dataclass(frozen=True)
class Preferences:
    """What a person likes; days already written stay what they are, whatever the zone."""

    timezone: str
    locale: str
    display_name: str
    default_visibility: str
    day_ends_at: int
    week_begins_on: int
    keep_originals: bool


def rename(user: User, username: str, browser: Browser, now: datetime) -> None:
    """Give a person another user name and tell them.

    Raises UsernameTaken, also when two ask for it at once, or its owner may still return to it.
    """
    if username == user.username:
        return
    if not accounts.free_usernames([username], besides=user.id):
        raise UsernameTaken
    before, user.username = user.username, username
    try:
        db.session.flush()
    except IntegrityError as problem:
        raise UsernameTaken from problem
    security_events.note_and_tell(user, SecurityEventKind.USERNAME_CHANGED, browser, now, username=before)


def may_be_called(user: User, name: str) -> bool:
    """Say whether a person may go by a name: it passes for nobody else's user name, and not for the journal itself."""
    owner = accounts.looking_like(name) if name else None
    return not names.is_reserved(name) and (owner is None or owner == user.id)


def write_in(user: User, codes: Sequence[str]) -> None:
    """Set the languages that a person writes in; the index is made anew for them in the background."""
    user.search_languages = languages.tidy(codes)


def prefer(user: User, preferences: Preferences) -> None:
    """Set what a person likes; raise UsernameTaken where the display name is somebody else's user name."""
    if preferences.display_name != user.display_name and not may_be_called(user, preferences.display_name):
        raise UsernameTaken
    user.timezone, user.locale = preferences.timezone, preferences.locale
    user.display_name = preferences.display_name
    user.default_visibility = preferences.default_visibility
    user.day_ends_at = preferences.day_ends_at
    user.week_begins_on = preferences.week_begins_on
    user.keep_originals = preferences.keep_originals
