"""Setting a new password without the old one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.auth import auth
from app.auth.forms import AskForResetForm, ResetForm
from app.auth.rules import dead_links_lead_to, not_signed_in
from app.database.transactions import writing
from app.operations import passwords as changing
from app.queries import accounts, second_factors
from app.security import login_limits, passwords, tokens
from app.security.events import log_event
from app.web import sessions
from app.web.form_fields import StrongPassword


@auth.route("/reset", methods=["GET", "POST"])
@not_signed_in
def ask_for_reset() -> ResponseReturnValue:
    """Send a link to the address if it has an account; the answer is the same if it has none."""
    form = AskForResetForm()
    if form.validate_on_submit():
        log_event("new password asked for")
        known = sessions.trusted_device_id(accounts.by_email(form.email.data))
        if login_limits.may_write_to(form.email.data, "reset", request.remote_addr or "", known):
            with writing():
                changing.request_reset(form.email.data, clock.now())
        flash(_("If %(address)s has an account here, we sent it a link to set a new password.", address=form.email.data))
        return redirect(url_for("auth.log_in"), 303)
    return render_template("auth/ask_for_reset.html", form=form), 422 if form.errors else 200


@auth.route("/reset/<token>", methods=["GET", "POST"])
@not_signed_in
@dead_links_lead_to("auth.ask_for_reset")
def reset(token: str) -> ResponseReturnValue:
    """Set a new password; everybody who was signed in with the old one is signed out."""
    user = tokens.check(tokens.RESET, token, accounts.by_id(tokens.person_named_in(tokens.RESET, token)))
    form, late = ResetForm(), second_factors.added_lately(user.id, clock.now())
    own_words = StrongPassword(own_words=(user.username, user.email))
    if request.method == "POST" and form.validate(extra_validators={"password": [own_words]}):
        password_hash = passwords.hash_password(form.password.data)
        with writing():
            keep = request.form.getlist("keep")
            changing.reset(token, password_hash, sessions.this_browser(), clock.now(), keep=keep)
        login_limits.clear_failures(user.username, user.email)
        flash(_("Password changed. Log in with your new password."))
        return redirect(url_for("auth.log_in"), 303)
    return render_template("auth/reset.html", form=form, late=late), 422 if form.errors else 200
