"""Commands about people; each takes the user name first."""

import click
from flask import current_app
from flask.cli import AppGroup

from app import clock, passwords, tokens, zones
from app.addresses import public_address
from app.database import writing
from app.models import Role, User
from app.operations import people, registration
from app.operations.problems import AddressTaken, LastAdministrator, UsernameTaken
from app.queries import accounts
from app.text import names
from app.text.folding import clean_line

NOBODY_LEFT = "Nobody would be left to look after the others: make somebody else an administrator first."

user = AppGroup("user", help="Look after people's accounts.")


@user.command("create")
@click.argument("username")
@click.option("--email", required=True, help="The person's e-mail address.")
@click.option("--password", help="The password; asked for when left out.")
@click.option("--role", "role_name", default=Role.USER, show_default=True, help="User, Moderator or Administrator.")
@click.option("--timezone", default=None, help="The person's time zone; DEFAULT_TIMEZONE when left out.")
def create(username: str, email: str, password: str | None, role_name: str, timezone: str | None) -> None:
    """Make an account, confirmed already."""
    role, timezone = _role(role_name), timezone or current_app.config["DEFAULT_TIMEZONE"]
    username, email = clean_line(username), clean_line(email)
    _judge(username, email, timezone)
    password = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < passwords.SHORTEST or passwords.weakness(password, [username, email]):
        raise click.ClickException(
            f"This password is too easy to guess; use at least {passwords.SHORTEST} characters, better several words."
        )
    password_hash = passwords.hash_password(password)
    try:
        with writing():
            registration.create(
                username,
                email,
                password_hash,
                timezone=timezone,
                locale="en",
                now=clock.now(),
                role_name=role.name,
                confirmed=True,
            )
    except UsernameTaken:
        raise click.ClickException(f"The user name {username} is taken.") from None
    except AddressTaken:
        raise click.ClickException(f"The address {email} has an account already.") from None
    click.echo(f"{username} can log in at {public_address('auth.log_in')}.")


@user.command("list")
def list_everybody() -> None:
    """List everybody's user name, address, role and state."""
    for person in accounts.everybody():
        state = (
            "suspended"
            if person.is_suspended
            else "closed"
            if person.is_closed
            else "confirmed"
            if person.is_confirmed
            else "not confirmed"
        )
        click.echo(f"{person.username}\t{person.email}\t{person.role.name}\t{state}")


@user.command("confirm")
@click.argument("username")
def confirm(username: str) -> None:
    """Confirm a person's address without a letter."""
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
    click.echo(f"{username} is {wanted.name} now.")


@user.command("reset-link")
@click.argument("username")
def reset_link(username: str) -> None:
    """Print a link with which the person sets a new password within half an hour."""
    click.echo(public_address("auth.reset", token=tokens.sign(tokens.RESET, _person(username))))


@user.command("sessions-revoke")
@click.argument("username")
def sessions_revoke(username: str) -> None:
    """Sign a person out everywhere."""
    with writing():
        people.end_devices(_person(username), None, clock.now())
    click.echo(f"{username} is signed out everywhere.")


@user.command("suspend")
@click.argument("username")
def suspend(username: str) -> None:
    """Keep a person out, signed out everywhere at once."""
    try:
        with writing():
            people.suspend(_person(username), None, clock.now())
    except LastAdministrator:
        raise click.ClickException(NOBODY_LEFT) from None
    click.echo(f"{username} is suspended.")


@user.command("reinstate")
@click.argument("username")
def reinstate(username: str) -> None:
    """Let a suspended person in again."""
    with writing():
        people.reinstate(_person(username), None, clock.now())
    click.echo(f"{username} may log in again.")


def _judge(username: str, email: str, timezone: str) -> None:
    if not names.is_username(username):
        raise click.ClickException("A user name has letters, digits, dots, hyphens and underscores, and no spaces.")
    if not names.is_of_one_script(username):
        raise click.ClickException("The letters of a user name belong to one alphabet.")
    if not names.is_email(email):
        raise click.ClickException(f"{email} is not an e-mail address.")
    if not zones.is_known(timezone):
        raise click.ClickException(f"There is no time zone {timezone}: write one such as Europe/Lisbon.")


def _person(username: str) -> User:
    found = accounts.by_username(username)
    if found is None:
        raise click.ClickException(f"Nobody has the user name {username}.")
    return found


def _role(name: str) -> Role:
    found = accounts.role_named(name)
    if found is None:
        raise click.ClickException(f"There is no role {name}: choose User, Moderator or Administrator.")
    return found
