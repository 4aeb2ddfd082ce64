"""The command line: `python manage.py` is the same as `flask`, from any folder."""

import click
from flask.cli import FlaskGroup

from app import __version__, create_app

cli = click.version_option(__version__, prog_name="Daybook")(FlaskGroup(create_app=create_app, load_dotenv=False, add_version_option=False))

if __name__ == "__main__":
    cli()
