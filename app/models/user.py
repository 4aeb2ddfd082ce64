"""People."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.models.role import Role
from app.text import names
from app.text.folding import fold


class HasUserId(Protocol):
    """Somebody known by id: a row of `User`, or who is signed in."""

    @property
    def id(self) -> int:
        """The id of the account."""

    @property
    def search_languages(self) -> str:
        """The languages that the person writes in, by their codes (see `app.search.languages`)."""


class User(Base):
    """A person with an account. Names and addresses are unique after folding, which the database enforces.

    No user name looks like another either: `username_skeleton` is unique. `email` may be NULL, and `password_hash` is for a
    while, where somebody else made the account; `import_key` is what a list of people said of its person, and
    `name_given_by_admin` what those who made the account, and nobody else, see.

    `epoch` counts how often everything that was under way for the account was ended: every link and every known browser names the
    one it was made in (see `app.operations.account_state`).

    `search_languages` are codes (see `app.search.languages`), `indexed_as` the rules that all entries of the person are findable by.
    `day_ends_at` is the hour (0 to 6) until which an entry still belongs to the day before; `week_begins_on` is 0 for Monday.
    `lock_after_days` is the number of days after which an entry is locked, 0 for never; `prompts` has one prompt a line,
    `prompt_rest_days` the digits of weekdays without one (0 for Monday). `saved_searches` and `quiet_days` are lines (see
    `app.text.saved_searches` and `app.text.quiet_days`).
    """

    LATEST_END_OF_DAY = 6
    ERASED_AFTER = timedelta(days=14)
    MAX_NAME_LENGTH = 80
    MAX_IMPORT_KEY_LENGTH = 512
    THEMES = ("system", "light", "dark")
    PROMPT_MODES = ("never", "daily", "weekly", "random")
    MAX_PROMPTS_LENGTH = 20_000
    MAX_LOCK_AFTER_DAYS = 36_500

    __tablename__ = "user"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: Mapped[Identifier]
    username: Mapped[str] = mapped_column(String(names.MAX_USERNAME_LENGTH))
    username_folded: Mapped[str] = mapped_column(String(255), unique=True)
    username_skeleton: Mapped[str] = mapped_column(String(1024), unique=True, index=True, server_default="")
    email: Mapped[str | None] = mapped_column(String(names.MAX_EMAIL_LENGTH))
    email_folded: Mapped[str | None] = mapped_column(String(1024), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), index=True)
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16), default="en")
    created_at: Mapped[Instant]
    confirmed_at: Mapped[Instant | None]
    last_login_at: Mapped[Instant | None]
    epoch: Mapped[int] = mapped_column(default=0, server_default="0")
    confirm_token_version: Mapped[int] = mapped_column(default=0)
    reset_token_version: Mapped[int] = mapped_column(default=0)
    suspended_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None] = mapped_column(index=True)
    default_visibility: Mapped[str] = mapped_column(String(10), default="private")
    day_ends_at: Mapped[int] = mapped_column(default=0)
    week_begins_on: Mapped[int] = mapped_column(default=0)
    display_name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH), default="", server_default="")
    name_given_by_admin: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH), default="", server_default="")
    names_folded: Mapped[str] = mapped_column(String(512), default="", server_default="")
    import_key: Mapped[str | None] = mapped_column(String(MAX_IMPORT_KEY_LENGTH), unique=True, index=True)
    lock_after_days: Mapped[int] = mapped_column(default=0, server_default="0")
    mood_enabled: Mapped[bool] = mapped_column(default=False, server_default=false())
    search_languages: Mapped[str] = mapped_column(String(120), default="en ru", server_default="en ru")
    indexed_as: Mapped[str] = mapped_column(String(140), default="", server_default="")
    prompt_mode: Mapped[str] = mapped_column(String(10), default="never", server_default="never")
    prompts: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)
    prompt_rest_days: Mapped[str] = mapped_column(String(7), default="", server_default="")
    saved_searches: Mapped[str] = mapped_column(Text, default="", server_default="")
    quiet_days: Mapped[str] = mapped_column(Text, default="", server_default="")
    keep_originals: Mapped[bool] = mapped_column(default=False, server_default=false())
    theme: Mapped[str] = mapped_column(String(10), default="system", server_default="system")

    role: Mapped[Role] = relationship(lazy="raise")

    @validates("username", "email")
    def _keep_folded(self, name: str, value: str | None) -> str | None:
        if name == "email":
            value = value or None
            self.email_folded = names.fold_email(value) if value else None
        elif value is not None:
            self.username_folded, self.username_skeleton = fold(value), names.skeleton(value)
        return value

    @validates("display_name", "name_given_by_admin")
    def _keep_names_folded(self, name: str, value: str) -> str:
        other = self.name_given_by_admin if name == "display_name" else self.display_name
        self.names_folded = fold(f"{value} {other or ''}")[:512]
        return value

    @property
    def name_for_admins(self) -> str:
        """How those who look after people, and emails to the person, call them."""
        return self.display_name or self.name_given_by_admin or self.username

    @property
    def public_name(self) -> str:
        """How others call the person: the display name, or the user name where there is none."""
        return self.display_name or self.username

    @property
    def is_confirmed(self) -> bool:
        """Whether the email address was proved with its own link."""
        return self.confirmed_at is not None

    @property
    def is_suspended(self) -> bool:
        """Whether whoever runs the journal keeps the person out."""
        return self.suspended_at is not None

    @property
    def is_closed(self) -> bool:
        """Whether the person has closed the account; nothing is erased before `erased_at`."""
        return self.closed_at is not None

    @property
    def erased_at(self) -> datetime | None:
        """When everything of a closed account is erased."""
        return self.closed_at + self.ERASED_AFTER if self.closed_at else None

    def is_due_for_erasing(self, now: datetime) -> bool:
        """Say whether the time to come back is over."""
        return self.erased_at is not None and now >= self.erased_at

    def is_kept_out(self, now: datetime) -> bool:
        """Say whether nobody may sign in with the account, whatever they prove: suspended, or closed for too long."""
        return self.is_suspended or self.is_due_for_erasing(now)

    def confirm(self, now: datetime) -> None:
        """Note that the address is proved; links that were sent for it work no more."""
        self.confirmed_at = now
        self.confirm_token_version += 1
