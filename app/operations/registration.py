"""Making accounts and proving their addresses."""

from datetime import datetime

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.mail import outbox
from app.models import Role, SecurityEventKind, User
from app.operations import account_state, roles, security_events
from app.operations.errors import AddressTaken, NoAdministratorNeeded, UsernameTaken
from app.operations.security_events import Browser
from app.queries import accounts
from app.security import tokens
from app.security.events import log_event
from app.text import names


def register(username: str, email: str, password_hash: str, timezone: str, locale: str, now: datetime, *, may_write: bool = True) -> None:
    """Make an unconfirmed account and send its email; where the address has an account, write to its owner instead.

    The caller cannot tell the two apart, and neither can whoever is asking. Raises UsernameTaken. Without
    `may_write` no email goes: the mailbox had its share. Whoever signed up can ask for another once the hour is over.
    """
    try:
        user = create(username, email, password_hash, timezone=timezone, locale=locale, now=now)
    except AddressTaken:
        owner = accounts.by_email(email)
        if owner is not None and may_write:
            outbox.welcome_back(owner, now)
        return
    if may_write:
        outbox.confirm_address(user, now)


def create(
    username: str,
    email: str,
    password_hash: str | None,
    *,
    timezone: str,
    locale: str,
    now: datetime,
    role_name: str = Role.USER,
    confirmed: bool = False,
) -> User:
    """Make an account and return it, its role loaded; raise UsernameTaken or AddressTaken, also when two ask at once."""
    _refuse_taken(username, email, now)
    role = db.session.scalars(select(Role).where(Role.name == role_name)).one()
    user = new(username, email, password_hash, timezone=timezone, locale=locale, now=now, role=role, confirmed=confirmed)
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:
        _refuse_taken(username, email, now)
        raise
    if role_name == Role.ADMINISTRATOR:
        roles.tell_administrators(user, now)
    return user


def new(
    username: str, email: str, password_hash: str | None, *, timezone: str, locale: str, now: datetime, role: Role, confirmed: bool = False
) -> User:
    """Return an account that is in no session yet; nobody has asked whether its names are free."""
    return User(
        username=username,
        email=email,
        password_hash=password_hash,
        role=role,
        timezone=timezone,
        locale=locale,
        created_at=now,
        confirmed_at=now if confirmed else None,
        confirm_token_version=0,
        reset_token_version=0,
    )


def send_confirmation_again(user: User, now: datetime) -> None:
    """Send a new confirmation link; the one before works no more."""
    outbox.confirm_address(user, now)


def confirm(token: str, now: datetime) -> User:
    """Confirm the address that the token was sent to and return its owner; raise tokens.InvalidLink."""
    user = _unconfirmed(token)
    prove_address(user, now)
    return user


def _unconfirmed(token: str) -> User:
    """Return whose address a token would prove, locked; raise tokens.InvalidLink, also where it has been proved in another way."""
    user = accounts.by_id_for_change(tokens.person_named_in(tokens.CONFIRM, token))
    user = tokens.check(tokens.CONFIRM, token, user)
    if user.is_confirmed:
        raise tokens.InvalidLink
    return user


def prove_address(user: User, now: datetime) -> None:
    """Note that the person reads mail at the address; the one that ADMIN_EMAIL names becomes administrator."""
    user.confirm(now)
    log_event("email confirmed", person_id=user.id)
    if user.email_folded == names.fold_email(current_app.config["ADMIN_EMAIL"]):
        roles.give(user, db.session.scalars(select(Role).where(Role.name == Role.ADMINISTRATOR)).one(), now)


def create_first_administrator(username: str, email: str, password_hash: str, timezone: str, locale: str, now: datetime) -> User:
    """Make the administrator's account, confirmed; raise NoAdministratorNeeded, UsernameTaken or AddressTaken.

    The role's row is locked, so that of two who follow the link at once one is refused.
    """
    db.session.scalars(select(Role).where(Role.name == Role.ADMINISTRATOR).with_for_update()).one()
    if accounts.has_administrator():
        raise NoAdministratorNeeded
    return create(username, email, password_hash, timezone=timezone, locale=locale, now=now, role_name=Role.ADMINISTRATOR, confirmed=True)


def disown(token: str) -> None:
    """Remove an account whose address belongs to somebody who did not sign up; raise tokens.InvalidLink."""
    user = _unconfirmed(token)
    db.session.execute(delete(User).where(User.id == user.id, User.confirmed_at.is_(None)).execution_options(synchronize_session=False))
    db.session.expunge(user)


def confirm_with_password(token: str, password_hash: str, browser: Browser, now: datetime) -> User:
    """Confirm the address and set a password of its owner's own, which signs everybody else out; raise tokens.InvalidLink."""
    user = confirm(token, now)
    user.password_hash = password_hash
    account_state.end_everything(user)
    security_events.note(user.id, SecurityEventKind.PASSWORD_CHOSEN, browser, now)
    return user


def _refuse_taken(username: str, email: str, now: datetime) -> None:
    if not accounts.free_usernames([username]):
        raise UsernameTaken
    if accounts.is_email_taken(email, now):
        raise AddressTaken
