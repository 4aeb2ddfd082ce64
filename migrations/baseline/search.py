"""The terms of entries, and each database's own index over them."""

import sqlalchemy as sa
from alembic import op

SQLITE_INDEX = (
    """
    CREATE VIRTUAL TABLE entry_fts USING fts5(
        terms, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars ':'"
    )
    """,
    """
    CREATE TRIGGER entry_search_added AFTER INSERT ON entry_search BEGIN
        INSERT INTO entry_fts (rowid, terms) VALUES (new.entry_id, new.terms);
    END
    """,
    """
    CREATE TRIGGER entry_search_changed AFTER UPDATE ON entry_search BEGIN
        DELETE FROM entry_fts WHERE rowid = old.entry_id;
        INSERT INTO entry_fts (rowid, terms) VALUES (new.entry_id, new.terms);
    END
    """,
    """
    CREATE TRIGGER entry_search_removed AFTER DELETE ON entry_search BEGIN
        DELETE FROM entry_fts WHERE rowid = old.entry_id;
    END
    """,
)
"""FTS5 keeps no terms of its own (sqlite.org/fts5.html#contentless_delete_tables); marks and emoji are parts of a term."""
POSTGRESQL_INDEX = ("CREATE INDEX ix_entry_search_terms ON entry_search USING gin (string_to_array(btrim(terms), '  '))",)


def _entry_search() -> None:
    op.create_table(
        "entry_search",
        sa.Column("entry_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("title_terms", sa.Text, nullable=False),
        sa.Column("rules", sa.String(140), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_search_entry_id_entry", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_entry_search"),
    )
    for statement in SQLITE_INDEX if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_INDEX:
        op.execute(statement)


TABLES = {"entry_search": _entry_search}
