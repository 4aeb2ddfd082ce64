"""Moving the account to another email address."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.account import account
from app.account.forms import AddressForm
from app.database.transactions import writing
from app.operations import email_changes
from app.queries import address_changes, people
from app.security import login_limits
from app.text import names
from app.web import access, sessions


@account.route("/address", methods=["GET", "POST"])
@access.require_recent_login
def address() -> ResponseReturnValue:
    """Send a link to the new address, which moves the account there once it is opened."""
    me, form = access.current_user_or_401(), AddressForm()
    if form.validate_on_submit():
        if names.fold_email(form.email.data) == names.fold_email(me.email or ""):
            form.email.errors = [_("That's your email address already.")]
        elif not login_limits.may_write_to(form.email.data, "move", request.remote_addr or ""):
            raise login_limits.TooManyAttempts(login_limits.MAILBOX_WINDOW)
        else:
            with writing():
                email_changes.ask(access.current_user_for_update(), form.email.data, sessions.this_browser(), clock.now())
            flash(_("We sent a confirmation link to %(address)s. Open it to change your email.", address=form.email.data))
            return redirect(url_for("account.settings"), 303)
    waiting = address_changes.waiting_for(me.id, clock.now())
    is_refused = waiting is not None and people.is_refused(me.id, waiting.new_email, "confirm_new_address")
    return render_template("account/address.html", form=form, waiting=waiting, is_refused=is_refused), 422 if form.errors else 200
