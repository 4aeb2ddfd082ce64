"""What lies about in DATA_DIR beside the journal itself: who may read it, and how long it stays."""

import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

from app.storage import temporary

COPIES, EMAILS, ERASING, DELETED = "before-upgrade", "mail", "erasing.mark", "deleted.mark"
COPIES_KEPT_FOR, EMAILS_KEPT_FOR = timedelta(days=30), timedelta(days=7)
OURS_ALONE = 0o077


def mend_modes() -> None:
    """Take away what others may do with anything in DATA_DIR, as far as it is ours: earlier versions did not always see to it."""
    folder = Path(current_app.config["DATA_DIR"])
    for path in (folder, *(one for one in folder.glob("*") if one.name != "files"), *folder.glob("*/*")):
        with suppress(OSError):
            mode = path.lstat().st_mode
            if mode & OURS_ALONE and not path.is_symlink() and path.lstat().st_uid == os.getuid():
                path.chmod(mode & 0o700)


def forget_old(now: datetime) -> None:
    """Remove copies from before upgrades after 30 days, emails kept as files after seven, and what killed processes left behind."""
    _remove(COPIES, now - COPIES_KEPT_FOR)
    _remove(EMAILS, now - EMAILS_KEPT_FOR)
    temporary.sweep()


def forget_all(now: datetime) -> None:
    """Remove all copies and kept emails: somebody was erased, whose words may be in any of them."""
    _remove(COPIES, now + timedelta(days=1))
    _remove(EMAILS, now + timedelta(days=1))


def ask_to_forget_words() -> None:
    """Note that words were deleted: the database's own log and index keep them until the next chore, other processes in memory."""
    for name in (ERASING, DELETED):
        Path(current_app.config["DATA_DIR"], name).touch(mode=0o600)


def words_deleted_at() -> int:
    """Return when words were deleted last, by this or another process, in nanoseconds of the file system's clock; 0 for never."""
    try:
        return Path(current_app.config["DATA_DIR"], DELETED).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def words_are_to_be_forgotten() -> Path | None:
    """Return the mark that `ask_to_forget_words` has left, if it is there."""
    mark = Path(current_app.config["DATA_DIR"], ERASING)
    return mark if mark.exists() else None


def _remove(name: str, before: datetime) -> None:
    for path in Path(current_app.config["DATA_DIR"], name).glob("*"):
        with suppress(OSError):
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
