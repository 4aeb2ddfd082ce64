"""Links that let people sign up where sign-up is by invitation."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.text import names


class Invitation(Base):
    """A link for so many people until a day; only the SHA-256 of its token is kept. `sent_to` is where it went by email."""

    __tablename__ = "invitation"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: Mapped[Identifier]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    max_uses: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    sent_to: Mapped[str | None] = mapped_column(String(names.MAX_EMAIL_LENGTH))

    def is_open(self, now: datetime) -> bool:
        """Say whether somebody can still sign up with it."""
        return now < self.expires_at and self.uses < self.max_uses
