"""The command line: `python manage.py` is the same as `flask`, from any folder."""

import sys

from flask.cli import FlaskGroup
from sqlalchemy.exc import SQLAlchemyError

from app import create_app

cli = FlaskGroup(create_app=create_app, load_dotenv=False)

if __name__ == "__main__":
    try:
        cli()
    except SQLAlchemyError as problem:
        hint = " `db upgrade` makes it ready." if "no such table" in str(problem) or "does not exist" in str(problem) else ""
        sys.exit(f"Error: the database cannot be used: {getattr(problem, 'orig', None) or problem}.{hint}")
