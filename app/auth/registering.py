"""Signing up, and the link that makes a new journal's first administrator."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.auth import auth
from app.auth.forms import RegisterForm
from app.auth.rules import not_signed_in
from app.database.transactions import writing
from app.i18n import choose_locale
from app.operations import invitations, registration
from app.operations.errors import AddressTaken, NoAdministratorNeeded, NotInvited, UsernameTaken
from app.queries import accounts, people
from app.security import login_limits, passwords, tokens
from app.web import account_suggestions


@auth.route("/register", methods=["GET", "POST"])
@not_signed_in
def register() -> ResponseReturnValue:
    """Make an account and send its email; the answer is the same for an address that has an account."""
    invitation = _invitation()
    if invitation is None:
        return render_template("auth/registration_closed.html", by_invitation=current_app.config["REGISTRATION"] == "invite"), 403
    form = RegisterForm()
    if account_suggestions.asked_for():
        account_suggestions.fill(form)
        return _page(form)
    if form.is_submitted():
        login_limits.count_sign_up(request.remote_addr or "")
    if form.validate_on_submit():
        password_hash = passwords.hash_password(form.password.data)
        zone = form.timezone.data or current_app.config["DEFAULT_TIMEZONE"]
        may_write = login_limits.may_write_to(form.email.data, "sign-up", request.remote_addr or "")
        try:
            with writing():
                if invitation:
                    invitations.use(invitation, clock.now())
                registration.register(
                    form.username.data, form.email.data, password_hash, zone, choose_locale(), clock.now(), may_write=may_write
                )
        except NotInvited:
            return render_template("auth/registration_closed.html", by_invitation=True), 403
        except UsernameTaken:
            _name_taken(form)
        else:
            flash(_("We sent a confirmation link to %(address)s.", address=form.email.data))
            return redirect(url_for("auth.check_email"), 303)
    return _page(form), 422 if form.errors else 200


@auth.get("/register/sent")
@not_signed_in
def check_email() -> ResponseReturnValue:
    """Say what comes after signing up: the email, its link, and then a log-in."""
    return render_template("auth/check_email.html")


def _page(form: RegisterForm) -> str:
    asked_for = account_suggestions.asked_for()
    suggested = form.password.data if asked_for == "password" else ""
    return render_template("auth/register.html", form=form, asked_for=asked_for, suggested_password=suggested)


def _invitation() -> str | None:
    """Return the key of the invitation that is to be used, nothing where none is needed, None where nobody may sign up."""
    rule = current_app.config["REGISTRATION"]
    if rule != "invite":
        return "" if rule == "open" else None
    key = request.args.get("invite", "")[:100]
    found = people.invitation_with(tokens.hash_of(key))
    return key if found is not None and found.is_open(clock.now()) else None


@auth.route("/first-administrator/<token>", methods=["GET", "POST"])
@not_signed_in
def first_administrator(token: str) -> ResponseReturnValue:
    """Make the administrator of a journal that has none, by the link that the server printed when it started."""
    try:
        tokens.person_named_in(tokens.FIRST_ADMINISTRATOR, token)
    except tokens.InvalidLink:
        abort(410)
    if accounts.has_administrator():
        abort(410)
    form = RegisterForm()
    if form.validate_on_submit():
        password_hash = passwords.hash_password(form.password.data)
        zone = form.timezone.data or current_app.config["DEFAULT_TIMEZONE"]
        try:
            with writing():
                registration.create_first_administrator(
                    form.username.data, form.email.data, password_hash, zone, choose_locale(), clock.now()
                )
        except NoAdministratorNeeded:
            abort(410)
        except UsernameTaken:
            _name_taken(form)
        except AddressTaken:
            form.email.errors = [_("There's already an account with that email address.")]
        else:
            flash(_("Account created. Log in to continue."))
            return redirect(url_for("auth.log_in"), 303)
    return render_template("auth/first_administrator.html", form=form), 422 if form.errors else 200


def _name_taken(form: RegisterForm) -> None:
    form.username.errors = [_("That user name is taken. Choose another.")]
