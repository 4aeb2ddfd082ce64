"""Public entries that a moderator hides."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.base import Instant
from app.models.entry import Entry
from app.models.user import User


class ModerationAction(Base):
    """Why an entry is hidden, and since when. It is kept from everybody but its writer and the moderators."""

    __tablename__ = "moderation_action"

    MAX_REASON_LENGTH = 500

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(String(MAX_REASON_LENGTH))

    entry: Mapped[Entry] = relationship(lazy="raise")
    moderator: Mapped[User | None] = relationship(lazy="raise")
