"""The command line: `python manage.py` is the same as `flask`, from any folder."""

import sys

from flask.cli import FlaskGroup
from sqlalchemy.exc import SQLAlchemyError

from app import create_app

cli = FlaskGroup(create_app=create_app)

if __name__ == "__main__":
    try:
        cli()
    except SQLAlchemyError as problem:
        sys.exit(f"Error: the database cannot be used: {getattr(problem, 'orig', None) or problem}. `db upgrade` makes a new one ready.")
