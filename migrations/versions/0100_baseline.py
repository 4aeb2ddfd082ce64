"""Everything there is at 0.2.0, in one step; earlier numbers belong to versions that were never released."""

import uuid

import sqlalchemy as sa
from alembic import op

from migrations.baseline import accounts, attachments, emails, entries, logging_in, search

revision = "0100"
down_revision = None
branch_labels = None
depends_on = None

PARTS = (accounts, logging_in, entries, attachments, emails, search)
TABLES = {name: make for part in PARTS for name, make in part.TABLES.items()}
"""Each after those that it points to."""
ROLES = {"User": 1, "Moderator": 1 | 2, "Administrator": 1 | 2 | 4}


def upgrade() -> None:
    """Make the tables, the three roles, and the id by which this journal's database is told from another's."""
    for make in TABLES.values():
        make()
    role = sa.table("role", sa.column("name"), sa.column("permissions"))
    op.bulk_insert(role, [{"name": name, "permissions": permissions} for name, permissions in ROLES.items()])
    op.bulk_insert(sa.table("installation", sa.column("id")), [{"id": str(uuid.uuid4())}])


def downgrade() -> None:
    """Remove the tables."""
    for name in reversed(TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE entry_fts")
