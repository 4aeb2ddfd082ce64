"""What user names look like, so that none passes for another; people without an address, and who was on a list of people."""

import sqlalchemy as sa
from alembic import op

from app.text import names

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and fill them. Of people whose names look alike already, all but the first get a value no name has."""
    op.add_column("user", sa.Column("username_skeleton", sa.String(1024), nullable=False, server_default=""))
    op.add_column("user", sa.Column("enrolled_as", sa.String(512)))
    user = sa.table("user", sa.column("id"), sa.column("username"), sa.column("username_skeleton"))
    connection, seen = op.get_bind(), set()
    for row in connection.execute(sa.select(user.c.id, user.c.username).order_by(user.c.id)).fetchall():
        skeleton = names.skeleton(row.username)
        value = skeleton if skeleton not in seen else f"{skeleton} {row.id}"
        seen.add(skeleton)
        connection.execute(user.update().where(user.c.id == row.id).values(username_skeleton=value))
    op.create_index("ix_user_username_skeleton", "user", ["username_skeleton"], unique=True)
    op.create_index("ix_user_enrolled_as", "user", ["enrolled_as"], unique=True)
    _let_address_be_empty(nullable=True)


def downgrade() -> None:
    """Remove the columns; people without an address get one that no letter reaches."""
    op.execute("UPDATE \"user\" SET email = 'nobody-' || id || '@invalid' WHERE email_folded IS NULL")
    op.execute('UPDATE "user" SET email_folded = email WHERE email_folded IS NULL')
    _let_address_be_empty(nullable=False)
    op.drop_index("ix_user_enrolled_as", table_name="user")
    op.drop_index("ix_user_username_skeleton", table_name="user")
    op.drop_column("user", "enrolled_as")
    op.drop_column("user", "username_skeleton")


def _let_address_be_empty(*, nullable: bool) -> None:
    with op.batch_alter_table("user", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("email_folded", existing_type=sa.String(1024), nullable=nullable)
