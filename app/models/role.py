"""Roles, and what each permits."""

from enum import IntFlag

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier


class Permission(IntFlag):
    """What a role may do; a role holds any number of them."""

    WRITE = 1
    MODERATE = 2
    ADMINISTER = 4


class Role(Base):
    """A named set of permissions; the migration makes User, Moderator and Administrator."""

    __tablename__ = "role"
    __table_args__ = (NEVER_REUSE_IDS,)

    USER = "User"
    MODERATOR = "Moderator"
    ADMINISTRATOR = "Administrator"

    id: Mapped[Identifier]
    name: Mapped[str] = mapped_column(String(32), unique=True)
    permissions: Mapped[int]
