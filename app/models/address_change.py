"""Moves of an account from one email address to another."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, String, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.models.user import User
from app.text import names


class AddressChange(Base):
    """One change of address: asked for, then confirmed by a link sent to the new one, and undone by one sent to the old.

    It holds both addresses as they were written, an empty one for an account that had none, so that a link can only ever set
    the address it was sent to.
    """

    __tablename__ = "address_change"
    __table_args__ = (NEVER_REUSE_IDS,)

    UNDONE_WITHIN = timedelta(days=7)

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    old_email: Mapped[str] = mapped_column(String(254))
    old_email_folded: Mapped[str] = mapped_column(String(1024), default="", server_default="", index=True)
    new_email: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    undone_at: Mapped[Instant | None]

    user: Mapped[User] = relationship(lazy="raise")

    @validates("old_email")
    def _keep_folded(self, _name: str, value: str) -> str:
        self.old_email_folded = names.fold_email(value)
        return value

    @property
    def state(self) -> str:
        """What of it a link must agree with: used or undone, a link works no more."""
        return f"{self.new_email}\n{self.old_email}\n{self.confirmed_at is not None}\n{self.undone_at is not None}"

    def can_be_undone(self, now: datetime) -> bool:
        """Say whether it was confirmed, lately enough, and still stands."""
        return self.confirmed_at is not None and self.undone_at is None and now < self.confirmed_at + self.UNDONE_WITHIN

    @classmethod
    def undoable(cls, now: datetime) -> ColumnElement[bool]:
        """Return the condition of `can_be_undone`, for a query."""
        return and_(cls.undone_at.is_(None), cls.confirmed_at > now - cls.UNDONE_WITHIN)
