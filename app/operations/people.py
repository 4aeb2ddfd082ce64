"""Looking after people: every act leaves a line in the audit trail."""

from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.mail import letters
from app.models import AuditEvent, Permission, Role, User
from app.operations import registration, signing_in
from app.operations.problems import LastAdministrator
from app.queries.accounts import SignedIn


def confirm(person: User, actor: SignedIn | None, now: datetime) -> None:
    """Take a person's address as proved, without a letter."""
    if not person.is_confirmed:
        registration.prove_address(person, now)
        _note("confirm", person, actor, now)


def suspend(person: User, actor: SignedIn | None, now: datetime) -> None:
    """Keep a person out, signed out everywhere at once; raise LastAdministrator."""
    if person.is_suspended:
        return
    _leave_an_administrator(person)
    person.suspended_at = now
    signing_in.end_all(person)
    _note("suspend", person, actor, now)


def reinstate(person: User, actor: SignedIn | None, now: datetime) -> None:
    """Let a suspended person in again."""
    if person.is_suspended:
        person.suspended_at = None
        _note("reinstate", person, actor, now)


def change_role(person: User, role: Role, actor: SignedIn | None, now: datetime) -> None:
    """Give a person another role; raise LastAdministrator."""
    if person.role_id == role.id:
        return
    if not role.permissions & Permission.ADMINISTER:
        _leave_an_administrator(person)
    before, person.role = person.role.name, role
    _note("role", person, actor, now, {"from": before, "to": role.name})


def send_reset_link(person: User, actor: SignedIn | None, now: datetime) -> None:
    """Send a person a letter that lets them set a new password."""
    letters.reset_password(person, now)
    _note("reset-link", person, actor, now)


def end_devices(person: User, actor: SignedIn | None, now: datetime) -> None:
    """Sign a person out everywhere."""
    signing_in.end_all(person)
    _note("sessions-revoke", person, actor, now)


def _leave_an_administrator(person: User) -> None:
    """Raise LastAdministrator unless somebody else administers; the role's row is locked, so that two cannot go at once."""
    db.session.scalars(select(Role).where(Role.name == Role.ADMINISTRATOR).with_for_update()).one()
    administers = Role.permissions.op("&")(int(Permission.ADMINISTER)) != 0
    others = select(func.count()).select_from(User).join(Role).where(administers, User.id != person.id, User.suspended_at.is_(None))
    if person.role.permissions & Permission.ADMINISTER and not db.session.scalar(others):
        raise LastAdministrator


def _note(action: str, person: User, actor: SignedIn | None, now: datetime, details: dict[str, str] | None = None) -> None:
    db.session.add(
        AuditEvent(
            at=now,
            actor_id=actor.id if actor else None,
            actor_name=actor.username if actor else AuditEvent.COMMAND_LINE,
            action=action,
            subject_name=person.username,
            details=details or {},
        )
    )
