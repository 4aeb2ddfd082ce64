"""People."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.models.base import NEVER_REUSE_IDS, Base, Identifier, Instant
from app.models.role import Permission, Role
from app.text import names
from app.text.folding import fold


class User(UserMixin, Base):  # type: ignore[misc]  # Flask-Login carries no types
    """A person with an account. Names and addresses are unique after folding, which the database enforces."""

    __tablename__ = "user"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: Mapped[Identifier]
    username: Mapped[str] = mapped_column(String(names.LONGEST_USERNAME))
    username_folded: Mapped[str] = mapped_column(String(255), unique=True)
    email: Mapped[str] = mapped_column(String(names.LONGEST_EMAIL))
    email_folded: Mapped[str] = mapped_column(String(1024), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), index=True)
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16), default="en")
    created_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    confirm_serial: Mapped[int] = mapped_column(default=0)
    reset_serial: Mapped[int] = mapped_column(default=0)

    role: Mapped[Role] = relationship(lazy="raise")

    session_key: str = ""
    """The key that this browser's cookie carries; set where the session's row was found, stored nowhere else."""

    @validates("username", "email")
    def _keep_folded(self, name: str, value: str) -> str:
        setattr(self, f"{name}_folded", fold(value))
        return value

    def get_id(self) -> str:
        """Return what Flask-Login writes into the cookie: the session's random key, never the person's id."""
        return self.session_key

    @property
    def is_confirmed(self) -> bool:
        """Whether the e-mail address was proved with its own link."""
        return self.confirmed_at is not None

    def can(self, permission: Permission) -> bool:
        """Say whether the person's role permits this; the role must have been loaded."""
        return self.role.permits(permission)

    def confirm(self, now: datetime) -> None:
        """Note that the address is proved; links that were sent for it work no more."""
        self.confirmed_at = now
        self.confirm_serial += 1
