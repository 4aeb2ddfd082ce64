"""What those who look after a journal did to people's accounts."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant


class AuditAction(StrEnum):
    """What an administrator or a moderator can do to an account or an entry."""

    CONFIRM = "confirm"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    ROLE = "role"
    RESET_LINK = "reset-link"
    SESSIONS_REVOKE = "sessions-revoke"
    CLOSE = "close"
    FIRST_LINK = "first-link"
    CREATE = "create"
    INVITE = "invite"
    TAKE_BACK = "take-back"
    RETRY = "retry"
    HIDE = "hide"
    SHOW = "show"


class AuditEvent(Base):
    """One act: who did what to whom. Names stay readable after accounts are gone; `action` is an `AuditAction`."""

    __tablename__ = "audit_event"
    __table_args__ = (NEVER_REUSE_IDS,)

    MAX_NAME_LENGTH = 64
    COMMAND_LINE = "(command line)"

    id: Mapped[Identifier]
    at: Mapped[Instant] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)
    actor_name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH))
    action: Mapped[str] = mapped_column(String(40))
    subject_name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
