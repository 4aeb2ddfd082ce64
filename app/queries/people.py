"""Questions of those who look after people: who is there, which emails wait, what was done. No journal is read here."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import AuditEvent, Invitation, OutboxMail, Permission, Role, User
from app.text.folding import fold

PEOPLE_A_PAGE = 50

AUDIT_PAGE = 100
ADMINISTERS = (
    Role.permissions.op("&")(int(Permission.ADMINISTER)) != 0,
    *(User.suspended_at.is_(None), User.closed_at.is_(None), User.confirmed_at.is_not(None)),
)
"""What makes a person one who looks after others, where persons and roles are joined."""


@dataclass(frozen=True)
class PeoplePage:
    """Some people by name, and the name after which the next page begins, if there is one."""

    people: list[User]
    after: str


def search(text: str, after: str = "") -> PeoplePage:
    """Return people whose name or address holds `text`, by name, beginning after a name."""
    statement = select(User).options(joinedload(User.role, innerjoin=True)).order_by(User.username_folded).limit(PEOPLE_A_PAGE + 1)
    if wanted := fold(text):
        statement = statement.where(
            or_(
                User.username_folded.contains(wanted, autoescape=True),
                User.email_folded.contains(wanted, autoescape=True),
                User.names_folded.contains(wanted, autoescape=True),
            )
        )
    if after:
        statement = statement.where(User.username_folded > fold(after))
    found = list(db.session.scalars(statement))
    has_more, found = len(found) > PEOPLE_A_PAGE, found[:PEOPLE_A_PAGE]
    return PeoplePage(found, found[-1].username if has_more else "")


def administrators() -> list[User]:
    """Return those who look after people and can be written to."""
    return list(db.session.scalars(select(User).join(Role).where(*ADMINISTERS).order_by(User.id)))


def roles() -> list[Role]:
    """Return all roles, the least first."""
    return list(db.session.scalars(select(Role).order_by(Role.permissions)))


def is_refused(user_id: int, recipient: str, template: str) -> bool:
    """Say whether the last email of this kind to a person's address was given up, because no mail server takes it."""
    mine = (OutboxMail.user_id == user_id, OutboxMail.recipient == recipient, OutboxMail.template == template)
    last = select(OutboxMail.failed_at).where(*mine).order_by(OutboxMail.id.desc()).limit(1)
    return db.session.scalar(last) is not None


def unsent_emails() -> list[Row[*tuple[Any, ...]]]:
    """Return emails that wait or were given up, oldest first; never what is in them."""
    columns = (
        OutboxMail.id,
        OutboxMail.template,
        OutboxMail.recipient,
        OutboxMail.created_at,
        OutboxMail.not_before,
        OutboxMail.failed_at,
        OutboxMail.attempts,
        OutboxMail.last_error,
    )
    return list(db.session.execute(select(*columns).where(OutboxMail.sent_at.is_(None)).order_by(OutboxMail.id).limit(200)))


def email_for_change(email_id: int) -> OutboxMail | None:
    """Return an unsent email with its person, locked where the database can."""
    found = select(OutboxMail).where(OutboxMail.id == email_id, OutboxMail.sent_at.is_(None))
    return db.session.scalars(found.options(joinedload(OutboxMail.user)).with_for_update(of=OutboxMail)).one_or_none()


def invitations() -> list[Invitation]:
    """Return all invitations, the latest first."""
    return list(db.session.scalars(select(Invitation).order_by(Invitation.id.desc()).limit(200)))


def invitation_with(token_hash: str) -> Invitation | None:
    """Return the invitation with this key."""
    return db.session.scalars(select(Invitation).where(Invitation.token_hash == token_hash)).one_or_none()


def audit_trail(before: int | None = None) -> tuple[list[AuditEvent], bool]:
    """Return a page of what was done, the latest first, beginning before an id, and whether there is more."""
    statement = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(AUDIT_PAGE + 1)
    found = list(db.session.scalars(statement if before is None else statement.where(AuditEvent.id < before)))
    return found[:AUDIT_PAGE], len(found) > AUDIT_PAGE
