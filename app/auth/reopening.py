"""The way back into an account that its person has closed."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.auth import auth
from app.database.transactions import writing
from app.operations import closing
from app.operations.errors import ReopenPeriodOver
from app.queries import accounts
from app.web import access, sessions


@auth.get("/come-back")
def come_back() -> ResponseReturnValue:
    """Say until when the account can be opened again."""
    if not current_user.is_authenticated or not current_user.is_closed:
        return redirect(url_for("public.home"), 303)
    return render_template("auth/reopen_account.html", person=accounts.by_id(current_user.id))


@auth.post("/come-back")
def open_again() -> ResponseReturnValue:
    """Open the account again."""
    if not current_user.is_authenticated:
        abort(401)
    try:
        with writing():
            closing.reopen(access.current_user_for_update(), sessions.this_browser(), clock.now())
    except ReopenPeriodOver:
        abort(410)
    flash(_("Welcome back. Everything is as you left it."))
    return redirect(url_for("public.home"), 303)
