"""Runs the migrations, on SQLite so that rebuilding a table can neither delete its children nor stop half-way."""

from contextlib import nullcontext
from typing import Any

from alembic import context
from alembic.operations.ops import MigrationScript
from flask import current_app

from app.database import installation, migrating
from migrations.fingerprint import contents, hold_still, refuse_changes

db = current_app.extensions["migrate"].db


def include_object(_item: Any, name: str | None, type_: str, is_reflected: bool, compared_with: Any) -> bool:
    """Leave out what no model describes: what belongs to the full-text index, and the counters of tries."""
    others = ("entry_fts", "ix_entry_search_terms", "rate_limit")
    return not (is_reflected and compared_with is None and str(name).startswith(others))


def leave_out_empty(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """Write no migration when nothing has changed."""
    operations = directives[0].upgrade_ops if directives else None
    if getattr(context.config.cmd_opts, "migrate", False) and operations is not None and operations.is_empty():
        directives.clear()


def run_online() -> None:
    """Migrate the configured database, all steps or none, losing nothing that people wrote.

    SQLite's foreign keys rest meanwhile and are checked at the end.
    """
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        driver = connection.connection.dbapi_connection
        if sqlite:
            driver.execute("PRAGMA foreign_keys=OFF").close()
        context.configure(
            connection=connection.execution_options(writes=True),
            target_metadata=db.metadata,
            include_object=include_object,
            process_revision_directives=leave_out_empty,
            transactional_ddl=True,
            render_as_batch=True,
            compare_type=True,
        )
        try:
            kind = context.get_context().opts["fn"].__name__
            is_change = kind in {"upgrade", "downgrade"}
            with (
                migrating.changing(str(context.get_revision_argument() or "")) if is_change else nullcontext(),
                context.begin_transaction(),
            ):
                if is_change:
                    hold_still(connection)
                before, had_no_id = contents(connection) if is_change else {}, installation.read_id(connection) is None
                context.run_migrations()
                refuse_changes(before, connection, is_upgrade=kind == "upgrade")
                if had_no_id:
                    installation.assign_id(connection)
                broken = driver.execute("PRAGMA foreign_key_check").fetchall() if sqlite else []
                if broken:
                    raise RuntimeError(f"rows point to rows that are gone: {broken[:5]}")
        finally:
            if sqlite:
                driver.execute("PRAGMA foreign_keys=ON").close()
    if is_change:
        with db.engine.connect() as connection:
            installation.write_marker(connection)


if context.is_offline_mode():
    raise SystemExit("Daybook migrates a live database only; `--sql` is not supported.")
run_online()
