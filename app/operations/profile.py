"""Changing what a person's own settings say."""

from app.models import User


def move_to_zone(user: User, zone: str) -> None:
    """Set the zone that the person's days begin and end in; days already written stay what they are."""
    user.timezone = zone
