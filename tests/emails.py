"""Looking at emails as they would leave."""

import re
from contextlib import suppress

from flask import Flask
from flask_mail import Message
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.mail import emails
from app.models import OutboxMail, User


def waiting_emails(app: Flask) -> list[Message]:
    """Return the emails that wait in the outbox and still have something to say, written out, oldest first."""
    with app.app_context():
        rows = db.session.scalars(
            select(OutboxMail)
            .where(OutboxMail.sent_at.is_(None))
            .order_by(OutboxMail.id)
            .options(joinedload(OutboxMail.user).joinedload(User.role))
        ).all()
        found = []
        for row in rows:
            with suppress(emails.NothingToSend):
                found.append(emails.compose(row))
        return found


def links_in(email: Message) -> list[str]:
    """Return the paths of the links in an email's text, the plain address of the journal left out."""
    return re.findall(r"http://localhost(/\S+)", email.body or "")
