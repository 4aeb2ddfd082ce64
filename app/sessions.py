"""Signing a browser in and out: the cookie side of `LoginSession`, wrapped round Flask-Login."""

import logging
import secrets

from flask import Flask, Response, after_this_request, current_app, g, request, session
from flask_login import current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from app import clock, guessing, logs, tokens
from app.database import writing
from app.extensions import login_manager
from app.models import User
from app.operations import events, passkeys, second_factor, signing_in
from app.queries import accounts
from app.queries.accounts import SignedIn
from app.webauthn import BadKey

login_manager.session_protection = None

MOST_PEOPLE_A_BROWSER = 8
SHORT_WAIT_MS = 100
PENDING = "pending"
CHALLENGE = "challenge"

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Note on every answer of `app`, once an hour, that a signed-in browser was here."""

    @app.after_request
    def seen(response: Response) -> Response:
        if response.status_code < 500:
            note_seen()
        return response


@login_manager.user_loader  # type: ignore[untyped-decorator]
def person_behind(key: str) -> SignedIn | None:
    """Return who is signed in with this key, or None; Flask-Login asks once a request."""
    found = accounts.signed_in(key, tokens.hash_of(key), clock.now())
    if found is not None:
        g.session_to_note = found.session_id if found.is_seen_long_ago(clock.now()) else None
    return found


def start(user: User, *, remember: bool, better_hash: str | None = None) -> bool:
    """Sign this browser in as `user`; what the browser was before is forgotten, its CSRF secret too.

    `user` is as it was when the password was checked. Returns False, with nobody signed in, where the password was changed
    since. `better_hash`, where given, replaces the stored one: the same password, hashed with today's method.
    """
    user_id, checked_hash = user.id, user.password_hash
    with writing():
        now_stored = _unchanged(user_id, checked_hash, better_hash)
        if now_stored is None:
            return False
        key = signing_in.start(now_stored, remember=remember, browser=this_browser(user_id), now=clock.now())
    _sign_in_here(user_id, key, remember=remember)
    return True


def _unchanged(user_id: int, checked_hash: str, better_hash: str | None) -> User | None:
    """Return the account as it is now, with the better hash if there is one, if the password that was checked still counts."""
    found = accounts.by_id_for_change(user_id)
    if found is None or found.password_hash != checked_hash or found.is_kept_out(clock.now()):
        return None
    if better_hash:
        found.password_hash = better_hash
    return found


def pass_second_factor(code: str) -> bool:
    """Count a try at the log-in that waits in this browser, and sign the browser in if the code is right."""
    browser, now = this_browser(), clock.now()
    with writing():
        waiting = second_factor.pending(session.get(PENDING, ""), now, for_change=True)
        if waiting is None or not second_factor.advance(waiting, code, browser, now):
            return False
        user_id, remember = waiting.user_id, waiting.is_remembered
        key = signing_in.start(waiting.user, remember=remember, browser=this_browser(user_id), now=now)
    _sign_in_here(user_id, key, remember=remember)
    return True


def pass_second_factor_by_key(answer: str) -> None:
    """Sign the browser in whose log-in waits, once one of the person's keys has answered; raise webauthn.BadKey."""
    now = clock.now()
    with writing():
        waiting = second_factor.pending(session.get(PENDING, ""), now, for_change=True)
        if waiting is None:
            raise BadKey
        user_id, remember = waiting.user_id, waiting.is_remembered
        passkeys.use(session.pop(CHALLENGE, ""), "second", answer, now, user_id=user_id, alone=False)
        second_factor.end_waiting(waiting)
        key = signing_in.start(waiting.user, remember=remember, browser=this_browser(user_id), now=now)
    _sign_in_here(user_id, key, remember=remember)


def start_by_key(answer: str, *, remember: bool) -> bool:
    """Sign this browser in as the person whose passkey has answered; raise webauthn.BadKey.

    Returns False, with nobody signed in, where that person is suspended.
    """
    now = clock.now()
    with writing():
        user = passkeys.use(session.pop(CHALLENGE, ""), "log-in", answer, now, alone=True)[0].user
        if user.is_suspended:
            return False
        if user.is_due_for_erasing(now):
            raise BadKey
        user_id = user.id
        key = signing_in.start(user, remember=remember, browser=this_browser(user_id), now=now)
    _sign_in_here(user_id, key, remember=remember)
    return True


def begin_challenge(purpose: str, user_id: int | None = None, *, user_handle: str = "") -> str:
    """Make a question for a key to sign in this browser, and return it."""
    with writing():
        key, question = passkeys.begin(purpose, user_id, clock.now(), user_handle=user_handle)
    session[CHALLENGE] = key
    return question


def _sign_in_here(user_id: int, key: str, *, remember: bool) -> None:
    logs.security_event("signed in", person_id=user_id)
    session.clear()
    session.permanent = remember
    login_user(person_behind(key))
    _remember_browser(user_id)


def this_browser(user_id: int | None = None) -> events.Browser:
    """Return where the request comes from, for the person's list of what happened."""
    is_known = bool(known_browser(user_id)) if user_id else True
    return events.Browser(request.user_agent.string, request.remote_addr or "", is_known)


def wait_for_second_factor(user: User, *, remember: bool, better_hash: str | None = None) -> bool:
    """Keep in this browser that the password was right; nobody is signed in yet. Returns False where it has changed since."""
    user_id, checked_hash = user.id, user.password_hash
    with writing():
        now_stored = _unchanged(user_id, checked_hash, better_hash)
        if now_stored is None:
            return False
        key = second_factor.wait_for(now_stored, remember=remember, now=clock.now())
    session.clear()
    session[PENDING] = key
    return True


def begin_try(user: User | None, name: str = "") -> guessing.Try:
    """Count a try at the password of an account, or of a name that has none; raise guessing.TooManyTries."""
    known = known_browser(user.id if user else None)
    return guessing.begin_try(user.username if user else name, request.remote_addr or "", known)


def renew(me: SignedIn, key: str) -> None:
    """Give this browser the new key that it got when its person proved to be there, once that is committed."""
    session["_user_id"] = key
    logs.security_event("proved again", person_id=me.id)


def known_browser(user_id: int | None) -> str:
    """Return the id of this browser if the person has signed in with it before, else nothing."""
    return dict(_known_here()).get(user_id, "") if user_id else ""


def _known_here() -> list[tuple[int, str]]:
    try:
        value = tokens.unseal(tokens.KNOWN_BROWSER, request.cookies.get(_known_cookie(), ""))
    except tokens.BadLink:
        return []
    return [(int(user_id), str(browser)) for user_id, browser in value] if isinstance(value, list) else []


def _remember_browser(user_id: int) -> None:
    """Have the answer set the cookie by which this browser is known again, also after the person has logged out."""
    known = _known_here()
    mine = dict(known).get(user_id) or secrets.token_urlsafe(12)
    others = [pair for pair in known if pair[0] != user_id]
    sealed = tokens.seal(tokens.KNOWN_BROWSER, [(user_id, mine), *others][:MOST_PEOPLE_A_BROWSER])

    @after_this_request
    def set_cookie(response: Response) -> Response:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        age = int(tokens.KNOWN_BROWSER.lifetime.total_seconds())
        response.set_cookie(_known_cookie(), sealed, max_age=age, secure=secure, httponly=True, samesite="Lax")
        return response


def _known_cookie() -> str:
    return "__Host-known" if current_app.config["SESSION_COOKIE_SECURE"] else "known"


def end() -> None:
    """Sign this browser out, here and in the database: its cookie opens nothing any more."""
    key = current_user.session_key
    with writing():
        signing_in.end(key)
    logs.security_event("signed out", person_id=current_user.id)
    forget_here()


def forget_here() -> None:
    """Let this browser forget who was signed in, whose row is gone already."""
    logout_user()
    session.clear()

    @after_this_request
    def wipe(response: Response) -> Response:
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


def note_seen() -> None:
    """Note once an hour that a signed-in browser was here; the one thing that a GET may write.

    No page waits for it or fails with it: the next one tries again.
    """
    session_id = g.get("session_to_note")
    if session_id is None:
        return
    try:
        with writing(patience_ms=SHORT_WAIT_MS):
            signing_in.note_seen(session_id, clock.now())
    except SQLAlchemyError as problem:
        log.warning("could not note that a browser was here: %s", type(problem).__name__)
