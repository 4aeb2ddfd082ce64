"""The models: tables, constraints, relationships and predicates."""

from app.models.address_change import AddressChange
from app.models.attachment import Attachment, Rendition, entry_attachment
from app.models.audit_event import AuditEvent
from app.models.draft import Draft, DraftStep
from app.models.entry import Entry, EntrySearch, Revision, Tag, Visibility, Withheld, entry_tag
from app.models.hiding import Hiding
from app.models.invitation import Invitation
from app.models.journal import Journal
from app.models.login_session import LoginSession
from app.models.outbox_mail import OutboxMail
from app.models.passkey import Challenge, Passkey
from app.models.role import Permission, Role
from app.models.second_factor import Authenticator, PendingSignIn, RecoveryCode
from app.models.security_event import SecurityEvent
from app.models.template import Template
from app.models.user import Person, User

__all__ = [
    "AddressChange",
    "Attachment",
    "AuditEvent",
    "Authenticator",
    "Challenge",
    "Draft",
    "DraftStep",
    "Entry",
    "EntrySearch",
    "Hiding",
    "Invitation",
    "Journal",
    "LoginSession",
    "OutboxMail",
    "Passkey",
    "PendingSignIn",
    "Permission",
    "Person",
    "RecoveryCode",
    "Rendition",
    "Revision",
    "Role",
    "SecurityEvent",
    "Tag",
    "Template",
    "User",
    "Visibility",
    "Withheld",
    "entry_attachment",
    "entry_tag",
]
