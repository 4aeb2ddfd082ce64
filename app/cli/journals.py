"""Commands that bring a journal in and take it away."""

import sys
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import IntegrityError

from app import clock, i18n
from app.database.transactions import writing
from app.formats import daybook, dayone
from app.formats.archive import open_zip
from app.formats.record import EntryRecord, JournalRecord, UnreadableFile
from app.models import Template, User
from app.queries import accounts
from app.storage import blobs, temporary
from app.text.folding import clean_line
from app.transfer import exporting, import_files, import_preferences, importing

MAX_WARNINGS_SHOWN, MAX_WARNING_LENGTH = 200, 2000
FORMATS = ("auto", "dayone", "daybook")


@click.command("import")
@click.argument("format_name", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--user", "username", required=True, help="The user name of the person to import for.")
@click.option("--dry-run", is_flag=True, help="Show what would happen, without changing anything.")
@with_appcontext
def import_journal(format_name: str, file: Path, username: str, dry_run: bool) -> None:
    """Bring in a journal: FORMAT is dayone (its JSON zip), daybook (an export), or auto, which looks which of them it is.

    Either everything comes in or nothing does. Entries that are there already are skipped.
    """
    if file.exists() and not file.is_file():
        raise click.ClickException(f"{file} isn't a plain file.")
    user = _person(username)
    if user.is_closed:
        raise click.ClickException(f"{username} has closed their account. It must be reopened before anything can be imported.")
    try:
        _bring_in(format_name, file, user, dry_run=dry_run)
    except UnreadableFile as problem:
        raise click.ClickException(str(problem)) from problem
    except IntegrityError as problem:
        raise click.ClickException("Another import for this person was going on. Nothing was changed; import again.") from problem


def _bring_in(format_name: str, file: Path, user: User, *, dry_run: bool) -> None:
    if format_name == "auto":
        format_name = "daybook" if daybook.is_export(file) else "dayone"
    journal = daybook.read(file) if format_name == "daybook" else dayone.read(file, user.timezone)
    entries = importing.NewOnes(user, journal.entries)
    wanted = entries.files | import_files.names_in([*(one.body for one in journal.drafts), *(one.body for one in journal.templates)])
    files = [record for record in journal.files if record.uid in wanted]
    if unused := len(journal.files) - len(files):
        journal.warnings.insert(0, f"Files that no text shows were left out: {unused}.")
    if dry_run:
        deque(entries, maxlen=0)
        return _tell(journal, entries, len(files), {}, dry_run=True)
    with blobs.files().keeping():
        with open_zip(file) as archive, click.progressbar(files, label="Files", width=40, file=sys.stderr) as bar:
            taken = import_files.take(user, bar, wanted, import_files.Source(archive, journal.digests))
        with (
            click.progressbar(entries, label="Reading", width=40, file=sys.stderr) as each,
            importing.prepared(user, each, taken) as prepared,
            writing(),
        ):
            if format_name == "daybook" and importing.is_empty(user.id):
                importing.take_over_settings(user, journal.settings, i18n.LANGUAGES)
            importing.add(user, prepared, taken)
            left_out = import_preferences.add(user, journal)
    journal.warnings[:0] = [*_sentences_of(left_out), *taken.remarks]
    return _tell(journal, entries, len(taken.rows), taken.refused, dry_run=False)


@click.command("export")
@click.option("--user", "username", required=True, help="The user name of the person to export.")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The zip file to write.")
@with_appcontext
def export_journal(username: str, output: Path) -> None:
    """Write everything of a person into one zip, which `import daybook` reads back."""
    user = _person(username)

    def shown(records: Iterator[EntryRecord]) -> Iterator[EntryRecord]:
        with click.progressbar(records, label="Writing", width=40, show_eta=False, file=sys.stderr) as bar:
            yield from bar

    try:
        with temporary.appearing(output) as file:
            counts = exporting.write_archive(file, user, clock.now(), shown)
    except OSError as problem:
        raise click.ClickException(f"{output} could not be written: {problem.strerror or problem}.") from problem
    click.echo(f"Exported to {output}. Entries: {counts['entries']}, earlier versions: {counts['revisions']}, files: {counts['files']}.")
    if counts["missing"]:
        click.echo(f"Files that are missing from storage or damaged: {counts['missing']}. Run `check`. Everything else was exported.")


def _sentences_of(left_out: import_preferences.LeftOut) -> Iterator[str]:
    for name in left_out.templates:
        yield f"The template “{name}” was left out: {Template.MAX_PER_USER} is the most that a person can have."
    for name in left_out.drafts:
        yield f"The draft of {name} was left out: there is no room for more. Save or discard other drafts, and import again."


def _tell(journal: JournalRecord, entries: importing.NewOnes, files: int, refused: dict[str, str], *, dry_run: bool) -> None:
    report = entries.report
    click.echo(f"Entries read: {report.read + journal.unreadable}. Entries {'to add' if dry_run else 'added'}: {report.added}.")
    if files:
        click.echo(f"Photos and other files {'to add' if dry_run else 'added'}: {files}.")
    for sentence in refused.values():
        click.echo(f"{_on_a_terminal(sentence)}. The entry says so where it would be.")
    if journal.unreadable:
        report.skipped["they cannot be read"] = journal.unreadable
    for reason, number in report.skipped.items():
        click.echo(f"{number} skipped: {reason}.")
    for day in report.too_long:
        click.echo(f"The entry of {day} is too long. Split it and import it again.")
    if entries.lost:
        journal.warnings.append(f"Links to entries that aren't in the file: {entries.lost}. The link text was kept.")
    told = Counter(_on_a_terminal(warning) for warning in journal.warnings)
    first = [warning for warning in told if ": skipped, " in warning or warning.startswith("Not imported")]
    warnings = list(dict.fromkeys([*first, *told]))
    for warning in warnings[:MAX_WARNINGS_SHOWN]:
        click.echo(f"{warning} ({told[warning]} times)" if told[warning] > 1 else warning)
    if len(warnings) > MAX_WARNINGS_SHOWN:
        click.echo(f"… and {len(warnings) - MAX_WARNINGS_SHOWN} more warnings like these.")


def _on_a_terminal(text: str) -> str:
    """Return a line that names what a file says, without what a terminal would obey, and no longer than anybody reads."""
    line = clean_line(text.encode(errors="replace").decode())
    return line if len(line) <= MAX_WARNING_LENGTH else f"{line[:MAX_WARNING_LENGTH]}…"


def _person(username: str) -> User:
    found = accounts.by_username(username)
    if found is None:
        raise click.ClickException(f"There's no user named {username}.")
    return found
