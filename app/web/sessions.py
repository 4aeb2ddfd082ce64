"""Signing a browser in and out: the cookie side of `LoginSession`, wrapped round Flask-Login."""

import logging
import secrets
from functools import partial

from flask import Flask, Response, abort, after_this_request, current_app, g, request, session
from flask_login import current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.database.transactions import allow_writes, in_line_for, judge_again, judge_writes, writing
from app.extensions import login_manager
from app.models import ChallengePurpose, User
from app.operations import passkeys, second_factor, security_events, signing_in
from app.queries import accounts
from app.queries.accounts import CurrentUser
from app.security import login_limits, tokens
from app.security.events import log_event
from app.security.webauthn import InvalidPasskeyResponse
from app.web.sealed_cookies import SealedSessions

login_manager.session_protection = None

MAX_PEOPLE_A_BROWSER = 8
SHORT_WAIT_MS = 100
PENDING = "pending"
CHALLENGE = "challenge"

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Keep sessions of `app` sealed, and note on every answer, once an hour, that a signed-in browser was here."""
    app.session_interface = SealedSessions()

    @app.after_request
    def seen(response: Response) -> Response:
        if response.status_code < 500:
            note_seen()
        return response


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_user(key: str) -> CurrentUser | None:
    """Return who is signed in with this key, or None; Flask-Login asks once a request."""
    found = accounts.signed_in(key, tokens.hash_of(key), clock.now())
    if found is not None:
        in_line_for(found.id)
        judge_writes(partial(refuse_ended, found))
        g.session_to_note = found.session_id if found.is_seen_long_ago(clock.now()) else None
    return found


def refuse_ended(found: CurrentUser, permission: int = 0) -> None:
    """Answer 401 where a session has ended since its request began, 404 where a permission is gone: no act outlives its right."""
    permissions = accounts.permissions_still(found, clock.now())
    if permissions is None:
        see_nobody()
        abort(401)
    if permissions & permission != permission:
        abort(404)


def see_nobody() -> None:
    """Let the rest of this request be a stranger's: its page says nothing of who was signed in, and asks no database."""
    g._login_user = login_manager.anonymous_user()  # noqa: SLF001  # where Flask-Login keeps who is signed in


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
        key = signing_in.start(now_stored, remember=remember, browser=this_browser(now_stored), now=clock.now())
    return _sign_in_here(now_stored, key, remember=remember)


def _unchanged(user_id: int, checked_hash: str | None, better_hash: str | None) -> User | None:
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
        user, remember = waiting.user, waiting.is_remembered
        key = signing_in.start(user, remember=remember, browser=this_browser(user), now=now)
    return _sign_in_here(user, key, remember=remember)


def pass_second_factor_by_key(answer: str) -> None:
    """Sign the browser in whose log-in waits, once one of the person's keys has answered; raise webauthn.InvalidPasskeyResponse."""
    now = clock.now()
    with writing():
        waiting = second_factor.pending(session.get(PENDING, ""), now, for_change=True)
        if waiting is None:
            raise InvalidPasskeyResponse
        user, remember = waiting.user, waiting.is_remembered
        passkeys.use(session.pop(CHALLENGE, ""), ChallengePurpose.SECOND_FACTOR, answer, now, user_id=user.id, alone=False)
        second_factor.end_waiting(waiting)
        key = signing_in.start(user, remember=remember, browser=this_browser(user), now=now)
    if not _sign_in_here(user, key, remember=remember):
        raise InvalidPasskeyResponse


def start_by_key(answer: str, *, remember: bool) -> bool:
    """Sign this browser in as the person whose passkey has answered; raise webauthn.InvalidPasskeyResponse.

    Returns False, with nobody signed in, where that person is suspended.
    """
    now = clock.now()
    with writing():
        user = passkeys.use(session.pop(CHALLENGE, ""), ChallengePurpose.LOG_IN, answer, now, alone=True)[0].user
        if user.is_suspended:
            return False
        if user.is_due_for_erasing(now):
            raise InvalidPasskeyResponse
        key = signing_in.start(user, remember=remember, browser=this_browser(user), now=now)
    if not _sign_in_here(user, key, remember=remember):
        raise InvalidPasskeyResponse
    return True


def begin_challenge(purpose: ChallengePurpose, user_id: int | None = None, *, user_handle: str = "") -> str:
    """Make a challenge for a key to sign in this browser, and return it."""
    with writing():
        key, challenge = passkeys.begin(purpose, user_id, clock.now(), user_handle=user_handle)
        judge_again()
    session[CHALLENGE] = key
    return challenge


def _sign_in_here(user: User, key: str, *, remember: bool) -> bool:
    """Let this browser hold the key; returns False where it opens nothing any more: somebody has just ended all log-ins."""
    session.clear()
    found = load_user(key)
    if found is None:
        return False
    log_event("signed in", person_id=user.id)
    session.permanent = remember
    login_user(found)
    remember_browser(user)
    return True


def this_browser(user: User | None = None) -> security_events.Browser:
    """Return where the request comes from, for the person's list of what happened."""
    is_known = bool(trusted_device_id(user)) if user else True
    key = current_user.session_key if current_user.is_authenticated else ""
    return security_events.Browser(request.user_agent.string, request.remote_addr or "", is_known, key)


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


def begin_attempt(user: User | None, typed: str) -> login_limits.Attempt:
    """Count a try at the password of an account, by the name that was typed for it; raise guessing.TooManyAttempts."""
    return login_limits.begin_attempt(typed, request.remote_addr or "", trusted_device_id(user))


def is_password_of(user: User | None, typed: str, password: str) -> bool:
    """Say whether this is the account's password, counted as a try at the name that was typed; raise guessing.TooManyAttempts."""
    counted = begin_attempt(user, typed)
    is_right = signing_in.is_password_of(user, password)
    if is_right:
        counted.succeeded()
    return is_right


def rotate_session_token(me: CurrentUser, key: str) -> None:
    """Give this browser the new key that it got when its person proved to be there, once that is committed."""
    session["_user_id"] = key
    log_event("proved again", person_id=me.id)


def trusted_device_id(user: User | None) -> str:
    """Return the id of this browser if the person has signed in with it since everything was ended last, else nothing."""
    return next((browser for user_id, browser, epoch in _known_here() if user and (user_id, epoch) == (user.id, user.epoch)), "")


def is_known_to_anybody() -> bool:
    """Say whether anybody has signed in with this browser before: a text whose session has ended is given back whole then."""
    return bool(_known_here())


def _known_here() -> list[tuple[int, str, int]]:
    try:
        value = tokens.unseal(tokens.KNOWN_BROWSER, request.cookies.get(_known_cookie(), ""))
    except tokens.InvalidLink:
        return []
    return [(int(one[0]), str(one[1]), int(one[2])) for one in value if len(one) == 3] if isinstance(value, list) else []


def remember_browser(user: User) -> None:
    """Have the answer set the cookie by which this browser is known again, also after the person has logged out."""
    mine = trusted_device_id(user) or secrets.token_urlsafe(12)
    others = [one for one in _known_here() if one[0] != user.id]
    sealed = tokens.seal(tokens.KNOWN_BROWSER, [(user.id, mine, user.epoch), *others][:MAX_PEOPLE_A_BROWSER])

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
    judge_writes(None)
    with writing():
        signing_in.end(key)
    log_event("signed out", person_id=current_user.id)
    clear_session()


def clear_session() -> None:
    """Let this browser forget who was signed in, whose row is gone already.

    Its storage goes too. Where unsent text of somebody else waits in it, the form says `others`: its page has wiped the rest itself.
    """
    others_wait = bool(request.form.get("others"))
    judge_writes(None)
    logout_user()
    session.clear()

    @after_this_request
    def wipe(response: Response) -> Response:
        response.headers["Clear-Site-Data"] = '"cache"' if others_wait else '"cache", "storage"'
        return response


def note_seen() -> None:
    """Note once an hour that a signed-in browser was here; the one thing that a GET may write.

    No page waits for it or fails with it: the next one tries again.
    """
    session_id = g.get("session_to_note")
    if session_id is None:
        return
    judge_writes(None)
    try:
        with allow_writes(), writing(patience_ms=SHORT_WAIT_MS):
            signing_in.note_seen(session_id, clock.now())
    except SQLAlchemyError as problem:
        log.warning("could not note that a browser was here: %s", type(problem).__name__)
