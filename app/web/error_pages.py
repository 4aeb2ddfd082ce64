"""Error pages: a clear sentence, what to do now, and what was typed given back."""

import errno
import logging
from collections.abc import Callable
from math import ceil

from flask import Flask, Response, g, make_response, render_template, request, session, url_for
from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from app.extensions import db
from app.operations.errors import WrongAccount
from app.security.counters import StoreAway
from app.security.events import log_event
from app.security.login_limits import TooManyAttempts
from app.security.passwords import TooBusy
from app.web import sessions, upload_limits
from app.web.logging import request_id
from app.web.marks import View, mark, said_by_view
from app.web.one_at_a_time import OneAtATime
from app.web.origins import is_from_elsewhere

log = logging.getLogger(__name__)

TEXT_FIELDS = (
    "title",
    "name",
    "body",
    "entry_date",
    "entry_time",
    "tags",
    "mood",
    "place",
    "visibility",
    "version",
    "key",
    "serial",
    "writer",
    "entry",
)

EXPLANATIONS = {
    400: (_("We couldn't understand this request"), _("Something was missing or garbled. Go back, reload the page and try again.")),
    401: (_("You're logged out"), _("Log in to continue.")),
    403: (_("You can't do this"), _("The request came from another site, or you don't have permission.")),
    404: (_("Page not found"), _("This page doesn't exist, or you don't have access to it.")),
    405: (_("This page doesn't work that way"), _("Go back and use the page's own buttons.")),
    409: (_("This changed while you were editing"), _("Reload the page and make your change again.")),
    410: (_("This link has expired or was already used"), _("Request a new one.")),
    413: (
        _("This is too large"),
        _("An entry can have up to two million characters, and files have a size limit. Split the entry, or add smaller files."),
    ),
    415: (_("This request isn't a form"), _("Use the buttons on the page.")),
    422: (_("Check what you entered"), _("Something is missing or invalid. Correct it and try again.")),
    429: (_("Too many attempts"), _("Wait a moment, then try again.")),
    500: (_("Something went wrong"), _("The error has been logged for whoever runs this journal. Nothing you saved is affected.")),
    503: (_("Daybook is busy"), _("The database didn't respond in time. Try again in a moment.")),
}
NO_COOKIE = (
    _("Your browser didn't send a cookie"),
    _("Allow cookies for this site, open it at the address in our emails, and try again."),
)
OTHER_SITE = (_("This request came from another site"), _("Nothing was changed. If you sent it from here, reload the page and try again."))
CSRF_EXPLANATION = (
    _("Your session has changed"),
    _("You may have logged in or out in another window. Nothing was changed. Send it again from here."),
)
OTHER_WRITER = (
    _("Someone else is logged in"),
    _("A different person started this entry. They need to log in again to save it."),
)
CROWD = (_("Too many people are logging in right now"), _("Nothing was changed. Try again in a few seconds."))
BUSY_FOR_YOU = (_("Still working on your last request"), _("Nothing was changed. Try again in a few seconds."))
FULL_DISK = (
    _("The server's disk is full"),
    _("Your change wasn't saved, but nothing is lost. Ask whoever runs this journal to free up space."),
)
READ_ONLY = (
    _("The server can't write to its data folder"),
    _("Your change wasn't saved, but nothing is lost. Ask whoever runs this journal to make its data folder writable."),
)
DISKS = {errno.ENOSPC: FULL_DISK, errno.EDQUOT: FULL_DISK, errno.EROFS: READ_ONLY, errno.EACCES: READ_ONLY, errno.EPERM: READ_ONLY}
"""What is the matter with the disk, by the system's number of the error."""
WRONG_HOST = "This journal does not answer to that host name. Use the address in PUBLIC_URL."
RETRY_SECONDS = {429: "60", 503: "5"}


def init_app(app: Flask) -> None:
    """Answer every fault of `app` with a page."""
    app.register_error_handler(HTTPException, explain_http)
    app.register_error_handler(SecurityError, explain_host)
    app.register_error_handler(CSRFError, explain_csrf)
    app.register_error_handler(TooManyAttempts, explain_limit)
    app.register_error_handler(TooBusy, explain_crowd)
    app.register_error_handler(OneAtATime, explain_turn)
    app.register_error_handler(WrongAccount, explain_other_writer)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, explain_database)
    app.register_error_handler(StoreAway, explain_database)
    if not app.debug:
        app.register_error_handler(Exception, explain_error)


def explain_host(problem: SecurityError) -> Response:
    """Answer a request for a host that is not ours; no page can be made, since no address of ours is known."""
    log_event("unknown host name refused")
    return make_response(f"{WRONG_HOST}\n", 400, {"Content-Type": "text/plain; charset=utf-8"})


def explain_http(problem: HTTPException) -> Response:
    """Answer what a view or Werkzeug refused."""
    if problem.response is not None and not isinstance(problem, RequestEntityTooLarge):
        return make_response(problem.response)
    code = problem.code or 500
    words = EXPLANATIONS.get(code, EXPLANATIONS[400 if code < 500 else 500])
    response = page(code, *(OTHER_SITE if code == 403 and is_from_elsewhere() else words))
    if allowed := getattr(problem, "valid_methods", None):
        response.headers["Allow"] = ", ".join(allowed)
    return response


def explain_csrf(problem: CSRFError) -> Response:
    """Answer a form whose secret does not belong to the session any more."""
    log_event("form secret refused")
    return page(400, *(CSRF_EXPLANATION if session.get("csrf_token") else NO_COOKIE))


def explain_limit(problem: TooManyAttempts) -> Response:
    """Answer who has tried too often, with when it makes sense again."""
    log_event("limit on tries met", level=logging.WARNING)
    minutes = ceil(problem.retry_after / 60)
    sentence = ngettext(
        "Try again in a minute. If you forgot your password, reset it by email.",
        "Try again in %(num)d minutes. If you forgot your password, reset it by email.",
        minutes,
    )
    response = page(429, EXPLANATIONS[429][0], sentence)
    response.headers["Retry-After"] = str(problem.retry_after)
    return response


def explain_crowd(problem: TooBusy) -> Response:
    """Answer while more passwords are being checked than the machine can do."""
    return page(503, *CROWD)


def explain_turn(problem: OneAtATime) -> Response:
    """Answer while an earlier request of the same person keeps the journal busy."""
    return page(503, *BUSY_FOR_YOU)


def explain_other_writer(problem: WrongAccount) -> Response:
    """Answer a text that somebody else began in this browser: it is saved for nobody but them."""
    return page(409, *OTHER_WRITER)


def explain_database(problem: Exception) -> Response:
    """Answer while the database is locked, full or away."""
    log.exception("the database did not answer")
    is_full = any(words in str(problem).lower() for words in ("disk is full", "no space left", "could not extend"))
    return page(503, *(FULL_DISK if is_full else EXPLANATIONS[503]))


def explain_error(problem: Exception) -> Response:
    """Answer an error of ours: a number to find it by in the log, and no word of what it was; or what is the matter with the disk."""
    if isinstance(problem, OSError) and problem.errno in DISKS:
        log.exception("the disk takes nothing")
        return page(503, *DISKS[problem.errno])
    number = request_id()
    log.exception("error %s at %s", number, request.endpoint)
    return page(500, *EXPLANATIONS[500], number=number)


def page(code: int, title: object, sentence: object, number: str = "") -> Response:
    """Return an error page that does not need the database, with the text given back if it was a save."""
    db.session.rollback()
    if code >= 500:
        sessions.see_nobody()
    kept, kept_at = kept_text(code)
    html = render_template(
        "errors/error.html", code=code, title=title, sentence=sentence, number=number, kept=kept, kept_at=kept_at, is_bare=code >= 500
    )
    response = make_response(html, code)
    if code in RETRY_SECONDS:
        response.headers["Retry-After"] = RETRY_SECONDS[code]
    return response


def gives_text_back(instead: str = "") -> Callable[[View], View]:
    """Let whatever refuses what a view was to save show the text again, with a button that sends it anew.

    `instead` is the endpoint that takes it where what the view was to change is gone.
    """
    return mark(saved_instead_by=instead)


def kept_text(code: int) -> tuple[dict[str, str] | None, str]:
    """Return the fields of the entry that was being saved, and the address to send them to again; None for other requests."""
    instead: str | None = said_by_view("saved_instead_by")
    if request.method != "POST" or instead is None or is_from_elsewhere():
        return None, ""
    if code == 413 and not current_user.is_authenticated:
        return None, ""
    if code == 413:
        upload_limits.read_words_only()
    try:
        kept = {name: request.form[name] for name in TEXT_FIELDS if name in request.form}
    except HTTPException:
        return None, ""
    if "body_with_files" in g:
        kept["body"] = g.body_with_files
    return kept, url_for(instead) if instead and code == 404 else request.path
