"""Commands about people; each takes the user name first."""

import sys
from typing import Any, TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from app import clock, i18n, timezones
from app.database.transactions import writing
from app.models import AuditAction, Role, User
from app.operations import audit, people, registration
from app.operations.errors import AddressTaken, LastAdministrator, UsernameTaken
from app.queries import accounts
from app.security import login_limits, passwords, tokens
from app.text import names
from app.text.folding import clean_line
from app.urls import public_url
from app.web.form_fields import USERNAME_FAULTS

NOBODY_LEFT = "This is the only administrator. Make someone else an administrator first."

user = AppGroup("user", help="Manage accounts.")


@user.command("create")
@click.argument("username")
@click.option("--email", required=True, help="The person's email address.")
@click.option("--password-file", type=click.File("r"), help="A file with the password; - reads standard input.")
@click.option("--password", help="The password itself. Others on this machine can see it: prefer --password-file.")
@click.option("--role", "role_name", default=Role.USER, show_default=True, help="User, Moderator or Administrator.")
@click.option("--timezone", default=None, help="The person's time zone. Defaults to DEFAULT_TIMEZONE.")
def create(username: str, email: str, password_file: TextIO | None, password: str | None, role_name: str, timezone: str | None) -> None:
    """Create a confirmed account, and print a link to choose its password. The link works once.

    With a password, from a file or piped in, there is no link.
    """
    role, timezone = _role(role_name), timezone or current_app.config["DEFAULT_TIMEZONE"]
    username, email = clean_line(username), clean_line(email)
    _judge(username, email, timezone)
    if password_file is None and password is None and not sys.stdin.isatty():
        password_file = sys.stdin
    try:
        password = password_file.readline().rstrip("\r\n") if password_file is not None else password
    except UnicodeDecodeError as problem:
        raise click.ClickException("The password is not written in UTF-8.") from problem
    if password == "" and password_file is not sys.stdin:
        raise click.ClickException("The password is empty. Leave the option out to get a link for choosing one.")
    if password:
        _judge_password(password, username, email)
    password_hash = passwords.hash_password(password) if password else None
    facts: dict[str, Any] = {"timezone": timezone, "locale": "en", "now": clock.now(), "role_name": role.name, "confirmed": True}
    try:
        with writing():
            made = registration.create(username, email, password_hash, **facts)
            audit.note(AuditAction.CREATE, made.username, None, clock.now())
    except UsernameTaken:
        raise click.ClickException(f"The user name {username} is taken.") from None
    except AddressTaken:
        raise click.ClickException(f"There's already an account with the email {email}.") from None
    if password:
        click.echo(f"{username} can log in at {public_url('auth.log_in')}.")
    else:
        link = public_url("auth.welcome", token=tokens.sign(tokens.FIRST_PASSWORD, _person(username)))
        click.echo(f"Send {username} this link to set a password. It works once, for 14 days:\n\n    {link}\n")


@user.command("list")
def list_everybody() -> None:
    """List everyone's user name, email, role and state."""
    for person in accounts.list_all():
        state = (
            "suspended"
            if person.is_suspended
            else "closed"
            if person.is_closed
            else "confirmed"
            if person.is_confirmed
            else "not confirmed"
        )
        click.echo(f"{person.username}\t{person.email or ''}\t{person.role.name}\t{state}")


@user.command("confirm")
@click.argument("username")
def confirm(username: str) -> None:
    """Mark a person's email as confirmed, without sending one."""
    with writing():
        people.confirm(_person(username), None, clock.now())
    click.echo(f"{username} is confirmed.")


@user.command("role")
@click.argument("username")
@click.argument("role_name", metavar="ROLE")
def role(username: str, role_name: str) -> None:
    """Give a person the role User, Moderator or Administrator."""
    wanted = _role(role_name)
    try:
        with writing():
            people.change_role(_person(username), _role(role_name), None, clock.now())
    except LastAdministrator:
        raise click.ClickException(NOBODY_LEFT) from None
    click.echo(f"{username} is now {wanted.name}.")


@user.command("reset-link")
@click.argument("username")
def reset_link(username: str) -> None:
    """Print a link with which the person sets a new password within half an hour."""
    person = _person(username)
    with writing():
        audit.note(AuditAction.RESET_LINK, person.username, None, clock.now())
    click.echo(public_url("auth.reset", token=tokens.sign(tokens.RESET, _person(username))))


@user.command("sessions-revoke")
@click.argument("username")
def sessions_revoke(username: str) -> None:
    """Log a person out everywhere."""
    with writing():
        person = _person(username)
        people.end_devices(person, None, clock.now())
        names_of_it = (person.username, person.email)
    login_limits.forgive(*names_of_it)
    click.echo(f"{username} was logged out everywhere.")


@user.command("suspend")
@click.argument("username")
def suspend(username: str) -> None:
    """Suspend a person and log them out everywhere."""
    try:
        with writing():
            people.suspend(_person(username), None, clock.now())
    except LastAdministrator:
        raise click.ClickException(NOBODY_LEFT) from None
    click.echo(f"{username} is suspended.")


@user.command("reinstate")
@click.argument("username")
def reinstate(username: str) -> None:
    """Reinstate a suspended person."""
    with writing():
        people.reinstate(_person(username), None, clock.now())
    click.echo(f"{username} isn't suspended.")


def _judge(username: str, email: str, timezone: str) -> None:
    if fault := names.username_fault(username):
        with i18n.force_language("en"):
            raise click.ClickException(str(USERNAME_FAULTS[fault]))
    if names.email_fault(email):
        raise click.ClickException(f"{email} isn't a valid email address.")
    if not timezones.is_known(timezone):
        raise click.ClickException(f"Unknown time zone {timezone}. Use a name such as Europe/Lisbon.")


def _judge_password(password: str, username: str, email: str) -> None:
    if not passwords.MIN_LENGTH <= passwords.length(password) <= passwords.MAX_LENGTH or passwords.weakness(password, [username, email]):
        raise click.ClickException(
            f"This password is too easy to guess; use at least {passwords.MIN_LENGTH} characters, better several words."
        )


def _person(username: str) -> User:
    found = accounts.by_username(username)
    if found is None:
        raise click.ClickException(f"There's no user named {username}.")
    return found


def _role(name: str) -> Role:
    found = accounts.role_named(name)
    if found is None:
        raise click.ClickException(f"Unknown role {name}. Use User, Moderator or Administrator.")
    return found
