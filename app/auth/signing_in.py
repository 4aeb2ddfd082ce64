"""Logging in and out."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import passwords, sessions
from app.addresses import is_page_of_ours
from app.auth import auth
from app.auth.forms import LoginForm
from app.auth.rules import not_signed_in
from app.operations import signing_in
from app.queries import accounts


@auth.route("/login", methods=["GET", "POST"])
@not_signed_in
def log_in() -> ResponseReturnValue:
    """Sign this browser in, and go where the person was going."""
    form = LoginForm()
    if form.validate_on_submit():
        user = accounts.by_name_or_email(form.username.data)
        counted = sessions.begin_try(user, form.username.data)
        if signing_in.is_password_of(user, form.password.data) and user is not None:
            counted.was_right()
            better = passwords.hash_password(form.password.data) if passwords.needs_upgrade(user.password_hash) else None
            if sessions.start(user, remember=form.remember_me.data, better_hash=better):
                destination = request.args.get("next", "")
                return redirect(destination if is_page_of_ours(destination) else url_for("public.home"), 303)
        form.password.errors = [_("No account has this name and password.")]
    return render_template("auth/log_in.html", form=form), 422 if form.errors else 200


@auth.get("/logout")
def ask_to_log_out() -> ResponseReturnValue:
    """Show the button: a link alone must not sign anybody out."""
    return render_template("auth/log_out.html")


@auth.post("/logout")
def log_out() -> ResponseReturnValue:
    """Sign this browser out."""
    if current_user.is_authenticated:
        sessions.end()
    flash(_("You are signed out."))
    return redirect(url_for("public.home"), 303)
