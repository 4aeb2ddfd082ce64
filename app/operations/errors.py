"""The refusals that operations may raise, for the pages to explain."""

from enum import StrEnum

from app.models import Entry


class UsernameTaken(Exception):
    """Somebody else has this user name, or one that looks like it."""


class AddressTaken(Exception):
    """Somebody else has this email address."""


class StaleEntry(Exception):
    """The entry was changed since the form was opened; `entry` is what it is now."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"entry {entry.id} is at version {entry.version}")
        self.entry = entry


class LastAdministrator(Exception):
    """Nobody would be left to look after the others."""


class AlreadyInvited(Exception):
    """An invitation is on its way to that address."""


class NotInvited(Exception):
    """The invitation is used up, too old, or none."""


class TagTooLong(Exception):
    """A tag, or one nested in it, would have a longer name than a tag can have."""


class WrongAccount(Exception):
    """A form that one person opened was sent while another is signed in in the same browser."""


class LateDraft(Exception):
    """A newer state of the form is kept already, `revision_number`, or the form was saved (`is_saved`)."""

    def __init__(self, revision_number: int, *, is_saved: bool) -> None:
        super().__init__(f"state {revision_number} is kept")
        self.revision_number, self.is_saved = revision_number, is_saved


class DraftTooLong(Exception):
    """What is typed is longer than an entry can be."""


class TooManyDrafts(Exception):
    """The person has as many drafts, or as many characters in them, as anybody may."""


class TooManyKept(Exception):
    """A person keeps as many searches, or spans of quiet days, as one may."""


class TooManyTemplates(Exception):
    """The person has as many templates as anybody may."""


class TooManyKeys(Exception):
    """The person has as many passkeys as anybody may."""


class ReopenPeriodOver(Exception):
    """The time to come back is over."""


class NoAdministratorNeeded(Exception):
    """There is an administrator already, so the first one cannot be made."""


class FileRejection(StrEnum):
    """Why a file is refused, in words for the shell and the log."""

    EMPTY = "empty"
    UNKNOWN = "not a kind of file Daybook can keep"
    BROKEN = "damaged"
    PIXELS = "too many pixels"
    NAME = "its name contains characters that can't be used"
    SIZE = "too large"
    BUSY = "waiting for too long"
    QUOTA = "no storage left"


class FileRefused(Exception):
    """A file is not taken; `why` says what is wrong with it."""

    def __init__(self, why: FileRejection) -> None:
        super().__init__(why.value)
        self.why = why
