"""What a person proves themselves with besides the password, and log-ins that still wait for it."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.models.user import User


class Authenticator(Base):
    """A person's app for one-time codes (TOTP, RFC 6238).

    `last_step` is the time step of the code used last, since each code works once. It counts
    only once `confirmed_at` is set: a first code has shown that the app and we agree.
    """

    __tablename__ = "authenticator"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    encrypted_secret: Mapped[str] = mapped_column(String(255))
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]


class RecoveryCode(Base):
    """One of ten codes that work once each when the app is lost; only the SHA-256 of its 80 random bits is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"), NEVER_REUSE_IDS)

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Instant]
    used_at: Mapped[Instant | None]


class PendingLogin(Base):
    """A log-in whose password was right and whose second factor is still to come.

    It lives five minutes and five attempts, and `state` lets it die when the password or the address changes.
    """

    __tablename__ = "pending_login"
    __table_args__ = (NEVER_REUSE_IDS,)

    LIFETIME = timedelta(minutes=5)
    MAX_ATTEMPTS = 5

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(64))
    is_remembered: Mapped[bool]
    attempts: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[Instant] = mapped_column(index=True)

    user: Mapped[User] = relationship(lazy="raise")

    def is_live(self, now: datetime) -> bool:
        """Say whether another try makes sense."""
        return now < self.expires_at and self.attempts < self.MAX_ATTEMPTS
