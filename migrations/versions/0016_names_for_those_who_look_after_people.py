"""What a list calls a person, for those who made the account alone; names as they are looked for; what user names look like."""

import sqlalchemy as sa
from alembic import op

from app.text import names
from app.text.folding import fold

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and fill them; a name that a list gave to somebody who never came is a display name no more."""
    op.add_column("user", sa.Column("given_name", sa.String(80), nullable=False, server_default=""))
    op.add_column("user", sa.Column("names_folded", sa.String(512), nullable=False, server_default=""))
    columns = ("id", "username", "display_name", "password_hash", "given_name", "names_folded", "username_skeleton")
    user = sa.table("user", *[sa.column(name) for name in columns])
    connection, seen = op.get_bind(), set()
    op.drop_index("ix_user_username_skeleton", table_name="user")
    for row in connection.execute(sa.select(user).order_by(user.c.id)).fetchall():
        skeleton = names.skeleton(row.username)
        value = skeleton if skeleton not in seen else f"{skeleton} {row.id}"
        seen.add(skeleton)
        facts = {"username_skeleton": value, "names_folded": fold(row.display_name)[:512]}
        if not row.password_hash:
            facts |= {"given_name": row.display_name, "display_name": ""}
        connection.execute(user.update().where(user.c.id == row.id).values(**facts))
    op.create_index("ix_user_username_skeleton", "user", ["username_skeleton"], unique=True)


def downgrade() -> None:
    """Remove the columns."""
    op.drop_column("user", "names_folded")
    op.drop_column("user", "given_name")
