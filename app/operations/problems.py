"""The refusals that operations may raise, for doors to explain."""

from app.models import Entry


class UsernameTaken(Exception):
    """Somebody else has this user name, or one that looks like it."""


class AddressTaken(Exception):
    """Somebody else has this e-mail address."""


class StaleEntry(Exception):
    """The entry was changed since the form was opened; `entry` is what it is now."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"entry {entry.id} is at version {entry.version}")
        self.entry = entry


class LastAdministrator(Exception):
    """Nobody would be left to look after the others."""


class NotInvited(Exception):
    """The invitation is used up, too old, or none."""


class TooManyKeys(Exception):
    """The person has as many passkeys as anybody may."""


class TooLate(Exception):
    """The time to come back is over."""


class NoAdministratorNeeded(Exception):
    """There is an administrator already, so the first one cannot be made."""
