"""The command line: `python manage.py` is the same as `flask`, from any folder."""

import sys

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import SQLAlchemyError

from app import __version__, create_app

cli = click.version_option(__version__, prog_name="Daybook")(FlaskGroup(create_app=create_app, load_dotenv=False, add_version_option=False))

if __name__ == "__main__":
    try:
        cli()
    except SQLAlchemyError as problem:
        hint = " `db upgrade` makes it ready." if "no such table" in str(problem) or "does not exist" in str(problem) else ""
        sys.exit(f"Error: the database cannot be used: {getattr(problem, 'orig', None) or problem}".rstrip(".") + f".{hint}")
