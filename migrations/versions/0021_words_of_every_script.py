"""The languages that a person writes in, by what rules an entry's terms were made, and an index that takes every character of a term."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEX = "CREATE VIRTUAL TABLE entry_fts USING fts5(terms, content='', contentless_delete=1, detail=none, tokenize=\"{tokenizer}\")"
REFILL = "INSERT INTO entry_fts (rowid, terms) SELECT entry_id, terms FROM entry_search"


def upgrade() -> None:
    """Add the columns; the terms themselves are made anew in the background."""
    op.add_column("user", sa.Column("search_languages", sa.String(120), nullable=False, server_default="en ru"))
    op.add_column("user", sa.Column("indexed_as", sa.String(140), nullable=False, server_default=""))
    op.add_column("entry_search", sa.Column("rules", sa.String(140), nullable=False, server_default=""))
    _index_again("ascii tokenchars ':'")


def downgrade() -> None:
    """Remove them."""
    _index_again("unicode61 remove_diacritics 0 tokenchars ':'")
    op.drop_column("entry_search", "rules")
    op.drop_column("user", "indexed_as")
    op.drop_column("user", "search_languages")


def _index_again(tokenizer: str) -> None:
    """Make SQLite's index with another idea of what a term is: marks of Hindi and emoji are none to the first one."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE entry_fts")
        op.execute(INDEX.format(tokenizer=tokenizer))
        op.execute(REFILL)
