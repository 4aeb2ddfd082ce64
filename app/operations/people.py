"""Looking after people: every act leaves a line in the audit trail, with its reason where one was given."""

from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.mail import outbox
from app.models import AuditAction, Permission, Role, User
from app.operations import account_state, audit, registration, roles
from app.operations.errors import LastAdministrator
from app.queries import people as asking
from app.queries.accounts import CurrentUser


def confirm(person: User, actor: CurrentUser | None, now: datetime, reason: str = "") -> None:
    """Take a person's address as proved, without an email."""
    if not person.is_confirmed:
        registration.prove_address(person, now)
        audit.note(AuditAction.CONFIRM, person.username, actor, now, reason=reason)


def suspend(person: User, actor: CurrentUser | None, now: datetime, reason: str = "") -> None:
    """Keep a person out, signed out everywhere at once; raise LastAdministrator."""
    if person.is_suspended:
        return
    leave_an_administrator(person)
    person.suspended_at = now
    account_state.end_everything(person)
    audit.note(AuditAction.SUSPEND, person.username, actor, now, reason=reason)


def reinstate(person: User, actor: CurrentUser | None, now: datetime, reason: str = "") -> None:
    """Let a suspended person in again."""
    if person.is_suspended:
        person.suspended_at = None
        audit.note(AuditAction.REINSTATE, person.username, actor, now, reason=reason)


def change_role(person: User, role: Role, actor: CurrentUser | None, now: datetime, reason: str = "") -> None:
    """Give a person another role; invitations of one who administers no more end. Raises LastAdministrator."""
    if person.role_id == role.id:
        return
    if not role.permissions & Permission.ADMINISTER:
        leave_an_administrator(person)
        account_state.take_invitations_back(person.id)
    before = person.role.name
    roles.give(person, role, now)
    audit.note(AuditAction.ROLE, person.username, actor, now, {"from": before, "to": role.name}, reason)


def send_reset_link(person: User, actor: CurrentUser | None, now: datetime, reason: str = "") -> None:
    """Send a person an email that lets them set a new password."""
    outbox.reset_password(person, now)
    audit.note(AuditAction.RESET_LINK, person.username, actor, now, reason=reason)


def end_devices(person: User, actor: CurrentUser | None, now: datetime, reason: str = "") -> None:
    """Sign a person out everywhere."""
    account_state.end_everything(person)
    audit.note(AuditAction.SESSIONS_REVOKE, person.username, actor, now, reason=reason)


def leave_an_administrator(person: User) -> None:
    """Raise LastAdministrator unless somebody else administers, and can log in; the role's row is locked, so that two cannot go at once."""
    db.session.scalars(select(Role).where(Role.name == Role.ADMINISTRATOR).with_for_update()).one()
    able = (*asking.ADMINISTERS, User.password_hash.is_not(None))
    others = select(func.count()).select_from(User).join(Role).where(User.id != person.id, *able)
    if person.role.permissions & Permission.ADMINISTER and not db.session.scalar(others):
        raise LastAdministrator
