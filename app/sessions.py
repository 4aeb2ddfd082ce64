"""Signing a browser in and out: the cookie side of `LoginSession`, wrapped round Flask-Login."""

from flask import Flask, Response, g, request, session
from flask_login import current_user, login_user, logout_user

from app import clock
from app.database import writing
from app.extensions import login_manager
from app.models import User
from app.operations import signing_in
from app.queries import accounts
from app.queries.accounts import SignedIn

login_manager.session_protection = None


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
    found = accounts.signed_in(key, signing_in.hash_of(key), clock.now())
    if found is not None:
        g.session_to_note = found.session_id if found.is_seen_long_ago(clock.now()) else None
    return found


def start(user: User, remember: bool, password_hash: str | None = None) -> None:
    """Sign this browser in as `user`; what the browser was before is forgotten, its CSRF secret too.

    `password_hash`, where given, replaces the stored one: a hash made with today's method.
    """
    with writing():
        key = signing_in.start(user, remember=remember, user_agent=request.user_agent.string, now=clock.now())
        if password_hash:
            user.password_hash = password_hash
    session.clear()
    session.permanent = remember
    login_user(person_behind(key))


def end() -> None:
    """Sign this browser out, here and in the database: its cookie opens nothing any more."""
    key = current_user.session_key
    with writing():
        signing_in.end(key)
    logout_user()
    session.clear()


def note_seen() -> None:
    """Note once an hour that a signed-in browser was here; the one thing that a GET may write."""
    session_id = g.get("session_to_note")
    if session_id is not None:
        with writing():
            signing_in.note_seen(session_id, clock.now())
