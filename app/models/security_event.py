"""What happened to the safety of an account."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.models.user import User


class SecurityEventKind(StrEnum):
    """What can happen to the security of an account."""

    NEW_DEVICE = "new_device"
    DEVICE_ENDED = "device_ended"
    OTHERS_ENDED = "others_ended"
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105  # no password
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # no password
    PASSWORD_RESET = "password_reset"  # noqa: S105  # no password
    USERNAME_CHANGED = "username_changed"
    ADDRESS_ASKED = "address_asked"
    UNDONE = "undone"
    ADDRESS_CHANGED = "address_changed"
    ADDRESS_UNDONE = "address_undone"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_REOPENED = "account_reopened"
    EXPORTED = "exported"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_RENEWED = "codes_renewed"
    CODE_USED = "code_used"


class SecurityEvent(Base):
    """One line of the list that a person sees of the last 90 days; `kind` is a `SecurityEventKind`.

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
