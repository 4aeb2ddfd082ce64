"""The link of somebody whose account was made by another: the first password."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.auth import auth
from app.auth.forms import ResetForm, SlipForm
from app.auth.rules import dead_links_lead_to, not_signed_in
from app.database.transactions import writing
from app.operations import passwords as changing
from app.queries import accounts
from app.security import passwords, tokens
from app.security.events import log_event
from app.web import sessions
from app.web.form_fields import StrongPassword


@auth.route("/welcome", methods=["GET", "POST"])
@not_signed_in
def enter_code() -> ResponseReturnValue:
    """Lead to the first password whoever types the user name and the code of a login slip; each try counts as one at a password."""
    form = SlipForm()
    if form.validate_on_submit():
        user = accounts.by_name_or_email(form.username.data)
        counted = sessions.begin_attempt(user, form.username.data)
        if tokens.is_code_of(tokens.FIRST_PASSWORD, user, form.code.data, clock.now()) and user and not user.password_hash:
            counted.succeeded()
            return redirect(url_for("auth.welcome", token=tokens.sign(tokens.FIRST_PASSWORD, user)), 303)
        log_event("slip code refused", person_id=user.id if user else None)
        form.code.errors = [
            _("Wrong user name or code, or the code has expired or was already used. Whoever gave you the slip can make a new one.")
        ]
    return render_template("auth/enter_code.html", form=form), 422 if form.errors else 200


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
