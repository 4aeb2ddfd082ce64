"""Emptying the outbox: claim an email, let it be composed, hand it over, note how that went."""

import logging
import smtplib
import uuid
from datetime import datetime
from threading import Event

from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import joinedload

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.mail.emails import NothingToSend, compose
from app.mail.transport import MAX_CONVERSATION_SECONDS, send
from app.models import OutboxMail, User

__all__ = ["MAX_CONVERSATION_SECONDS", "ServerAway", "claim", "deliver_waiting"]

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
AWAY_SECONDS = 30.0
PERMANENT = 500
CLOSING = 421
"""What a server says that is about to hang up, whatever was asked of it (RFC 5321, 4.2.2)."""
URGENT = ("reset_password", "confirm_address", "confirm_new_address", "first_password")
"""What somebody sits and waits for."""


class ServerAway(Exception):
    """The mail server cannot be reached; there is no sense in trying others now."""


def deliver_waiting(stop: Event | None = None) -> int:
    """Send every email whose time has come, those first that somebody waits for, and return how many were handed over.

    Raises ServerAway at the first that meets no server: the others keep their turn, and go as soon as it is back.
    """
    sent = 0
    while not (stop and stop.is_set()) and (row_id := claim(clock.now())) is not None:
        sent += _deliver(row_id)
    return sent


def claim(now: datetime) -> int | None:
    """Take the next email for this sender alone and return its id, or None when nothing waits.

    One statement on both engines: the lease makes it nobody else's for two minutes, after which a sender that died with it
    is forgotten and the email goes to another.
    """
    due = (
        select(OutboxMail.id)
        .where(
            OutboxMail.sent_at.is_(None),
            OutboxMail.failed_at.is_(None),
            OutboxMail.not_before <= now,
            or_(OutboxMail.leased_until.is_(None), OutboxMail.leased_until < now),
        )
        .order_by(case((OutboxMail.template.in_(URGENT), 0), else_=1), OutboxMail.not_before, OutboxMail.id)
        .limit(1)
    )
    if db.session.scalar(due) is None:
        db.session.rollback()
        return None
    with writing() as session:
        return session.scalar(
            update(OutboxMail)
            .where(OutboxMail.id == due.with_for_update(skip_locked=True).scalar_subquery())
            .values(lease_token=str(uuid.uuid4()), leased_until=now + OutboxMail.LEASE, attempts=OutboxMail.attempts + 1)
            .returning(OutboxMail.id)
            .execution_options(synchronize_session=False)
        )


def _deliver(row_id: int) -> bool:
    row = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.id == row_id)
        .options(joinedload(OutboxMail.user).joinedload(User.role))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return False
    lease_token = row.lease_token
    problem = _attempt(row)
    with writing() as session:
        found = session.scalars(select(OutboxMail).where(OutboxMail.id == row_id, OutboxMail.lease_token == lease_token)).one_or_none()
        if found is not None:
            _note(found, problem)
    if problem is not None and _is_away(problem):
        raise ServerAway from problem
    return problem is None


def _note(row: OutboxMail, problem: Exception | None) -> None:
    now = clock.now()
    if problem is None:
        row.note_sent(now)
    elif isinstance(problem, NothingToSend):
        row.give_up(str(problem), now)
    elif _is_final(problem):
        log.warning("email %d was refused for good", row.id)
        row.give_up(_told(problem), now)
    elif _is_away(problem):
        row.wait_for_server(_told(problem), now)
    else:
        row.note_failure(_told(problem), now)


def _told(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"


def _is_away(problem: Exception) -> bool:
    """Say whether the server as a whole is the matter, and not this email."""
    if isinstance(
        problem, (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError, smtplib.SMTPServerDisconnected)
    ):
        return True
    if isinstance(problem, smtplib.SMTPResponseException):
        return problem.smtp_code == CLOSING
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return any(code == CLOSING for code, _words in problem.recipients.values())
    return isinstance(problem, OSError)


def _is_final(problem: Exception) -> bool:
    """Say whether the server will never take this email (RFC 5321, 4.2.1: replies from 500 on)."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _words in problem.recipients.values())
    is_of_this_email = isinstance(problem, (smtplib.SMTPSenderRefused, smtplib.SMTPDataError))
    return is_of_this_email and isinstance(problem, smtplib.SMTPResponseException) and problem.smtp_code >= PERMANENT


def _attempt(row: OutboxMail) -> Exception | None:
    """Try once and return what went wrong, None when the email is gone."""
    try:
        message = compose(row)
        db.session.rollback()
        send(message)
    except (OSError, smtplib.SMTPException, NothingToSend) as problem:
        log.warning("email %d was not taken: %s", row.id, type(problem).__name__)
        return problem
    except Exception as problem:
        log.exception("email %d could not be written", row.id)
        return problem
    return None
