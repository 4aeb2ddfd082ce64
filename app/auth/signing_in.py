"""Logging in and out."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.auth import auth
from app.auth.forms import CodeForm, LoginForm
from app.auth.rules import destination, not_signed_in
from app.operations import second_factor, signing_in
from app.queries import accounts, passkeys, second_factors
from app.security import login_limits, passwords, tokens
from app.security.events import APP_CODES_LOST, log_event
from app.web import sessions


@auth.route("/login", methods=["GET", "POST"])
@not_signed_in
def log_in() -> ResponseReturnValue:
    """Sign this browser in, and go where the person was going."""
    form = LoginForm()
    if form.validate_on_submit():
        user = accounts.by_name_or_email(form.username.data)
        counted = sessions.begin_attempt(user, form.username.data)
        if signing_in.is_password_of(user, form.password.data) and user is not None:
            counted.succeeded()
            if user.is_suspended:
                return render_template("auth/suspended.html"), 403
            better = passwords.hash_password(form.password.data) if passwords.needs_upgrade(user.password_hash) else None
            if second_factors.has_factor(user.id):
                if sessions.wait_for_second_factor(user, remember=form.remember_me.data, better_hash=better):
                    return redirect(url_for("auth.second_step", next=request.args.get("next")), 303)
            elif sessions.start(user, remember=form.remember_me.data, better_hash=better):
                return redirect(destination(), 303)
        log_event("log-in refused", person_id=user.id if user else None)
        form.password.errors = [_("Wrong user name or password.")]
    return render_template("auth/log_in.html", form=form), 422 if form.errors else 200


@auth.route("/login/second", methods=["GET", "POST"])
@not_signed_in
def second_step() -> ResponseReturnValue:
    """Ask for the second factor, five times at most, and sign this browser in."""
    waiting = second_factor.pending(session.get(sessions.PENDING, ""), clock.now())
    if waiting is None:
        session.pop(sessions.PENDING, None)
        flash(_("That took too long or there were too many attempts. Start again with your password."))
        return redirect(url_for("auth.log_in", next=request.args.get("next")), 303)
    form = CodeForm()
    if form.validate_on_submit():
        login_limits.count_code(waiting.user.username, sessions.trusted_device_id(waiting.user))
        try:
            if sessions.pass_second_factor(form.code.data):
                return redirect(destination(), 303)
            form.code.errors = [_("That code is wrong or was already used.")]
        except tokens.SecretLost:
            form.code.errors = [APP_CODES_LOST]
        log_event("wrong code", person_id=waiting.user_id)
    has_keys = bool(passkeys.list_passkeys(waiting.user_id))
    return render_template("auth/second_step.html", form=form, has_keys=has_keys), 422 if form.errors else 200


@auth.get("/logout")
def ask_to_log_out() -> ResponseReturnValue:
    """Show the button: a link alone must not sign anybody out."""
    return render_template("auth/log_out.html")


@auth.post("/logout")
def log_out() -> ResponseReturnValue:
    """Sign this browser out."""
    if current_user.is_authenticated:
        sessions.end()
    flash(_("You're logged out."))
    return redirect(url_for("public.home"), 303)
