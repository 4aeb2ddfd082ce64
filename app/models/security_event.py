"""What happened to the safety of an account."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.models.user import User


class SecurityEvent(Base):
    """One line of the list that a person sees of the last 90 days; `kind` is a key of `app.security.events.SENTENCES`.

    `undo` holds what is needed to take the change back (see `app.operations.undoing`): the address its email went to, and
    what was there before. It is emptied when the time for that is over.
    """

    __tablename__ = "security_event"
    __table_args__ = (Index("ix_security_event_user_id_at", "user_id", "at"), NEVER_REUSE_IDS)

    KEPT_FOR = timedelta(days=90)
    UNDONE_WITHIN = timedelta(days=7)

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[Instant]
    device: Mapped[str] = mapped_column(String(255))
    ip_address: Mapped[str] = mapped_column(String(45))
    undo: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    undone_at: Mapped[Instant | None]

    user: Mapped[User] = relationship(lazy="raise")

    @property
    def state(self) -> str:
        """What of it a link must agree with: used, it works no more."""
        return f"{self.kind}\n{self.at.isoformat()}\n{self.undone_at is not None}"

    def can_be_undone(self, now: datetime) -> bool:
        """Say whether it happened lately enough, and still stands."""
        return self.undone_at is None and now < self.at + self.UNDONE_WITHIN
