"""What people have in a database, whatever its schema: compared before and after a migration, which may lose none of it."""

import hashlib

from sqlalchemy import ColumnClause, Connection, column, inspect, select, table

TEXTS = {
    "user": ("id", "username"),
    "entry": ("id", "user_id", "title", "body", "entry_date"),
    "revision": ("id", "entry_id", "version", "title", "body", "entry_date"),
    "draft": ("id", "user_id", "title", "body"),
    "draft_step": ("id", "title", "body"),
    "tag": ("id", "name"),
    "entry_tag": ("entry_id", "tag_id"),
    "attachment": ("id", "uid", "name"),
    "rendition": ("id", "digest"),
}
AT_ONCE = 500
Contents = dict[str, tuple[int, str]]


class ContentsChanged(RuntimeError):
    """A migration would have changed what people wrote; it was undone."""


def contents(connection: Connection) -> Contents:
    """Return for each table with people's texts how many rows it has, and one digest over what they say."""
    there = set(inspect(connection).get_table_names())
    return {name: _digest(connection, name) for name in TEXTS if name in there}


def refuse_changes(before: Contents, connection: Connection) -> None:
    """Raise ContentsChanged where a table that is still there says something else than before."""
    now = contents(connection)
    for name, (rows, digest) in before.items():
        if name in now and now[name] != (rows, digest):
            raise ContentsChanged(f"{name} had {rows} rows and would have {now[name][0]}, or other words in them: nothing was changed.")


def _digest(connection: Connection, name: str) -> tuple[int, str]:
    columns: list[ColumnClause[object]] = [column(part) for part in TEXTS[name]]
    found = select(*columns).select_from(table(name, *columns)).order_by(*columns[: 2 if name == "entry_tag" else 1])
    rows, digest = 0, hashlib.sha256()
    for row in connection.execute(found.execution_options(yield_per=AT_ONCE)):
        digest.update(repr([str(value) for value in row]).encode())
        rows += 1
    return rows, digest.hexdigest()
