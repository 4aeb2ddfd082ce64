"""Invitations: making links, and taking them back."""

from datetime import timedelta

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.admin import admin
from app.admin.forms import InvitationForm
from app.database.transactions import writing
from app.operations import invitations as inviting
from app.operations.errors import AlreadyInvited
from app.queries import accounts, people
from app.queries.accounts import CurrentUser
from app.urls import public_url
from app.web import access


@admin.route("/invitations", methods=["GET", "POST"])
def invitations() -> ResponseReturnValue:
    """Show invitations, and make one, which goes by email or whose link is shown this once."""
    form, link = _form(), ""
    if form.validate_on_submit():
        me, days = access.current_user_or_401(), timedelta(days=form.days.data)
        if not (form.email and form.email.data):
            with writing():
                key = inviting.invite(me, form.uses.data, days, clock.now())
            link = public_url("auth.register", invite=key)
        elif _send(form, me, days):
            flash(_("We sent an invitation to %(address)s.", address=form.email.data))
            return redirect(url_for("admin.invitations"), 303)
    found = people.invitations()
    return render_template("admin/invitations.html", form=form, link=link, found=found, now=clock.now()), 422 if form.errors else 200


def _form() -> InvitationForm:
    """Return the form; an email would promise too much where anybody may sign up, or nobody."""
    form = InvitationForm()
    if current_app.config["REGISTRATION"] != "invite":
        del form.email
    return form


def _send(form: InvitationForm, me: CurrentUser, days: timedelta) -> bool:
    """Send an invitation, or say in the form why not."""
    if accounts.is_email_taken(form.email.data, clock.now()):
        form.email.errors = [_("There's already an account with that email address.")]
        return False
    try:
        with writing():
            inviting.invite_by_email(me, form.email.data, form.uses.data, days, clock.now())
    except AlreadyInvited:
        form.email.errors = [_("That address has an invitation already. Revoke it first to send another.")]
        return False
    return True


@admin.post("/invitations/<id:invitation_id>/take-back")
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Let a link work no more."""
    with writing():
        is_revoked = inviting.take_back(invitation_id, access.current_user_or_401(), clock.now())
    if not is_revoked:
        abort(404)
    flash(_("Invitation revoked."))
    return redirect(url_for("admin.invitations"), 303)
