"""Proving an email address."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.auth import auth
from app.auth.forms import OwnPasswordForm, ResetForm
from app.auth.rules import dead_links_lead_to, proves_password
from app.database.transactions import allow_writes, writing
from app.models import User
from app.operations import registration
from app.queries import accounts, people
from app.security import login_limits, passwords, tokens
from app.web import access, sessions
from app.web.form_fields import StrongPassword


@auth.get("/confirm/<token>")
@dead_links_lead_to("auth.waiting")
def open_confirmation(token: str) -> ResponseReturnValue:
    """Confirm at once for the signed-in owner, whose press on the link this is; show everybody else what they can do."""
    user = _named_in(token)
    if request.method != "GET" or not _is_signed_in_as(user):
        return _page(user)
    with allow_writes(), writing():
        registration.confirm(token, clock.now())
    return _confirmed(url_for("public.home"))


@auth.post("/confirm/<token>")
@dead_links_lead_to("auth.waiting")
def confirm(token: str) -> ResponseReturnValue:
    """Confirm for who knows the password, or chooses one; else remove an account that somebody else made with this address.

    The button alone does nothing: whoever signed up with another person's address would get a real account by it.
    """
    user = _named_in(token)
    if _is_signed_in_as(user):
        with writing():
            registration.confirm(token, clock.now())
        return _confirmed(url_for("public.home"))
    if "disown" in request.form:
        return _disown(token)
    return _choose_password(token, user) if "password2" in request.form else _prove_password(token, user)


def _prove_password(token: str, user: User) -> ResponseReturnValue:
    form = OwnPasswordForm()
    if not proves_password(user, form):
        return _page(user, form), 422
    with writing():
        registration.confirm(token, clock.now())
    return _confirmed(url_for("auth.log_in"))


def _choose_password(token: str, user: User) -> ResponseReturnValue:
    form = ResetForm()
    if form.validate(extra_validators={"password": [StrongPassword(own_words=(user.username, user.email))]}):
        password_hash = passwords.hash_password(form.password.data)
        with writing():
            registration.confirm_with_password(token, password_hash, sessions.this_browser(), clock.now())
        return _confirmed(url_for("auth.log_in"))
    return _page(user, choosing=form), 422


def _disown(token: str) -> ResponseReturnValue:
    with writing():
        registration.disown(token)
    flash(_("The account has been removed."))
    return redirect(url_for("public.home"), 303)


def _named_in(token: str) -> User:
    return tokens.check(tokens.CONFIRM, token, accounts.by_id(tokens.person_named_in(tokens.CONFIRM, token)))


def _is_signed_in_as(user: User) -> bool:
    return bool(current_user.is_authenticated and current_user.id == user.id)


def _page(user: User, form: OwnPasswordForm | None = None, choosing: ResetForm | None = None) -> str:
    form, choosing = form or OwnPasswordForm(formdata=None), choosing or ResetForm(formdata=None, prefix="")
    return render_template("auth/confirm.html", username=user.username, form=form, choosing=choosing)


def _confirmed(to: str) -> ResponseReturnValue:
    flash(_("Your email is confirmed. Write your first entry."))
    return redirect(to, 303)


@auth.get("/confirm")
def waiting() -> ResponseReturnValue:
    """Say that the address is still to be confirmed."""
    if not current_user.is_authenticated:
        return redirect(url_for("auth.log_in", next=request.path), 303)
    if current_user.is_admitted or current_user.is_closed:
        return redirect(url_for("public.home"), 303)
    is_refused = people.is_refused(current_user.id, current_user.email or "", "confirm_address")
    return render_template("auth/waiting.html", is_refused=is_refused)


@auth.post("/confirm")
def send_again() -> ResponseReturnValue:
    """Send the confirmation email once more."""
    if not current_user.is_authenticated:
        abort(401)
    if not current_user.is_confirmed:
        if not login_limits.may_write_to(current_user.email or "", "confirm", request.remote_addr or ""):
            raise login_limits.TooManyAttempts(login_limits.MAILBOX_WINDOW)
        with writing():
            registration.send_confirmation_again(access.current_user_for_update(), clock.now())
        flash(_("We sent a new link. The earlier one no longer works."))
    return redirect(url_for("auth.waiting"), 303)
