"""The link of somebody whose account was made by another: the first password."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.auth import auth
from app.auth.forms import ResetForm
from app.auth.rules import dead_links_lead_to, not_signed_in
from app.database.transactions import writing
from app.operations import passwords as changing
from app.queries import accounts
from app.security import passwords, tokens
from app.web import sessions
from app.web.form_fields import StrongPassword


@auth.route("/welcome/<token>", methods=["GET", "POST"])
@not_signed_in
@dead_links_lead_to("auth.ask_for_reset")
def welcome(token: str) -> ResponseReturnValue:
    """Let the person choose the first password; the link works once."""
    user = tokens.check(tokens.FIRST_PASSWORD, token, accounts.by_id(tokens.person_named_in(tokens.FIRST_PASSWORD, token)))
    form = ResetForm()
    own_words = StrongPassword(own_words=(user.username, user.email, user.name_for_admins))
    if request.method == "POST" and form.validate(extra_validators={"password": [own_words]}):
        password_hash = passwords.hash_password(form.password.data)
        with writing():
            changing.choose_first(token, password_hash, sessions.this_browser(), clock.now())
        flash(_("Password set. Log in to continue."))
        return redirect(url_for("auth.log_in"), 303)
    return render_template("auth/welcome.html", form=form, person=user), 422 if form.errors else 200
