"""Entries, their tags and versions, drafts and templates, and what moderators hide."""

import sqlalchemy as sa
from alembic import op

from migrations.baseline.parts import INSTANT, where


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("excerpt", sa.String(400), nullable=False),
        sa.Column("word_count", sa.Integer, nullable=False),
        sa.Column("tags_text", sa.Text, nullable=False),
        sa.Column("entry_date", sa.Date, nullable=False),
        sa.Column("entry_time", sa.Time),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("starts_at", INSTANT),
        sa.Column("sort_key", sa.BigInteger, nullable=False),
        sa.Column("month_day", sa.Integer, nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("hidden_flags", sa.Integer, server_default="0", nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("trashed_at", INSTANT),
        sa.Column("starred_at", INSTANT),
        sa.Column("mood", sa.String(40), server_default="", nullable=False),
        sa.Column("form_id", sa.String(64)),
        sa.Column("origin", sa.String(200)),
        sa.Column("published_at", INSTANT),
        sa.Column("html_version", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), server_default="", nullable=False),
        sa.Column("shown_digest", sa.String(64), server_default="", nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True)),
        sa.Column("html", sa.Text, nullable=False),
        sa.CheckConstraint("visibility IN ('private', 'members', 'public')", name="ck_entry_visibility"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_entry_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("user_id", "form_id", name="uq_entry_user_id_form_id"),
        sa.UniqueConstraint("user_id", "origin", name="uq_entry_user_id_origin"),
        sa.UniqueConstraint("user_id", "uid", name="uq_entry_user_id_uid"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_entry_public", "entry", ["sort_key", "id"], **where("trashed_at IS NULL AND visibility = 'public' AND hidden_flags = 0")
    )
    op.create_index(
        "ix_entry_published", "entry", ["published_at", "id"], **where("trashed_at IS NULL AND visibility = 'public' AND hidden_flags = 0")
    )
    op.create_index(
        "ix_entry_shared", "entry", ["sort_key", "id"], **where("trashed_at IS NULL AND visibility <> 'private' AND hidden_flags = 0")
    )
    op.create_index(
        "ix_entry_shared_by",
        "entry",
        ["user_id", "sort_key", "id"],
        **where("trashed_at IS NULL AND visibility <> 'private' AND hidden_flags = 0"),
    )
    op.create_index("ix_entry_starred", "entry", ["user_id", "sort_key", "id"], **where("trashed_at IS NULL AND starred_at IS NOT NULL"))
    op.create_index("ix_entry_trashed", "entry", ["user_id", "trashed_at"], **where("trashed_at IS NOT NULL"))
    op.create_index("ix_entry_written", "entry", ["user_id", "sort_key", "id", "word_count"], **where("trashed_at IS NULL"))
    op.create_index("ix_entry_written_on", "entry", ["user_id", "month_day", "sort_key", "id"], **where("trashed_at IS NULL"))


def _tag() -> None:
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("name_folded", sa.String(255), nullable=False),
        sa.Column("entry_count", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_tag_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
        sa.UniqueConstraint("user_id", "name_folded", name="uq_tag_user_id_name_folded"),
        sqlite_autoincrement=True,
    )


def _entry_tag() -> None:
    op.create_table(
        "entry_tag",
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_entry_tag_entry_id_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_entry_tag_tag_id_tag", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "tag_id", name="pk_entry_tag"),
    )
    op.create_index("ix_entry_tag_tag_id", "entry_tag", ["tag_id"])


def _revision() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("snapshot", sa.Integer, server_default="0", nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("entry_date", sa.Date, nullable=False),
        sa.Column("entry_time", sa.Time),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("mood", sa.String(40), server_default="", nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.Column("digest", sa.String(64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_revision_entry_id_entry", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("entry_id", "version", "snapshot", name="uq_revision_entry_id_version"),
        sqlite_autoincrement=True,
    )


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("entry_id", sa.Integer),
        sa.Column("form_id", sa.String(64), nullable=False),
        sa.Column("revision_number", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("entry_date", sa.String(40), nullable=False),
        sa.Column("entry_time", sa.String(40), nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("mood", sa.String(40), server_default="", nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Column("excerpt", sa.String(200), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_draft_entry_id_entry", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_draft_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
        sa.UniqueConstraint("user_id", "form_id", name="uq_draft_user_id_form_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_entry_id", "draft", ["entry_id"])


def _draft_snapshot() -> None:
    op.create_table(
        "draft_snapshot",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("draft_id", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name="fk_draft_snapshot_draft_id_draft", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_draft_snapshot"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_snapshot_draft_id", "draft_snapshot", ["draft_id"])


def _template() -> None:
    op.create_table(
        "template",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("digest", sa.String(64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_template_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_template"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_template_user_id", "template", ["user_id"])


def _moderation_action() -> None:
    op.create_table(
        "moderation_action",
        sa.Column("entry_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("moderator_id", sa.Integer),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name="fk_moderation_action_entry_id_entry", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["moderator_id"], ["user.id"], name="fk_moderation_action_moderator_id_user", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("entry_id", name="pk_moderation_action"),
    )
    op.create_index("ix_moderation_action_moderator_id", "moderation_action", ["moderator_id"])


TABLES = {
    "entry": _entry,
    "tag": _tag,
    "entry_tag": _entry_tag,
    "revision": _revision,
    "draft": _draft,
    "draft_snapshot": _draft_snapshot,
    "template": _template,
    "moderation_action": _moderation_action,
}
