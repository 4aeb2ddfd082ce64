"""Fetching is the permission check: the record for this person and this purpose, or 404.

Somebody else's record and a missing one give the same answer.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import NoReturn, ParamSpec
from urllib.parse import quote

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database.transactions import judge_again, judge_writes
from app.models import Attachment, Entry, HasUserId, Permission, Tag, User
from app.models.base import MAX_ID
from app.queries import accounts, attachments, entries, tags
from app.queries.accounts import CurrentUser
from app.security.events import log_event
from app.text.folding import clean_line
from app.web import sessions
from app.web.marks import mark, said_by_view
from app.web.redirects import is_safe_redirect

View = ParamSpec("View")
SECRETS = ("password", "code", "answer")


def current_reader() -> CurrentUser | None:
    """Return who is reading: the signed-in person once the address is confirmed and while the account is open, else nobody."""
    return current_user_or_401() if current_user.is_authenticated and current_user.is_admitted else None


def entry_to_read(reader: CurrentUser | None, entry_id: int) -> Entry:
    """Return an entry the reader may read, or answer 404."""
    return entries.readable(entry_id, reader, moderates=reader is not None and reader.moderates) or _not_found(reader, entry_id)


def entry_to_change(writer: HasUserId, entry_id: int) -> Entry:
    """Return the writer's own entry, out of the trash, as it is now, or answer 404."""
    return entries.own(entry_id, writer) or _not_found(writer, entry_id)


def _not_found(reader: HasUserId | None, entry_id: int) -> NoReturn:
    """Answer 404; whoever put the entry into the trash is told so, with the way back."""
    if reader and request.method in {"GET", "HEAD"} and (entry := entries.own(entry_id, reader, in_trash=True)):
        abort(make_response(render_template("main/in_trash.html", entry=entry), 404))
    abort(404)


def own_entry_named(text: str) -> Entry | None:
    """Return the writer's own entry whose id a form or an address gives as text, None where it names none that is there."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) <= MAX_ID:
        return None
    return entries.own(int(text[:12]), current_user_or_401())


def entry_in_trash(writer: HasUserId, entry_id: int) -> Entry:
    """Return the writer's own entry from the trash, or answer 404."""
    return entries.own(entry_id, writer, in_trash=True) or abort(404)


def file_to_read(reader: CurrentUser | None, key: str) -> Attachment:
    """Return a file the reader may have, or answer 404."""
    return attachments.readable(key, reader, moderates=reader is not None and reader.moderates) or abort(404)


def person(username: str) -> User:
    """Return the person with this user name, confirmed, come for the first time and not gone again, or answer 404."""
    found = accounts.by_username(clean_line(username))
    return found if found is not None and found.is_confirmed and found.password_hash and not found.is_closed else abort(404)


def tag(writer: HasUserId, name: str) -> Tag:
    """Return the writer's own tag of this name, or answer 404."""
    return tags.by_name(writer.id, clean_line(name)) or abort(404)


def tag_to_change(writer: HasUserId, tag_id: int) -> Tag:
    """Return the writer's own tag, or answer 404."""
    return tags.own(tag_id, writer.id) or abort(404)


def current_user_or_401() -> CurrentUser:
    """Return who is signed in, out of its proxy; 401 for strangers."""
    if not current_user.is_authenticated:
        abort(401)
    person: CurrentUser = current_user._get_current_object()  # noqa: SLF001  # a proxy's documented way out
    return person


def current_user_for_update() -> User:
    """Return the signed-in person's own row, as it is now and locked where the database can; inside `writing()` only."""
    mine = accounts.by_id_for_change(current_user_or_401().id) or abort(401)
    judge_again()
    return mine


def needs_reauthentication() -> bool:
    """Say whether the signed-in person has not given the password lately, for pages that keep what was typed meanwhile."""
    return not current_user_or_401().has_proved_lately(clock.now())


def require_recent_login(view: Callable[View, ResponseReturnValue]) -> Callable[View, ResponseReturnValue]:
    """Ask for the password first, unless it was given in this browser in the last ten minutes."""

    @wraps(view)
    def only_for_the_owner(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
        return ask_for_password() if needs_reauthentication() else view(*args, **kwargs)

    return only_for_the_owner


def ask_for_password() -> ResponseReturnValue:
    """Send the reader to the password, and from there on to the page, or with a form on to the act: it comes along as it is (307).

    A form with a password, a code or a passkey's answer in it does not: no page holds one in its source.
    """
    is_secret = any(word in name for name in request.form for word in SECRETS)
    if request.method != "POST" or is_secret:
        return redirect(url_for("account.prove", next=_page_behind(request.path)), 303)
    return redirect(url_for("account.prove_then", then=current_path()), 307)


def _page_behind(path: str) -> str:
    """Return the page that a button stands on: the nearest one upwards of where the button sends to."""
    while not is_safe_redirect(path):
        path = path.rpartition("/")[0] or "/"
    return path


def person_to_look_after(user_id: int) -> User:
    """Return anybody's account, locked where the database can, for those who look after people, or answer 404."""
    return accounts.by_id_for_change(user_id) or abort(404)


asks_for_password_itself = mark(asks_for_password_itself=True)
"""Lets a view on which much is typed judge it first, and ask for the password when it acts."""


def require_administrator() -> ResponseReturnValue | None:
    """Let in who may look after people; to others these pages are not there. An act needs the password given lately."""
    return _require(Permission.ADMINISTER)


def require_moderator() -> ResponseReturnValue | None:
    """Let in who may hide public entries; to others these pages are not there. An act needs the password given lately."""
    return _require(Permission.MODERATE)


def _require(permission: Permission) -> ResponseReturnValue | None:
    if not current_user.is_authenticated or not current_user.is_admitted or not current_user.may(permission):
        if current_user.is_authenticated:
            log_event("page of another role refused", person_id=current_user.id)
        abort(404)
    judge_writes(partial(sessions.refuse_ended, current_user_or_401(), int(permission)))
    if request.method == "POST" and not said_by_view("asks_for_password_itself") and needs_reauthentication():
        return ask_for_password()
    return None


def endpoint_for_unadmitted() -> str:
    """Return the endpoint of the page for who is signed in and not admitted: to come back, or to confirm the address."""
    return "auth.come_back" if current_user.is_closed else "auth.waiting"


def current_path() -> str:
    """Return the address of the page that is asked for, with its query, as a browser would write it."""
    query = request.query_string.decode("ascii", "replace")
    return quote(request.path) + (f"?{query}" if query else "")


def require_writer() -> ResponseReturnValue | None:
    """Let in who is signed in and confirmed; it is the one rule of every blueprint that is a writer's own.

    A form sent without a session is answered 401 on the spot: a redirect would throw away what it holds.
    """
    if not current_user.is_authenticated:
        if request.method == "POST":
            abort(401)
        return redirect(url_for("auth.log_in", next=current_path()), 303)
    if not current_user.is_admitted:
        return redirect(url_for(endpoint_for_unadmitted()), 303)
    return None
