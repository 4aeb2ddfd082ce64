"""What people have in a database, whatever its schema: compared before and after a migration, which may lose none of it."""

import hashlib

from sqlalchemy import ColumnClause, Connection, column, inspect, select, table, text

TEXTS = (
    ("user", ("id", "username")),
    ("user", ("id", "prompts")),
    ("entry", ("id", "user_id", "title", "body", "entry_date")),
    ("entry", ("id", "mood")),
    ("revision", ("id", "entry_id", "version", "title", "body", "entry_date")),
    ("draft", ("id", "user_id", "title", "body", "tags")),
    ("draft_snapshot", ("id", "title", "body")),
    ("tag", ("id", "name")),
    ("entry_tag", ("entry_id", "tag_id")),
    ("attachment", ("id", "uid", "name")),
    ("attachment_variant", ("id", "digest")),
    ("template", ("id", "name", "body")),
)
BATCH_SIZE = 500
Columns = tuple[str, ...]
Contents = dict[tuple[str, Columns], tuple[int, str]]


class ContentsChanged(RuntimeError):
    """A migration would have changed what people wrote; it was undone."""


def hold_still(connection: Connection) -> None:
    """Let nobody change what people have until the transaction ends; SQLite's has the whole file already."""
    there = sorted({f'"{name}"' for name, _columns in _there(connection)})
    if there and connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {', '.join(there)} IN SHARE MODE"))


def contents(connection: Connection) -> Contents:
    """Return for each part of what people have how many rows there are, and one digest over what they say."""
    return {part: _digest(connection, *part) for part in _there(connection)}


def refuse_changes(before: Contents, connection: Connection, *, is_upgrade: bool) -> None:
    """Raise ContentsChanged where something says something else than before, or is gone after an upgrade."""
    now = contents(connection)
    for part, (rows, digest) in before.items():
        if part in now and now[part] != (rows, digest):
            raise ContentsChanged(f"{part[0]} had {rows} rows and would have {now[part][0]}, or other words in them: nothing was changed.")
        if part not in now and rows and is_upgrade:
            raise ContentsChanged(f"{rows} rows of {part[0]} would be gone: nothing was changed.")


def _there(connection: Connection) -> list[tuple[str, Columns]]:
    tables = set(inspect(connection).get_table_names())
    columns = {name: {one["name"] for one in inspect(connection).get_columns(name)} for name, _columns in TEXTS if name in tables}
    return [(name, wanted) for name, wanted in TEXTS if set(wanted) <= columns.get(name, set())]


def _digest(connection: Connection, name: str, wanted: Columns) -> tuple[int, str]:
    columns: list[ColumnClause[object]] = [column(part) for part in wanted]
    found = select(*columns).select_from(table(name, *columns)).order_by(*columns[: 2 if name == "entry_tag" else 1])
    rows, digest = 0, hashlib.sha256()
    for row in connection.execute(found.execution_options(yield_per=BATCH_SIZE)):
        digest.update(repr([str(value) for value in row]).encode())
        rows += 1
    return rows, digest.hexdigest()
