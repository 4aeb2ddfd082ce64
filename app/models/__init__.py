"""The models: tables, constraints, relationships and predicates."""

from app.models.address_change import AddressChange
from app.models.attachment import Attachment, AttachmentVariant, entry_attachment
from app.models.audit_event import AuditAction, AuditEvent
from app.models.draft import Draft, DraftSnapshot
from app.models.entry import Entry, EntrySearch, HiddenFlag, Revision, Tag, Visibility, WrittenDay, entry_tag
from app.models.installation import Installation
from app.models.invitation import Invitation
from app.models.login_session import LoginSession
from app.models.moderation_action import ModerationAction
from app.models.outbox_mail import OutboxMail
from app.models.passkey import Challenge, ChallengePurpose, Passkey
from app.models.role import Permission, Role
from app.models.second_factor import Authenticator, PendingLogin, RecoveryCode
from app.models.security_event import SecurityEvent, SecurityEventKind
from app.models.template import Template
from app.models.user import HasUserId, User

__all__ = [
    "AddressChange",
    "Attachment",
    "AttachmentVariant",
    "AuditAction",
    "AuditEvent",
    "Authenticator",
    "Challenge",
    "ChallengePurpose",
    "Draft",
    "DraftSnapshot",
    "Entry",
    "EntrySearch",
    "HasUserId",
    "HiddenFlag",
    "Installation",
    "Invitation",
    "LoginSession",
    "ModerationAction",
    "OutboxMail",
    "Passkey",
    "PendingLogin",
    "Permission",
    "RecoveryCode",
    "Revision",
    "Role",
    "SecurityEvent",
    "SecurityEventKind",
    "Tag",
    "Template",
    "User",
    "Visibility",
    "WrittenDay",
    "entry_attachment",
    "entry_tag",
]
