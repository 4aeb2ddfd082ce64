"""The search index in the order of the entries' dates, so that a search takes the newest and leaves the others unread.

SQLite's knows the places of terms now, too: what stands side by side is asked of it, and not of the texts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None

POSITIONS = """
    UPDATE entry_search SET position = (
        SELECT sort_key / 60 * 1073741824 + entry.id FROM entry WHERE entry.id = entry_search.entry_id
    )
"""
INDEX = """
    CREATE VIRTUAL TABLE entry_fts USING fts5(
        terms, content='', contentless_delete=1, detail={detail}, tokenize="ascii tokenchars ':'"
    )
"""
FILL = "INSERT INTO entry_fts (rowid, terms) SELECT {key}, terms FROM entry_search"
KEPT = {
    "added": "INSERT ON entry_search BEGIN INSERT INTO entry_fts (rowid, terms) VALUES (new.{key}, new.terms);",
    "changed": """UPDATE ON entry_search BEGIN
        DELETE FROM entry_fts WHERE rowid = old.{key};
        INSERT INTO entry_fts (rowid, terms) VALUES (new.{key}, new.terms);""",
    "removed": "DELETE ON entry_search BEGIN DELETE FROM entry_fts WHERE rowid = old.{key};",
}


def upgrade() -> None:
    """Say where each entry stands, and number SQLite's index so."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        _forget()
    op.add_column("entry_search", sa.Column("position", sa.BigInteger, nullable=False, server_default="0"))
    op.execute(POSITIONS)
    if is_sqlite:
        _number_by("position", "full")


def downgrade() -> None:
    """Number SQLite's index by the entries' ids again."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        _forget()
    op.drop_column("entry_search", "position")
    if is_sqlite:
        _number_by("entry_id", "none")


def _forget() -> None:
    for name in KEPT:
        op.execute(f"DROP TRIGGER entry_search_{name}")
    op.execute("DROP TABLE entry_fts")


def _number_by(key: str, detail: str) -> None:
    op.execute(INDEX.format(detail=detail))
    op.execute(FILL.format(key=key))
    for name, act in KEPT.items():
        op.execute(f"CREATE TRIGGER entry_search_{name} AFTER {act.format(key=key)} END")
