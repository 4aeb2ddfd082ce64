"""Commands about emails on their way."""

import click
from flask.cli import AppGroup
from flask_mail import Message
from sqlalchemy import select

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.mail import delivery, transport
from app.models import OutboxMail
from app.text import names

MAX_ID = 2**31 - 1

outbox = AppGroup("outbox", help="Manage the email queue.")


@outbox.command("run")
@click.option("--once", is_flag=True, help="Send what is queued now, then stop.")
def run(once: bool) -> None:
    """Send emails as they come, and do the hourly chores, until stopped."""
    if once:
        try:
            click.echo(f"Emails sent: {delivery.deliver_waiting()}.")
        except delivery.ServerAway as away:
            raise click.ClickException("Can't reach the mail server. Unsent emails stay in the email queue.") from away
        return
    worker.run_until_told()


@outbox.command("test")
@click.argument("email")
def test(email: str) -> None:
    """Send a test email now, to see whether the settings for emails are right."""
    if names.email_fault(email):
        raise click.ClickException(f"{email} isn't a valid email address.")
    message = Message("A test of Daybook's emails", recipients=[email], body="If you can read this, Daybook's emails arrive.\n")
    try:
        transport.send(message)
    except transport.PROBLEMS as problem:
        raise click.ClickException(f"The mail server refused the email: {problem}. Check the MAIL_ settings.") from problem
    click.echo(f"Sent a test email to {email}.")


@outbox.command("list")
@click.option("--all", "show_all", is_flag=True, help="Also show emails that were sent.")
def list_letters(show_all: bool) -> None:
    """List emails that are waiting or have failed."""
    statement = select(OutboxMail).order_by(OutboxMail.id)
    for row in db.session.scalars(statement if show_all else statement.where(OutboxMail.sent_at.is_(None))):
        state = "sent" if row.sent_at else "given up" if row.failed_at else f"waits until {row.not_before:%Y-%m-%d %H:%M:%S}Z"
        click.echo(f"{row.id}\t{row.template}\t{row.recipient}\t{state}\tattempts: {row.attempts}\t{row.last_error}")


@outbox.command("retry")
@click.argument("email_id", type=click.IntRange(1, MAX_ID), required=False)
def retry(email_id: int | None) -> None:
    """Send a failed email, or all of them, again now."""
    with writing() as session:
        statement = select(OutboxMail).where(OutboxMail.sent_at.is_(None))
        statement = (
            statement.where(OutboxMail.id == email_id) if email_id is not None else statement.where(OutboxMail.failed_at.is_not(None))
        )
        rows = session.scalars(statement).all()
        for row in rows:
            row.try_again(clock.now())
    if email_id and not rows:
        raise click.ClickException(f"There's no unsent email {email_id}.")
    click.echo(f"Emails to send again now: {len(rows)}.")
