"""Emails that have not left yet."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.admin import admin
from app.database.transactions import writing
from app.models import AuditAction
from app.operations import audit
from app.queries import people
from app.web import access


@admin.get("/outbox")
def outbox() -> ResponseReturnValue:
    """Show emails that are waiting or have failed, without what is in them."""
    return render_template("admin/outbox.html", emails=people.unsent_emails())


@admin.post("/outbox/<id:email_id>/retry")
def retry(email_id: int) -> ResponseReturnValue:
    """Try an email again now."""
    with writing():
        email = people.email_for_change(email_id) or abort(404)
        email.try_again(clock.now())
        audit.note(AuditAction.RETRY, email.user.username, access.current_user_or_401(), clock.now(), {"email": email.template})
    flash(_("Sending the email again."))
    return redirect(url_for("admin.outbox"), 303)
