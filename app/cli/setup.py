"""Commands that set a journal up, and keep its index and its counts right."""

import os
import secrets
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import delete, func, insert, select, text, update

import config
from app.cli.listening import is_of_the_network
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, Tag, User, WrittenDay
from app.queries import counts
from app.search import index
from app.storage import temporary
from app.urls import address_of

DOTENV = """\
# Daybook's settings; .env.example explains every one of them. Keep this file to yourself, and apart from the backups.
"""
BATCH = 200


@click.command("configure")
def configure() -> None:
    """Write .env with a fresh secret key and the address to listen at, or add what is missing in the one that is there."""
    path = Path(config.ROOT, ".env")
    written = config.read_dotenv(path)
    known = {**written, **os.environ}
    bind = known.get("BIND") or config.DEFAULT_BIND
    config.check_bind(bind)
    if not is_of_the_network(bind) and not known.get("PUBLIC_URL"):
        raise click.ClickException(
            f"BIND is {bind}. Set PUBLIC_URL, too: the address that people type, such as https://journal.example.org."
        )
    needed = {
        "FLASK_CONFIG": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "BIND": bind,
        "PUBLIC_URL": os.environ.get("PUBLIC_URL") or address_of(bind),
    }
    there = {name for name, value in written.items() if value}
    missing = {name: value for name, value in needed.items() if name not in there and f"{name}_FILE" not in known}
    if not missing:
        click.echo(f"{path} is already complete. Nothing was changed.")
        return
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n" if path.exists() else DOTENV
    with temporary.appearing(path) as file:
        file.write((before + "".join(f"{name}={value}\n" for name, value in missing.items())).encode())
    click.echo(f"Wrote {', '.join(missing)} to {path}.")


@click.command("recount")
@with_appcontext
def recount() -> None:
    """Correct the number of entries and words of each day, and of entries of each tag."""
    with writing() as session:
        if db.engine.dialect.name == "postgresql":
            session.execute(text("LOCK TABLE tag, entry, entry_tag IN SHARE ROW EXCLUSIVE MODE"))
        session.execute(delete(WrittenDay))
        session.execute(insert(WrittenDay).from_select(["user_id", "year", "day", "entries", "words"], counts.of_days()))
        session.execute(update(Tag).values(entry_count=counts.of_tag()).execution_options(synchronize_session=False))
        days = session.scalar(select(func.count()).select_from(WrittenDay))
    click.echo(f"Days recounted: {days}.")


search = AppGroup("search", help="Manage the search index.")


@search.command("rebuild")
def rebuild() -> None:
    """Make the search index anew from the entries."""
    ids = db.session.scalars(select(Entry.id).order_by(Entry.id)).all()
    db.session.rollback()
    with click.progressbar(range(0, len(ids), BATCH), label="Indexing", width=40) as starts:
        for start in starts:
            with writing() as session:
                some = select(Entry.id, Entry.user_id, Entry.title, Entry.body, User.search_languages).join(User)
                for row in session.execute(some.where(Entry.id.in_(ids[start : start + BATCH]))):
                    index.put(row.id, row.user_id, index.words_of(row.title, row.body, row.search_languages))
            db.session.expunge_all()
    click.echo(f"Entries indexed: {len(ids)}.")
