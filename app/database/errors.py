"""Why a backup cannot be made or restored."""

from click import ClickException


class BackupError(ClickException):
    """Nothing was made, or nothing was restored; the message says why and what to do."""
