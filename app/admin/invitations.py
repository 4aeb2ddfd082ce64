"""Invitations: making links, and taking them back."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.admin import admin
from app.admin.forms import InvitationForm
from app.database.transactions import writing
from app.operations import invitations as inviting
from app.queries import people
from app.urls import public_url
from app.web import access


@admin.route("/invitations", methods=["GET", "POST"])
def invitations() -> ResponseReturnValue:
    """Show invitations, and make one, whose link is shown this once."""
    form, link, status = InvitationForm(), "", 200
    if form.validate_on_submit():
        with writing():
            key = inviting.invite(access.current_user_or_401(), form.uses.data, timedelta(days=form.days.data), clock.now())
        link = public_url("auth.register", invite=key)
    elif form.errors:
        status = 422
    return render_template("admin/invitations.html", form=form, link=link, found=people.invitations(), now=clock.now()), status


@admin.post("/invitations/<id:invitation_id>/take-back")
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Let a link work no more."""
    with writing():
        inviting.take_back(invitation_id, access.current_user_or_401(), clock.now())
    flash(_("Invitation revoked."))
    return redirect(url_for("admin.invitations"), 303)
