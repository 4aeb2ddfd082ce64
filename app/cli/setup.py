"""Commands that set a journal up and keep its index right."""

import os
import secrets
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

import config
from app.database import writing
from app.extensions import db
from app.models import Entry
from app.search import index

DOTENV = """\
# Daybook's settings; .env.example explains every one of them. Keep this file to yourself.
FLASK_CONFIG=production
SECRET_KEY={secret}
PUBLIC_URL=http://127.0.0.1:8000
"""
BATCH = 200


@click.command("configure")
def configure() -> None:
    """Write .env with a fresh secret key, unless there is one already."""
    path = Path(config.ROOT, ".env")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        click.echo(f"{path} is there already; nothing was changed.")
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(DOTENV.format(secret=secrets.token_urlsafe(48)))
    click.echo(f"Wrote {path} with a fresh secret key.")


search = AppGroup("search", help="Look after the search index.")


@search.command("rebuild")
def rebuild() -> None:
    """Make the search index anew from the entries."""
    ids = db.session.scalars(select(Entry.id).order_by(Entry.id)).all()
    db.session.rollback()
    with click.progressbar(range(0, len(ids), BATCH), label="Indexing", width=40) as starts:
        for start in starts:
            with writing() as session:
                for entry in session.scalars(select(Entry).where(Entry.id.in_(ids[start : start + BATCH]))):
                    index.put(entry.id, entry.user_id, index.words_of(entry.title, entry.body))
            db.session.expunge_all()
    click.echo(f"{len(ids)} entries are findable.")
