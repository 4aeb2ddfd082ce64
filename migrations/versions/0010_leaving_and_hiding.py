"""Accounts that are closed and wait to be erased, and public pages that a moderator hides."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SHARED = "trashed_at IS NULL AND visibility <> 'private'"
PUBLIC = "trashed_at IS NULL AND visibility = 'public'"
INDEXES = [
    ("ix_entry_shared", ["position", "id"], SHARED),
    ("ix_entry_shared_by", ["user_id", "position", "id"], SHARED),
    ("ix_entry_public", ["position", "id"], PUBLIC),
]


def upgrade() -> None:
    """Add the columns and the table; the lists of others' pages learn what is withheld.

    Rebuilding tables in earlier revisions lost SQLite's AUTOINCREMENT, so that an erased person's id could be given to
    somebody else; here it comes back.
    """
    for name in ("user", "login_session") if op.get_bind().dialect.name == "sqlite" else ():
        with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
    op.add_column("user", sa.Column("closed_at", INSTANT))
    op.add_column("entry", sa.Column("withheld", sa.Integer, nullable=False, server_default="0"))
    _index_again(" AND withheld = 0")
    op.create_index("ix_user_closed_at", "user", ["closed_at"])
    op.create_table(
        "hiding",
        sa.Column("entry_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("moderator_id", sa.Integer),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_hiding_entry_id_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["moderator_id"], ["user.id"], name="fk_hiding_moderator_id_user", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_hiding"),
    )
    op.create_index("ix_hiding_moderator_id", "hiding", ["moderator_id"])


def downgrade() -> None:
    """Remove them. The schema before knows of nothing withheld, so what was becomes private; closed accounts are open again."""
    op.execute("UPDATE entry SET visibility = 'private' WHERE withheld <> 0")
    op.drop_table("hiding")
    _index_again("")
    op.drop_index("ix_user_closed_at", table_name="user")
    op.drop_column("entry", "withheld")
    op.drop_column("user", "closed_at")


def _index_again(also: str) -> None:
    for name, columns, where in INDEXES:
        op.drop_index(name, table_name="entry")
        condition = sa.text(where + also)
        op.create_index(name, "entry", columns, sqlite_where=condition, postgresql_where=condition)
