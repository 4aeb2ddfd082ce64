"""Emptying the outbox: claim an email, write it out in the reader's language, hand it over, note how that went."""

import logging
import smtplib
import uuid
from datetime import datetime
from threading import Event

from flask import current_app, render_template
from flask_mail import Message
from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import joinedload

from app import clock, i18n
from app.database.transactions import writing
from app.extensions import db
from app.mail.transport import LONGEST_CONVERSATION_SECONDS, carry
from app.models import OutboxMail, SecurityEvent, User
from app.queries import address_changes
from app.security import tokens
from app.security.events import SENTENCES
from app.text import names
from app.urls import public_url

__all__ = ["LONGEST_CONVERSATION_SECONDS", "ServerAway", "claim", "compose", "deliver_waiting"]

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
AWAY_SECONDS = 30.0
PERMANENT = 500
URGENT = ("reset_password", "confirm_address", "confirm_new_address", "first_password")
"""What somebody sits and waits for."""

LINKS: dict[str, tuple[str, tokens.Purpose]] = {
    "confirm_address": ("auth.open_confirmation", tokens.CONFIRM),
    "reset_password": ("auth.reset", tokens.RESET),
    "first_password": ("auth.welcome", tokens.FIRST_PASSWORD),
}
ADDRESS_LINKS: dict[str, tuple[str, tokens.Purpose]] = {
    "confirm_new_address": ("auth.open_new_address", tokens.CHANGE_ADDRESS),
    "address_changed": ("auth.open_undo", tokens.UNDO_ADDRESS),
}


_ASK_FOR_RESET = {"reset_link": "auth.ask_for_reset"}
PAGES: dict[str, dict[str, str]] = {
    "welcome_back": _ASK_FOR_RESET,
    "password_changed": _ASK_FOR_RESET,
    "safety_notice": _ASK_FOR_RESET,
    "account_closed": {**_ASK_FOR_RESET, "login_link": "auth.log_in"},
    "new_administrator": {"link": "admin.everybody"},
}
"""Which pages an email leads to, by what its text calls them."""


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
        .order_by(case((OutboxMail.letter.in_(URGENT), 0), else_=1), OutboxMail.not_before, OutboxMail.id)
        .limit(1)
    )
    if db.session.scalar(due) is None:
        db.session.rollback()
        return None
    with writing() as session:
        return session.scalar(
            update(OutboxMail)
            .where(OutboxMail.id == due.with_for_update(skip_locked=True).scalar_subquery())
            .values(lease=str(uuid.uuid4()), leased_until=now + OutboxMail.LEASE, attempts=OutboxMail.attempts + 1)
            .returning(OutboxMail.id)
            .execution_options(synchronize_session=False)
        )


class Obsolete(Exception):
    """An email has nothing to say any more."""


def _deliver(row_id: int) -> bool:
    row = db.session.scalars(
        select(OutboxMail)
        .where(OutboxMail.id == row_id)
        .options(joinedload(OutboxMail.user).joinedload(User.role))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return False
    lease = row.lease
    problem = _attempt(row)
    with writing() as session:
        found = session.scalars(select(OutboxMail).where(OutboxMail.id == row_id, OutboxMail.lease == lease)).one_or_none()
        if found is not None:
            _note(found, problem)
    if problem is not None and _is_away(problem):
        raise ServerAway from problem
    return problem is None


def _note(row: OutboxMail, problem: Exception | None) -> None:
    now = clock.now()
    if problem is None:
        row.note_sent(now)
    elif isinstance(problem, Obsolete):
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
    return isinstance(problem, (OSError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)) and not isinstance(
        problem, (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)
    )


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
        carry(message)
    except (OSError, smtplib.SMTPException, Obsolete) as problem:
        log.warning("letter %d was not taken: %s", row.id, type(problem).__name__)
        return problem
    except Exception as problem:
        log.exception("letter %d could not be written", row.id)
        return problem
    return None


def _about_address(row: OutboxMail) -> dict[str, object]:
    """Return the change of address that an email is about, and its link; a change that is gone makes no email."""
    change = address_changes.by_id(int(row.details["change"]))
    if change is None:
        raise Obsolete("the change of address was taken back")
    endpoint, purpose = ADDRESS_LINKS[row.letter]
    return {"change": change, "link": public_url(endpoint, token=tokens.sign_row(purpose, change.id, change.state))}


def _undo_link(event_id: int) -> str:
    """Return the link that takes a change back; a change that is gone from the list makes no email."""
    event = db.session.get(SecurityEvent, event_id)
    if event is None or event.undone_at is not None:
        raise Obsolete("what it tells of was taken back")
    return public_url("auth.open_undo_of_event", token=tokens.sign_row(tokens.UNDO, event.id, event.state))


def compose(row: OutboxMail) -> Message:
    """Return the email in its reader's language: subject, text and HTML, with a link made now."""
    user = row.user
    facts: dict[str, object] = {**row.details, "user": user, "home": public_url("public.home")}
    if row.letter in LINKS and row.recipient != user.email:
        raise Obsolete("the account is at another address by now")
    if row.letter == "first_password" and user.password_hash:
        raise Obsolete("the first password was chosen")
    if row.letter in LINKS:
        endpoint, purpose = LINKS[row.letter]
        facts["link"] = public_url(endpoint, token=tokens.sign(purpose, user))
    if row.letter in ADDRESS_LINKS:
        facts.update(_about_address(row))
    facts.update({fact: public_url(endpoint) for fact, endpoint in PAGES.get(row.letter, {}).items()})
    if "event" in row.details:
        facts["undo_link"] = _undo_link(int(row.details["event"]))
    if "entry" in row.details:
        facts["link"] = public_url("public.entry", entry_id=int(row.details["entry"]))
    if "kind" in row.details:
        facts["event"] = SENTENCES[row.details["kind"]]
    facts.update({name: datetime.fromisoformat(row.details[name]) for name in ("at", "until") if name in row.details})
    with i18n.speaking(user.locale):
        with i18n.plain_text():
            subject = " ".join(render_template(f"mail/{row.letter}/subject.txt", **facts).split())
            text = render_template(f"mail/{row.letter}/body.txt", **facts)
        message = Message(
            f"{current_app.config['MAIL_SUBJECT_PREFIX']} {subject}".strip(),
            recipients=[names.deliverable(row.recipient)],
            body=text,
            html=render_template(f"mail/{row.letter}/body.html", **facts),
            date=row.created_at.timestamp(),
            extra_headers={"Auto-Submitted": "auto-generated"},
        )
    message.msgId = row.message_id
    return message
