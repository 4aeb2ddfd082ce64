"""Pictures and other files that stand in entries."""

from datetime import timedelta

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.media import kinds
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant

entry_attachment = Table(
    "entry_attachment",
    Base.metadata,
    Column("entry_id", ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True),
    Column("attachment_id", ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("is_shown", Boolean, nullable=False),
)
"""Which entries an attachment belongs to. `is_shown` says that today's text shows it; otherwise only earlier versions do."""


class Attachment(Base):
    """A file of a person's own; texts name it by `uid`, addresses of this server by `key`, which nobody can guess.

    `size` is what all its variants take together, in bytes; `width` and `height`, in pixels, are 0 for what is no picture.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("kind IN ('photo', 'audio', 'video', 'file')", name="kind"),
        UniqueConstraint("user_id", "uid"),
        NEVER_REUSE_IDS,
    )

    UNUSED_FOR = timedelta(days=2)

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    uid: Mapped[str] = mapped_column(String(36))
    key: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(kinds.MAX_NAME_LENGTH))
    kind: Mapped[str] = mapped_column(String(10))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[Instant]

    variants: Mapped[list["AttachmentVariant"]] = relationship(
        lazy="raise", order_by="AttachmentVariant.id", cascade="all, delete-orphan", passive_deletes=True
    )


class AttachmentVariant(Base):
    """The bytes of an attachment in one form, the largest that is shown first; `is_original` is for its owner alone."""

    __tablename__ = "attachment_variant"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: Mapped[Identifier]
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id", ondelete="CASCADE"), index=True)
    is_original: Mapped[bool]
    media_type: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64), index=True)
