"""Signed-in browsers."""

from datetime import timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.models.user import User


class LoginSession(Base):
    """One browser that is signed in. The cookie holds a random token, the row its SHA-256: a copy of the table opens nothing.

    `reauthenticated_at` is when its person last gave the password.
    """

    __tablename__ = "login_session"
    __table_args__ = (NEVER_REUSE_IDS,)

    MAX_PER_USER = 50
    MAX_LIFETIME = timedelta(days=30)
    MAX_IDLE = timedelta(hours=12)
    SEEN_EVERY = timedelta(hours=1)
    REAUTHENTICATED_FOR = timedelta(minutes=10)

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    expires_at: Mapped[Instant] = mapped_column(index=True)
    is_remembered: Mapped[bool]
    user_agent: Mapped[str] = mapped_column(String(255), default="")
    ip_address: Mapped[str] = mapped_column(String(45), default="")
    reauthenticated_at: Mapped[Instant]

    user: Mapped[User] = relationship(lazy="raise")
