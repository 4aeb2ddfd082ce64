"""Taking another user name."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.account import account
from app.account.forms import UsernameForm
from app.database.transactions import writing
from app.operations import profile
from app.operations.errors import UsernameTaken
from app.web import access, sessions


@account.route("/username", methods=["GET", "POST"])
@access.require_recent_login
def username() -> ResponseReturnValue:
    """Change the user name, and with it the address of the person's page."""
    form = UsernameForm(obj=access.current_user_or_401())
    if form.validate_on_submit():
        try:
            with writing():
                profile.rename(access.current_user_for_update(), form.username.data, sessions.this_browser(), clock.now())
        except UsernameTaken:
            form.username.errors = [_("That user name is taken. Choose another.")]
        else:
            flash(_("Your user name is now %(username)s.", username=form.username.data))
            return redirect(url_for("account.settings"), 303)
    return render_template("account/username.html", form=form), 422 if form.errors else 200
