"""Commands that keep a journal safe: copies that are known to be good, and a look at everything."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from app import clock
from app.backup import archive, integrity
from app.database.errors import BackupError
from app.extensions import db

MAX_DAYS = 36_500


@click.command("backup")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="The file to write, or a folder for daybook-<time>.zip.")
@click.option("--keep", type=click.IntRange(1), default=None, help="In a folder: keep at least this many backups.")
@click.option("--keep-days", type=click.IntRange(0, MAX_DAYS), default=0, help="In a folder: never remove a backup younger than this.")
@with_appcontext
def backup(output: Path, keep: int | None, keep_days: int) -> None:
    """Write one verified file with everything, while the journal runs.

    Of a journal that is damaged the file says so in its name, older backups stay, and the command exits with 1.
    """
    try:
        folder = output if output.is_dir() else None
        has_folder = output.parent.is_dir()
    except OSError as problem:
        raise BackupError(f"{output} can't be written: {problem.strerror}.") from problem
    if folder:
        output = folder / f"daybook-{clock.now():%Y%m%dT%H%M%S}.zip"
    elif not has_folder:
        raise BackupError(f"There is no folder {output.parent}.")
    with db.engine.connect() as connection:
        number = integrity.number_of_things(connection)
    with click.progressbar(length=number, label="Checking", width=40, file=sys.stderr) as bar:
        manifest = archive.make(output, bar.update)
    if manifest.faults:
        listed = "; ".join(manifest.faults[:5])
        output = archive.damaged_name(output)
        raise click.ClickException(
            f"Part of the journal is damaged: {listed}. The rest was backed up to {output}. Older backups were kept."
        )
    click.echo(f"Backed up {_told(manifest)} to {output}, and verified it.")
    removed = archive.prune(folder, keep, keep_days, clock.now()) if folder and keep else []
    if removed:
        click.echo(f"Older backups removed: {len(removed)}.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Put a backup into the empty database of the settings, and prove that it came whole."""
    with click.progressbar(length=archive.number_of_things(file), label="Checking", width=40, file=sys.stderr) as bar:
        manifest = archive.restore(file, bar.update)
    click.echo(f"Restored {_told(manifest)}, as it was at {manifest.made_at}.")


@click.command("check")
@with_appcontext
def check() -> None:
    """Look at every text, the index and the database itself; name what is wrong and exit with 1."""
    with (
        db.engine.connect() as connection,
        click.progressbar(length=integrity.number_of_things(connection), label="Checking", width=40, file=sys.stderr) as bar,
    ):
        report = integrity.check(connection, bar.update)
    for fault in report.faults:
        click.echo(fault)
    checked = f"Entries checked: {report.entries}, earlier versions: {report.revisions}, files: {report.files}."
    if report.faults:
        raise click.ClickException(f"Problems found: {len(report.faults)}. {checked}")
    click.echo(f"No problems found. {checked}")


def _told(manifest: archive.Manifest) -> str:
    return f"the journal (entries: {manifest.entries}, earlier versions: {manifest.revisions}, files: {manifest.variants})"
