"""The command that fills an empty journal with an invented one."""

from datetime import timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from app import clock, timezones
from app.cli.demo import invented, scenes
from app.database.transactions import writing
from app.extensions import db
from app.models import Role, User
from app.operations import registration
from app.security import passwords
from app.transfer import importing
from app.transfer.import_files import Taken

FIRST_AFTER_SCENES = 10
"""The invented entries end so many days ago; the days since then are written out (see `scenes`)."""


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Fill an empty journal with three invented people and some 400 entries, for trying out and for screenshots.

    The journal ends yesterday, and is otherwise the same each time. It refuses where anybody has an account.
    """
    if db.session.scalar(select(func.count()).select_from(User)):
        raise click.ClickException("This journal already has accounts. The demo needs an empty one.")
    password_hash = passwords.hash_password(invented.PASSWORD)
    for number, person in enumerate(invented.PEOPLE):
        role = Role.ADMINISTRATOR if number == 0 else Role.USER
        with writing():
            user = registration.create(
                person.username,
                f"{person.username}@example.org",
                password_hash,
                timezone=person.timezone,
                locale="en",
                now=clock.now(),
                role_name=role,
                confirmed=True,
            )
        today = timezones.to_local(clock.now(), person.timezone).date()
        entries = invented.entries_of(person, today - timedelta(days=FIRST_AFTER_SCENES))
        with importing.prepared(user, entries, Taken()) as prepared, writing():
            importing.add(user, prepared, Taken())
        more = scenes.add(user, today, clock.now()) if number == 0 else 0
        click.echo(f"{person.username} has {prepared.number + more} entries.")
    click.echo(f"Log in as any of them with the password “{invented.PASSWORD}”.")
