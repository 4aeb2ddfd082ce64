"""What happened to the safety of an account."""

from datetime import timedelta

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import NEVER_REUSE_IDS, Base, Identifier, Instant


class SecurityEvent(Base):
    """One line of the list that a person sees of the last 90 days; `kind` is a key of `app.safety.SENTENCES`."""

    __tablename__ = "security_event"
    __table_args__ = (Index("ix_security_event_user_id_at", "user_id", "at"), NEVER_REUSE_IDS)

    KEPT_FOR = timedelta(days=90)

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[Instant]
    device: Mapped[str] = mapped_column(String(255))
    address: Mapped[str] = mapped_column(String(45))
