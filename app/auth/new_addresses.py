"""The links of a change of address: to the new one, and back to the old."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock, sessions, tokens
from app.auth import auth
from app.database import writing
from app.models import AddressChange
from app.operations import addresses
from app.operations.problems import AddressTaken
from app.queries import address_changes


@auth.route("/address/<token>", methods=["GET", "POST"])
def confirm_new_address(token: str) -> ResponseReturnValue:
    """Move the account at once for the signed-in owner; anybody else gets a page with a button."""
    try:
        change = _named(tokens.CHANGE_ADDRESS, token)
        is_owner = current_user.is_authenticated and current_user.id == change.user_id
        if request.method == "GET" and not is_owner:
            return render_template("auth/new_address.html", change=change)
        with writing():
            addresses.confirm(token, sessions.this_browser(), clock.now())
    except (tokens.BadLink, AddressTaken):
        return render_template("auth/bad_link.html", is_confirmation=True), 410
    flash(_("The new address is confirmed. Letters go there from now on."))
    return redirect(url_for("account.settings") if is_owner else url_for("auth.log_in"), 303)


@auth.route("/address/<token>/undo", methods=["GET", "POST"])
def undo_new_address(token: str) -> ResponseReturnValue:
    """Show what was changed, and bring the account back to the address this link was sent to."""
    try:
        change = _named(tokens.UNDO_ADDRESS, token)
        if not change.can_be_undone(clock.now()):
            raise tokens.BadLink
        if request.method == "GET":
            return render_template("auth/undo_address.html", change=change)
        with writing():
            addresses.undo(token, sessions.this_browser(), clock.now())
    except (tokens.BadLink, AddressTaken):
        return render_template("auth/bad_link.html", is_confirmation=True), 410
    flash(_("The old address is back, and every device is signed out. A letter with a link for a new password is on its way."))
    return redirect(url_for("auth.log_in"), 303)


def _named(purpose: tokens.Purpose, token: str) -> AddressChange:
    change = address_changes.by_id(tokens.row_named_in(purpose, token))
    if change is None:
        raise tokens.BadLink
    tokens.check_row(purpose, token, change.state)
    return change
