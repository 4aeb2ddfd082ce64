"""Which journal a database holds: an empty one, or another, is never served in place of the one that was there.

Every journal has an id of its own, in its database and in a file of DATA_DIR. Where the file is and its database is not, nothing
is made anew.
"""

import os
from contextlib import suppress
from pathlib import Path

from click import ClickException
from flask import current_app
from sqlalchemy import Connection, column, inspect, select, table, update

from app.storage import temporary
from app.storage.blobs import MARKER

_INSTALLATION = table("installation", column("id"))


class WrongDatabase(ClickException):
    """The database is not the one that this journal's folder belongs to; the message says what to do."""


def marker() -> Path:
    """Return the file that says whose folder it is."""
    return Path(current_app.config["DATA_DIR"], MARKER)


def refuse_unless_ours(connection: Connection) -> None:
    """Raise WrongDatabase where the folder belongs to a journal, and the database is empty or another journal's."""
    ours = _marked()
    if ours is None:
        return
    if not inspect(connection).get_table_names():
        raise WrongDatabase(
            "The database of this journal is empty or gone, and no new one was made in its place. Restore a backup, or set DATABASE_URL "
            "to where it is. To begin a new journal instead, give it a DATA_DIR of its own."
        )
    theirs = read_id(connection)
    if theirs is not None and theirs != ours:
        raise WrongDatabase(
            f"DATABASE_URL leads to another journal than the one that {marker().parent} belongs to; nothing was changed. "
            "Give each journal a DATA_DIR of its own."
        )


def read_id(connection: Connection) -> str | None:
    """Return the id of the journal in a database, None in an empty one."""
    if not inspect(connection).has_table("installation"):
        return None
    found: str | None = connection.scalar(select(_INSTALLATION.c.id))
    return found


def assign_id(connection: Connection) -> None:
    """Give a database that has just got an id the one of its folder, if the folder has one."""
    if (ours := _marked()) and read_id(connection):
        connection.execute(update(_INSTALLATION).values(id=ours))


def write_marker(connection: Connection) -> None:
    """Mark a folder that belongs to no journal yet as this one's; the database's id has to be committed by then."""
    if _marked() is None:
        write_id_file(read_id(connection))


def is_ours(connection: Connection) -> bool:
    """Say whether folder and database are known to belong together; before anything is removed from the folder."""
    ours = _marked()
    return ours is not None and ours == read_id(connection)


def write_id_file(journal_id: str | None) -> None:
    """Write the file that says whose folder it is, on disk once this returns; None takes it away."""
    if journal_id is None:
        with suppress(FileNotFoundError):
            marker().unlink()
        return
    partial = marker().with_suffix(".partial")
    with partial.open("w", encoding="ascii") as file:
        file.write(journal_id)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(marker())
    temporary.sync(marker().parent)


def _marked() -> str | None:
    try:
        return marker().read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None
