"""Whether the files of a backup can be read with the DATABASE_KEY of today."""

import zipfile

from flask import current_app

from app.database import dump
from app.database.errors import BackupError
from app.storage import encryption

MAX_TRIED = 20


def refuse_another(archive: zipfile.ZipFile, members: list[str], damaged: int) -> None:
    """Raise BackupError where files were encrypted with another DATABASE_KEY than today's: where of some none opens.

    One that opens tells of all; one that does not may be one of those that were `damaged` when the backup was made.
    """
    closed = 0
    is_opened: bool | None = None
    for member in members:
        with archive.open(member) as file:
            is_opened = encryption.opens(file, current_app.config["DATABASE_KEY"])
        closed += is_opened is False
        if is_opened or closed == MAX_TRIED:
            break
    if closed > damaged and not is_opened:
        raise BackupError(dump.OTHER_KEY % "files")
