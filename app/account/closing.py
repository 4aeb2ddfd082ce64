"""Closing the account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, i18n
from app.account import account
from app.account.forms import CloseForm
from app.database.transactions import writing
from app.models import User
from app.operations import closing
from app.operations.errors import LastAdministrator
from app.text.folding import fold
from app.web import access, sessions


@account.route("/close", methods=["GET", "POST"])
@access.require_recent_login
def close() -> ResponseReturnValue:
    """Close the account once its name is typed, and sign out; it waits 14 days to be erased."""
    me, form, now = access.current_user_or_401(), CloseForm(), clock.now()
    if form.validate_on_submit():
        try:
            if fold(form.username.data) != fold(me.username):
                form.username.errors = [_("That isn't your user name.")]
            else:
                with writing():
                    closing.close(access.current_user_for_update(), sessions.this_browser(), now)
                until = i18n.format_moment(now + User.ERASED_AFTER, me.timezone)
                sessions.clear_session()
                flash(_("Your account is closed. Log in before %(moment)s to reopen it.", moment=until))
                return redirect(url_for("public.home"), 303)
        except LastAdministrator:
            form.username.errors = [_("You're the only administrator. Make someone else an administrator first.")]
    return render_template("account/close.html", form=form, days=User.ERASED_AFTER.days), 422 if form.errors else 200
