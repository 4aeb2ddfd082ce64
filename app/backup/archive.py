"""One file that holds a whole journal: the database, and a manifest with what everything has to be."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import Connection, select
from sqlalchemy.exc import DatabaseError

from app import clock
from app.backup import integrity, keys
from app.backup.integrity import IntegrityReport
from app.database import dump, installation, migrating
from app.database.engine import allow_creating_database
from app.database.errors import BackupError
from app.extensions import db
from app.formats.archive import DAMAGES
from app.models import AttachmentVariant
from app.storage import blobs, temporary

MANIFEST = "manifest.json"
FORMAT, FORMAT_VERSION = "daybook-backup", 4
MAX_FAULTS = 100
LAST = "last-backup.json"
FILES = "files/"
PIECE = 1024 * 1024
_MEMBER = re.compile(rf"database\.(?:db|dump)|{FILES}[0-9a-f]{{64}}")


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `content` is one digest over all texts and files, `files` the SHA-256 of every other member.

    `journal` is the id of the journal it is of, and `faults` what was wrong with it.
    """

    format: str
    version: int
    made_at: str
    schema: str
    entries: int
    revisions: int
    content: str
    files: dict[str, str]
    variants: int = 0
    journal: str = ""
    faults: list[str] = field(default_factory=list)


def make(output: Path, progress: Callable[[int], None] = lambda _number: None) -> Manifest:
    """Write a backup to `output` while the journal runs, and return its manifest.

    Raises BackupError, and leaves nothing, where it would not be whole. The copy itself is what is checked. Of a damaged journal there
    is a backup too, under a name that says so (`is_damaged`): it takes the place of no good one. Only a finished, verified file
    gets its name.
    """
    try:
        with temporary.room() as folder, blobs.files().keeping():
            copy = folder / dump.name_of_copy()
            report, digests = _checked(copy, progress)
            manifest = _manifest(report, {copy.name: _digest_of_file(copy), **_digests_of_kept(digests)})
            output = damaged_name(output) if manifest.faults else output
            with temporary.appearing(output) as file:
                _write(file, copy, manifest)
                _verify(file, manifest)
    except OSError as problem:
        raise BackupError(f"The backup could not be written: {problem.strerror or problem}. Nothing was changed.") from problem
    if not manifest.faults:
        _remember(output, manifest)
    return manifest


def damaged_name(output: Path) -> Path:
    """Return what the backup of a damaged journal is called."""
    return output.with_name(f"{output.stem}-DAMAGED{output.suffix}")


def _verify(file: IO[bytes], manifest: Manifest) -> None:
    """Read what was written once more, from beginning to end; raise BackupError."""
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        for name, expected in manifest.files.items():
            with archive.open(name) as member:
                if blobs.digest_of(member) != expected:
                    raise BackupError(f"The backup failed its check: {name} isn't what was written. Check the disk, then back up again.")


def verify(path: Path) -> Manifest:
    """Read a backup from beginning to end and return its manifest; raise BackupError where a member is not what it has to be."""
    with _opened(path) as archive:
        manifest = _read_manifest(archive)
        for name, expected in manifest.files.items():
            with archive.open(name) as file:
                if blobs.digest_of(file) != expected:
                    raise BackupError(f"{path} is damaged: {name} is not what its manifest says.")
    return manifest


def restore(path: Path, progress: Callable[[int], None] = lambda _number: None) -> Manifest:
    """Put a backup into the empty database of the settings, and prove that it came whole; raise BackupError."""
    with allow_creating_database():
        return _restore(path, progress)


def _restore(path: Path, progress: Callable[[int], None]) -> Manifest:
    with dump.left_as_it_was():
        dump.refuse_unless_empty()
        manifest = verify(path)
        _put_in_place(path, manifest)
    with db.engine.connect() as connection:
        installation.write_id_file(installation.read_id(connection))
    if manifest.schema == migrating.newest_revision():
        with db.engine.connect() as connection:
            report = integrity.check(connection, progress)
        if (report.faults and not manifest.faults) or report.content != manifest.content:
            raise BackupError("The restored journal doesn't match the backup. Don't rely on it: run `check` to see what's wrong.")
    return manifest


def _put_in_place(path: Path, manifest: Manifest) -> None:
    """Keep the files of a backup, and put its database into the empty one."""
    name = dump.name_of_copy()
    if name not in manifest.files:
        raise BackupError(f"{path} was made with another kind of database. Set DATABASE_URL to that kind, or use `export` and `import`.")
    with temporary.room() as folder, zipfile.ZipFile(path) as archive:
        copy = Path(archive.extract(name, folder))
        dump.refuse_unless_readable(copy)
        members = [member for member in manifest.files if member.startswith(FILES)]
        keys.refuse_another(archive, members, sum("the bytes of file" in fault for fault in manifest.faults))
        for member in members:
            with archive.open(member) as file:
                blobs.files().put_kept(member.removeprefix(FILES), file)
        dump.load(copy)


def number_of_things(path: Path) -> int:
    """Return how many entries, earlier versions and forms of files a backup says it holds; raise BackupError."""
    with _opened(path) as archive:
        manifest = _read_manifest(archive)
    return manifest.entries + manifest.revisions + manifest.variants


def prune(folder: Path, keep: int, keep_days: int, now: datetime) -> list[Path]:
    """Remove the oldest good backups of this journal in a folder beyond `keep`, none of the last `keep_days` days, and return them.

    Nothing else that lies in the folder is touched: a person's export, another journal's backup, one of a damaged journal.
    """
    mine = [path for path in folder.glob("daybook-*.zip") if _is_good_one_of_ours(path)]
    backups = sorted(mine, key=lambda path: path.stat().st_mtime, reverse=True)
    limit = (now - timedelta(days=keep_days)).timestamp()
    old = [path for path in backups[max(1, keep) :] if path.stat().st_mtime < limit or keep_days == 0]
    for path in old:
        path.unlink()
    return old


def _is_good_one_of_ours(path: Path) -> bool:
    try:
        with _opened(path) as archive:
            manifest = _read_manifest(archive)
    except BackupError:
        return False
    with db.engine.connect() as connection:
        return not manifest.faults and manifest.journal == installation.read_id(connection)


def last_made() -> datetime | None:
    """Return when the last good backup was made, None where none is known of."""
    try:
        facts = json.loads(Path(current_app.config["DATA_DIR"], LAST).read_text(encoding="utf-8"))
        return datetime.fromisoformat(facts["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _checked(copy: Path, progress: Callable[[int], None]) -> tuple[IntegrityReport, list[str]]:
    """Take the copy, check what is in it, and return what was found and the digests of the files it names."""
    with dump.dumped(copy) as connection:
        report = integrity.check(connection, progress)
        digests = _named_files(connection)
    return report, digests


def _named_files(connection: Connection) -> list[str]:
    """Return the digests of the files that a database names, as far as it can be read."""
    try:
        return list(connection.scalars(select(AttachmentVariant.digest).distinct().order_by(AttachmentVariant.digest)))
    except DatabaseError:
        return list(blobs.files().digests())


def _digests_of_kept(digests: list[str]) -> dict[str, str]:
    """Return the SHA-256 of each file as it is kept, perhaps encrypted, by its name in a backup; what cannot be read is left out."""
    found = {}
    for digest in digests:
        try:
            with blobs.files().open_kept(digest) as file:
                found[f"{FILES}{digest}"] = blobs.digest_of(file)
        except FileNotFoundError:
            continue
        except OSError as problem:
            if problem.errno not in blobs.LOST:
                raise
    return found


def _manifest(report: IntegrityReport, files: dict[str, str]) -> Manifest:
    return Manifest(
        format=FORMAT,
        version=FORMAT_VERSION,
        made_at=clock.now().isoformat(),
        schema=migrating.newest_revision() or "",
        entries=report.entries,
        revisions=report.revisions,
        variants=report.files,
        content=report.content,
        files=files,
        journal=_id_of_journal(),
        faults=report.faults[:MAX_FAULTS],
    )


def _id_of_journal() -> str:
    with db.engine.connect() as connection:
        return installation.read_id(connection) or ""


def _write(file: IO[bytes], copy: Path, manifest: Manifest) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(copy, copy.name)
        for name in manifest.files:
            if name.startswith(FILES):
                kept = blobs.files().open_kept(name.removeprefix(FILES))
                with kept, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                    shutil.copyfileobj(kept, member, PIECE)
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a backup for reading; whatever cannot be read in it is a BackupError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (*DAMAGES, KeyError, ValueError) as problem:
        raise BackupError(f"{path} isn't a backup, or it's damaged: {problem}.") from problem


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        facts = json.loads(archive.read(MANIFEST))
        if facts["format"] == FORMAT and facts["version"] < FORMAT_VERSION:
            raise BackupError(
                "This backup is of a version of Daybook from before 0.2.0: restore it with that one. docs/upgrading.md says more."
            )
        manifest = Manifest(**facts)
        _refuse_odd(manifest)
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise BackupError("Can't read the manifest. This isn't a Daybook backup, or a newer version made it.") from problem
    if manifest.format != FORMAT or manifest.version != FORMAT_VERSION:
        raise BackupError("This version of Daybook can't read this backup. Use the version that made it.")
    return manifest


def _refuse_odd(manifest: Manifest) -> None:
    """Raise TypeError or ValueError where a manifest says what none of ours does."""
    numbers = (manifest.entries, manifest.revisions, manifest.variants)
    if not all(type(number) is int for number in numbers) or not isinstance(manifest.faults, list):
        raise TypeError
    if not all(_MEMBER.fullmatch(name) and isinstance(digest, str) for name, digest in manifest.files.items()):
        raise ValueError


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return blobs.digest_of(file)


def _remember(output: Path, manifest: Manifest) -> None:
    """Keep when and where the last good backup was made, for the admin page and for those who watch the server."""
    facts = {"made_at": manifest.made_at, "file": output.name, "entries": manifest.entries}
    with temporary.appearing(Path(current_app.config["DATA_DIR"], LAST)) as file:
        file.write(json.dumps(facts).encode())
