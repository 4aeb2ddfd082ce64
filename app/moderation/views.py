"""Hiding a public entry with a reason, and showing it again."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.database.transactions import writing
from app.moderation import moderation
from app.moderation.forms import HidingForm
from app.operations import moderation as acts
from app.queries import moderation as asking
from app.web import access


@moderation.get("")
def hidden() -> ResponseReturnValue:
    """Show what is hidden, and why."""
    return render_template("moderation/hidden.html", hidden=asking.hidden())


@moderation.route("/entry/<id:entry_id>/hide", methods=["GET", "POST"])
@access.asks_for_password_itself
def hide(entry_id: int) -> ResponseReturnValue:
    """Ask for the reason, and hide a public entry."""
    found = asking.to_hide(entry_id) or abort(404)
    form = HidingForm()
    if form.validate_on_submit() and access.needs_reauthentication():
        return access.ask_for_password()
    if form.is_submitted() and not form.errors:
        with writing():
            acts.hide(asking.to_hide(entry_id, for_change=True) or abort(404), form.reason.data, access.current_user_or_401(), clock.now())
        flash(_("Entry hidden. Its writer has been told why."))
        return redirect(url_for("moderation.hidden"), 303)
    return render_template("moderation/hide.html", form=form, entry=found), 422 if form.errors else 200


@moderation.post("/entry/<id:entry_id>/show")
def show(entry_id: int) -> ResponseReturnValue:
    """Let a hidden entry be read again."""
    with writing():
        acts.show_again(asking.to_show(entry_id) or abort(404), access.current_user_or_401(), clock.now())
    flash(_("Entry visible again."))
    return redirect(url_for("moderation.hidden"), 303)
