"""The links of a change of address: to the new one, and back to the old."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.auth import auth
from app.auth.forms import OwnPasswordForm
from app.auth.rules import dead_links_lead_to, proves_password
from app.database.transactions import writing
from app.models import AddressChange
from app.operations import email_changes
from app.queries import address_changes
from app.security import tokens
from app.web import sessions


@auth.get("/address/<token>")
@dead_links_lead_to("account.address")
def open_new_address(token: str) -> ResponseReturnValue:
    """Show where the account is to move, with a button for its signed-in owner and a password for anybody else."""
    return _page(_named(tokens.CHANGE_ADDRESS, token), OwnPasswordForm(formdata=None))


@auth.post("/address/<token>")
@dead_links_lead_to("account.address")
def confirm_new_address(token: str) -> ResponseReturnValue:
    """Move the account, for its signed-in owner or for who knows the password."""
    form, change = OwnPasswordForm(), _named(tokens.CHANGE_ADDRESS, token)
    is_owner = _is_owner(change)
    if not is_owner and not proves_password(change.user, form):
        return _page(change, form), 422
    with writing():
        email_changes.confirm(token, sessions.this_browser(), clock.now())
    flash(_("Your new email is confirmed. We'll use it from now on."))
    return redirect(url_for("account.settings") if is_owner else url_for("auth.log_in"), 303)


@auth.get("/address/<token>/undo")
@dead_links_lead_to("auth.ask_for_reset")
def open_undo(token: str) -> ResponseReturnValue:
    """Show what was changed, and a button that brings the account back."""
    change = _named(tokens.UNDO_ADDRESS, token)
    if not change.can_be_undone(clock.now()):
        raise tokens.InvalidLink
    return render_template("auth/undo_address.html", change=change)


@auth.post("/address/<token>/undo")
@dead_links_lead_to("auth.ask_for_reset")
def undo_new_address(token: str) -> ResponseReturnValue:
    """Bring the account back to the address this link was sent to."""
    with writing():
        email_changes.undo(token, sessions.this_browser(), clock.now())
    flash(_("Your old email is back, and all devices have been logged out. We sent you a link to set a new password."))
    return redirect(url_for("auth.log_in"), 303)


def _named(purpose: tokens.Purpose, token: str) -> AddressChange:
    change = address_changes.by_id(tokens.row_named_in(purpose, token))
    if change is None:
        raise tokens.InvalidLink
    tokens.check_row(purpose, token, change.state)
    return change


def _is_owner(change: AddressChange) -> bool:
    return bool(current_user.is_authenticated and current_user.id == change.user_id)


def _page(change: AddressChange, form: OwnPasswordForm) -> str:
    return render_template("auth/new_address.html", change=change, form=form, is_owner=_is_owner(change))
