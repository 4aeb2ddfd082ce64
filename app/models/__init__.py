"""The nouns: tables, constraints, relationships and predicates."""

from app.models.entry import Entry, EntrySearch, Revision, Tag, Visibility, entry_tag
from app.models.login_session import LoginSession
from app.models.outbox_mail import OutboxMail
from app.models.role import Permission, Role
from app.models.user import Person, User

__all__ = [
    "Entry",
    "EntrySearch",
    "LoginSession",
    "OutboxMail",
    "Permission",
    "Person",
    "Revision",
    "Role",
    "Tag",
    "User",
    "Visibility",
    "entry_tag",
]
