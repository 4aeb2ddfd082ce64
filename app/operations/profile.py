"""Changing what a person's own settings say."""

from dataclasses import dataclass

from app.models import User


@dataclass(frozen=True)
class Preferences:
    """What a person likes; days already written stay what they are, whatever the zone."""

    timezone: str
    default_visibility: str
    day_ends_at: int
    week_begins_on: int


def prefer(user: User, preferences: Preferences) -> None:
    """Set what a person likes."""
    user.timezone = preferences.timezone
    user.default_visibility = preferences.default_visibility
    user.day_ends_at = preferences.day_ends_at
    user.week_begins_on = preferences.week_begins_on
