"""Emails on their way."""

import sqlalchemy as sa
from alembic import op

from migrations.baseline.parts import INSTANT, where


def _outbox_mail() -> None:
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("context", sa.JSON, nullable=False),
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease_token", sa.String(36)),
        sa.Column("leased_until", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.Column("failed_at", INSTANT),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_outbox_mail_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_mail"),
        sa.UniqueConstraint("message_id", name="uq_outbox_mail_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_mail_user_id", "outbox_mail", ["user_id"])
    op.create_index("ix_outbox_mail_waiting", "outbox_mail", ["not_before", "id"], **where("sent_at IS NULL AND failed_at IS NULL"))


TABLES = {"outbox_mail": _outbox_mail}
