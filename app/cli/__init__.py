"""The commands of `flask` and `python manage.py`; each is loaded when it is called, and not by the server."""

import errno
from contextlib import suppress
from copy import copy
from importlib import import_module
from typing import Any

from click import ClickException, Command, Context
from flask import Flask
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, SQLAlchemyError

from app.database import migrating

COMMANDS = {
    "backup": "app.cli.backups:backup",
    "check": "app.cli.backups:check",
    "configure": "app.cli.setup:configure",
    "db": "flask_migrate.cli:db",
    "demo": "app.cli.demo:demo",
    "dev": "app.cli.developing:dev",
    "export": "app.cli.journals:export_journal",
    "import": "app.cli.journals:import_journal",
    "outbox": "app.cli.outbox:outbox",
    "recount": "app.cli.setup:recount",
    "restore": "app.cli.backups:restore",
    "search": "app.cli.setup:search",
    "serve": "app.cli.serving:serve",
    "user": "app.cli.people:user",
}
"""Where each command is."""


OF_THIS_SCHEMA = frozenset({"backup", "check", "demo", "export", "import", "outbox", "recount", "search", "user"})
"""Commands that read or write what is in a database: not one that an older or a newer version has made."""


class Commands(AppGroup):
    """A group whose commands are loaded late, as click's documentation shows ("Lazily Loading Subcommands")."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Return a command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _colon, name = COMMANDS[cmd_name].partition(":")
        return _told(getattr(import_module(module), name))


def _told(command: Command) -> Command:
    """Return a command that ends in a sentence where the database or the disk cannot be used."""
    told = copy(command)

    def invoke(ctx: Context) -> Any:
        try:
            if told.name in OF_THIS_SCHEMA and "--help" not in ctx.args:
                _refuse_another_schema(ctx)
            return command.invoke(ctx)
        except (IntegrityError, DataError):
            raise
        except DatabaseError as problem:
            reason = str(getattr(problem, "orig", None) or problem).rstrip(".")
            lacks_tables = "no such table" in reason or ("relation" in reason and "does not exist" in reason)
            hint = " `db upgrade` makes it ready." if lacks_tables else ""
            raise ClickException(f"The database cannot be used: {reason}.{hint}") from problem
        except OSError as problem:
            if not problem.errno or problem.errno == errno.EPIPE:
                raise
            where = f"{problem.filename}: " if problem.filename else ""
            raise ClickException(f"This could not be finished. {where}{problem.strerror}.") from problem

    told.invoke = invoke  # type: ignore[method-assign]  # of this copy alone
    return told


def _refuse_another_schema(ctx: Context) -> None:
    """Raise SchemaError where the database is not of this version; one without tables, or out of reach, is told of by the command."""
    with ctx.ensure_object(ScriptInfo).load_app().app_context(), suppress(SQLAlchemyError):
        migrating.refuse_another_schema()


def init_app(app: Flask) -> None:
    """Add the commands to `app`."""
    app.cli = Commands(app.name)
