"""Proving an e-mail address."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import access, clock, guessing, tokens
from app.auth import auth
from app.database import writing
from app.operations import registration
from app.queries import accounts


@auth.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    """Confirm at once for the signed-in owner; anybody else, a mail scanner too, gets a page with a button."""
    try:
        user = tokens.check(tokens.CONFIRM, token, accounts.by_id(tokens.person_named_in(tokens.CONFIRM, token)))
        is_owner = current_user.is_authenticated and current_user.id == user.id
        if request.method == "GET" and not is_owner:
            return render_template("auth/confirm.html", username=user.username)
        with writing():
            registration.confirm(token, clock.now())
    except tokens.BadLink:
        return render_template("auth/bad_link.html", is_confirmation=True), 410
    flash(_("Your address is confirmed. The first page is yours."))
    return redirect(url_for("public.home") if is_owner else url_for("auth.log_in"), 303)


@auth.get("/confirm")
def waiting() -> ResponseReturnValue:
    """Say that the address is still to be confirmed."""
    if not current_user.is_authenticated:
        return redirect(url_for("auth.log_in", next=request.path), 303)
    if current_user.is_admitted or current_user.is_closed:
        return redirect(url_for("public.home"), 303)
    return render_template("auth/waiting.html")


@auth.post("/confirm")
def send_again() -> ResponseReturnValue:
    """Send the confirmation letter once more."""
    if not current_user.is_authenticated:
        abort(401)
    if not current_user.is_confirmed:
        if not guessing.may_write_to(current_user.email):
            raise guessing.TooManyTries(guessing.MAILBOX_WINDOW)
        with writing():
            registration.send_confirmation_again(access.me_for_change(), clock.now())
        flash(_("A new letter is on its way. The link in the earlier one works no more."))
    return redirect(url_for("auth.waiting"), 303)
