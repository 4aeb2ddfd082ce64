"""What each email says, in its reader's language, with links made now: one function an email, which tells its template the facts.

A template of `templates/mail/` is the email's HTML. Its title is the subject, and its plain text is read from it, so that
both say the same.
"""

import re
from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser

from flask import current_app, render_template
from flask_mail import Message

from app import clock, i18n
from app.extensions import db
from app.models import AddressChange, Entry, OutboxMail, Permission, SecurityEvent
from app.queries import accounts, address_changes, people
from app.security import tokens
from app.security.events import SENTENCES
from app.text import names
from app.urls import public_url

Facts = dict[str, object]
_SPACES = re.compile("[ \t\n]+")


class NothingToSend(Exception):
    """An email has nothing to say any more."""


def compose(row: OutboxMail) -> Message:
    """Return the email of a row of the outbox, whose person is loaded; raise NothingToSend."""
    facts = _FACTS[row.template](row)
    with i18n.force_language(row.user.locale):
        html = render_template(f"mail/{row.template}.html", user=row.user, home=public_url("public.home"), **facts)
    read = _PlainText(html)
    message = Message(
        f"{current_app.config['MAIL_SUBJECT_PREFIX']} {read.subject}".strip(),
        recipients=[names.deliverable(row.recipient)],
        body=read.text,
        html=html,
        date=row.created_at.timestamp(),
        extra_headers={"Auto-Submitted": "auto-generated"},
    )
    message.msgId = row.message_id
    return message


def confirm_address(row: OutboxMail) -> Facts:
    """Somebody signed up."""
    if row.user.is_confirmed:
        raise NothingToSend("the address is confirmed")
    return {"link": _link(row, "auth.open_confirmation", tokens.CONFIRM)}


def welcome_back(_row: OutboxMail) -> Facts:
    """Somebody signed up with an email that has an account."""
    return {"link": public_url("auth.ask_for_reset")}


def reset_password(row: OutboxMail) -> Facts:
    """Somebody forgot a password."""
    return {"link": _link(row, "auth.reset", tokens.RESET)}


def first_password(row: OutboxMail) -> Facts:
    """An administrator made an account for somebody."""
    if row.user.password_hash:
        raise NothingToSend("the first password was chosen")
    return {"link": _link(row, "auth.welcome", tokens.FIRST_PASSWORD), "until": clock.now() + tokens.FIRST_PASSWORD.lifetime}


def password_changed(row: OutboxMail) -> Facts:
    """The password is another one."""
    return {"at": _time(row), "undo_link": _undo_link(row)}


def safety_notice(row: OutboxMail) -> Facts:
    """Something happened to the security of the account."""
    facts = {"event": SENTENCES[row.context["kind"]], "device": row.context["device"], "address": row.context["address"]}
    return {"at": _time(row), "undo_link": _undo_link(row), **facts}


def confirm_new_address(row: OutboxMail) -> Facts:
    """The account is to have another email; this goes to that."""
    change = _change(row)
    if change.confirmed_at or change.undone_at:
        raise NothingToSend("the change of address was confirmed or taken back")
    return {"link": public_url("auth.open_new_address", token=tokens.sign_row(tokens.CHANGE_ADDRESS, change.id, change.state))}


def address_changed(row: OutboxMail) -> Facts:
    """The account has another email; this goes to the one before."""
    change = _change(row)
    link = public_url("auth.open_undo", token=tokens.sign_row(tokens.UNDO_ADDRESS, change.id, change.state))
    return {"at": _time(row), "change": change, "link": link}


def account_closed(row: OutboxMail) -> Facts:
    """The account is closed, and is erased later."""
    if not row.user.is_closed:
        raise NothingToSend("the account is open again")
    return {"at": _time(row), "undo_link": _undo_link(row), "login_link": public_url("auth.log_in")}


def entry_hidden(row: OutboxMail) -> Facts:
    """A moderator hid an entry."""
    entry = db.session.get(Entry, int(row.context["entry"]))
    if entry is None or not entry.is_hidden:
        raise NothingToSend("the entry is visible again, or gone")
    return {"at": _time(row), "reason": row.context["reason"], "link": public_url("public.entry", entry_id=int(row.context["entry"]))}


def new_administrator(row: OutboxMail) -> Facts:
    """Somebody else became an administrator, too."""
    newcomer = accounts.by_username(row.context["newcomer"])
    if newcomer is not None and not newcomer.role.permissions & Permission.ADMINISTER:
        raise NothingToSend("the role was taken back")
    return {"at": _time(row), "newcomer": row.context["newcomer"], "link": public_url("admin.people_page")}


def invitation(row: OutboxMail) -> Facts:
    """Somebody is invited to sign up."""
    keys = tokens.keys_from(row.context["seed"]) if current_app.config["REGISTRATION"] == "invite" else []
    for key in keys:
        found = people.invitation_with(tokens.hash_of(key))
        if found is not None and found.is_open(clock.now()):
            return {"link": public_url("auth.register", invite=key), "until": found.expires_at, "people": found.max_uses}
    raise NothingToSend("the invitation was revoked, used or expired, or is not needed any more")


_EMAILS: tuple[Callable[[OutboxMail], Facts], ...] = (
    *(confirm_address, welcome_back, reset_password, first_password, password_changed, safety_notice),
    *(confirm_new_address, address_changed, account_closed, entry_hidden, new_administrator, invitation),
)
_FACTS = {function.__name__: function for function in _EMAILS}


def _time(row: OutboxMail) -> datetime:
    return datetime.fromisoformat(row.context["at"])


def _link(row: OutboxMail, endpoint: str, purpose: tokens.Purpose) -> str:
    """Return a link that opens something of an account; only its own mailbox gets one."""
    if row.recipient != row.user.email:
        raise NothingToSend("the account is at another address by now")
    return public_url(endpoint, token=tokens.sign(purpose, row.user))


def _change(row: OutboxMail) -> AddressChange:
    change = address_changes.by_id(int(row.context["change"]))
    if change is None:
        raise NothingToSend("the change of address was taken back")
    return change


def _undo_link(row: OutboxMail) -> str:
    """Return the link that takes a change back; a change that is gone from the list makes no email."""
    event = db.session.get(SecurityEvent, int(row.context["event"]))
    if event is None or event.undone_at is not None:
        raise NothingToSend("what it tells of was taken back")
    return public_url("auth.open_undo_of_event", token=tokens.sign_row(tokens.UNDO, event.id, event.state))


class _PlainText(HTMLParser):
    """The subject and the plain text of an email's HTML.

    Of `main` each paragraph is one, indented where all of it is a link, of which only the address is kept, or bold; below
    comes the footer.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.subject, self.text = "", ""
        self._paragraphs: list[str] = []
        self._words, self._set_off, self._is_set_off = "", "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("title", "p"):
            self._words = self._set_off = ""
        elif tag == "main":
            self._paragraphs.clear()
        elif tag == "a":
            self._set_off, self._is_set_off = dict(attrs).get("href") or "", True
        elif tag == "strong":
            self._is_set_off = True

    def handle_data(self, data: str) -> None:
        if not self._is_set_off:
            self._words += data
        elif self.lasttag == "strong":
            self._set_off += data

    def handle_endtag(self, tag: str) -> None:
        words = _SPACES.sub(" ", self._words).strip()
        if tag in ("a", "strong"):
            self._is_set_off = False
        elif tag == "title":
            self.subject = words
        elif tag == "p":
            paragraph = words or f"    {self._set_off}"
            if paragraph not in self._paragraphs[-1:]:
                self._paragraphs.append(paragraph)
        elif tag == "main":
            self.text = "\n\n".join(self._paragraphs)
        elif tag == "footer":
            self.text += f"\n\n--\n{words}"
