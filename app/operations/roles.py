"""Giving somebody a role; whoever looks after people learns of everybody who joins them."""

from datetime import datetime

from app.mail import outbox
from app.models import Permission, Role, User
from app.queries import people
from app.security.events import log_event


def give(person: User, role: Role, now: datetime) -> None:
    """Give an account a role, and tell all administrators of a new one."""
    is_new = role.permissions & Permission.ADMINISTER and not person.role.permissions & Permission.ADMINISTER
    person.role = role
    if is_new:
        tell_administrators(person, now)


def tell_administrators(newcomer: User, now: datetime) -> None:
    """Send each of the other administrators an email that says who became one of them."""
    log_event("became an administrator", person_id=newcomer.id)
    for administrator in people.administrators():
        if administrator.id != newcomer.id:
            outbox.new_administrator(administrator, newcomer.username, now)
