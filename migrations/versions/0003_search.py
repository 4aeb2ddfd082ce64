"""The words of entries, and each database's own index over them."""

import sqlalchemy as sa
from alembic import op

from app.search import terms

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQLITE_INDEX = [
    """
    CREATE VIRTUAL TABLE entry_fts USING fts5(
        terms, content='', contentless_delete=1, detail=none, tokenize="unicode61 remove_diacritics 0 tokenchars ':'"
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
]
POSTGRESQL_INDEX = ["CREATE INDEX ix_entry_search_terms ON entry_search USING gin (string_to_array(btrim(terms), '  '))"]


def upgrade() -> None:
    """Make the table and its index, and fill it from the entries there are."""
    entry_search = op.create_table(
        "entry_search",
        sa.Column("entry_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("title_terms", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_search_entry_id_entry", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_entry_search"),
    )
    connection = op.get_bind()
    for statement in SQLITE_INDEX if connection.dialect.name == "sqlite" else POSTGRESQL_INDEX:
        op.execute(statement)
    entry = sa.table("entry", *[sa.column(name) for name in ("id", "user_id", "title", "body")])
    for row in connection.execute(sa.select(entry.c.id, entry.c.user_id, entry.c.title, entry.c.body)).fetchall():
        title, body = terms.terms_of(row.title), terms.terms_of(row.body)
        words = {"terms": _joined(row.user_id, [*title, *body]), "title_terms": _joined(row.user_id, title)}
        connection.execute(entry_search.insert().values(entry_id=row.id, **words))


def downgrade() -> None:
    """Remove the table; the entries keep their words."""
    op.drop_table("entry_search")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE entry_fts")


def _joined(user_id: int, words: list[str]) -> str:
    return "".join(f" {user_id}:{word} " for word in words)
