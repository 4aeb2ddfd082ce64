"""Emails on their way."""

from datetime import datetime, timedelta

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.models.user import User
from app.text import names


class OutboxMail(Base):
    """An email to be sent, written in the transaction of the fact it tells of. It holds no token and no secret."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        Index(
            "ix_outbox_mail_waiting",
            "not_before",
            "id",
            sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
        ),
        NEVER_REUSE_IDS,
    )

    LEASE = timedelta(minutes=2)
    RETRIES = (
        timedelta(seconds=10),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(minutes=30),
    )
    SERVER_AWAY = timedelta(seconds=30)
    RETRY_LATER = timedelta(hours=1)
    GIVE_UP_AFTER = timedelta(hours=24)

    id: Mapped[Identifier]
    template: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str] = mapped_column(String(names.MAX_EMAIL_LENGTH))
    context: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    created_at: Mapped[Instant]
    not_before: Mapped[Instant]
    expires_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(36))
    leased_until: Mapped[Instant | None]
    sent_at: Mapped[Instant | None]
    failed_at: Mapped[Instant | None]
    last_error: Mapped[str] = mapped_column(Text, default="")

    user: Mapped[User] = relationship(lazy="raise")

    def note_sent(self, now: datetime) -> None:
        """Mark the email as handed to the mail server."""
        self.sent_at, self.lease_token, self.leased_until, self.last_error = now, None, None, ""

    def note_failure(self, why: str, now: datetime) -> None:
        """Keep why it was not sent and when to try again: soon at first, then hourly, and not after `expires_at`."""
        wait = self.RETRIES[self.attempts - 1] if self.attempts <= len(self.RETRIES) else self.RETRY_LATER
        self.last_error, self.lease_token, self.leased_until = why[:1000], None, None
        self.not_before = now + wait
        if self.not_before >= self.expires_at:
            self.failed_at = now

    def wait_for_server(self, why: str, now: datetime) -> None:
        """Keep why it was not sent; it is tried again in half a minute, as long as `expires_at` is not over."""
        self.last_error, self.lease_token, self.leased_until = why[:1000], None, None
        self.not_before = now + self.SERVER_AWAY
        if self.not_before >= self.expires_at:
            self.failed_at = now

    def give_up(self, why: str, now: datetime) -> None:
        """Note that it is not to be sent any more."""
        self.last_error, self.lease_token, self.leased_until, self.failed_at = why[:1000], None, None, now

    def try_again(self, now: datetime) -> None:
        """Put a waiting or failed email first in line, with a full day of attempts before it."""
        self.failed_at, self.not_before, self.attempts = None, now, 0
        self.expires_at = now + self.GIVE_UP_AFTER
