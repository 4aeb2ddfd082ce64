"""Passkeys and security keys (Web Authentication, level 3), and the challenges that they answer."""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.models.user import User


class Passkey(Base):
    """A key that a person signs in with, or proves a second factor with.

    Ids, key and handle are in unpadded base64url, as the standard's JSON has them. `user_handle` is the random name by which
    the key knows the account, the same for all keys of a person.
    """

    __tablename__ = "passkey"
    __table_args__ = (NEVER_REUSE_IDS,)

    MAX_NAME_LENGTH = 80
    MAX_PER_USER = 20

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    user_handle: Mapped[str] = mapped_column(String(88))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[Instant]
    last_used_at: Mapped[Instant | None]

    user: Mapped[User] = relationship(lazy="raise")


class ChallengePurpose(StrEnum):
    """What a signature is asked for."""

    ADD = "add"
    LOG_IN = "log-in"
    SECOND_FACTOR = "second"
    REAUTHENTICATE = "prove"


class Challenge(Base):
    """A challenge that one browser's passkey has to sign, once and within five minutes, for one purpose.

    The browser holds a random token whose SHA-256 finds the row.
    """

    __tablename__ = "challenge"
    __table_args__ = (NEVER_REUSE_IDS,)

    LIFETIME = timedelta(minutes=5)

    id: Mapped[Identifier]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10))
    challenge: Mapped[str] = mapped_column(String(88))
    user_handle: Mapped[str] = mapped_column(String(88), default="")
    expires_at: Mapped[Instant] = mapped_column(index=True)
