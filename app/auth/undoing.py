"""The link in every email about the safety of an account: it takes back what the email told of."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.auth import auth
from app.auth.rules import dead_links_lead_to
from app.database.transactions import writing
from app.operations import undoing
from app.security.events import SENTENCES
from app.web import sessions


@auth.get("/undo/<token>")
@dead_links_lead_to("auth.ask_for_reset")
def open_undo_of_event(token: str) -> ResponseReturnValue:
    """Show what happened, and a button that takes it back."""
    event = undoing.found(token, clock.now())
    return render_template("auth/undo.html", event=event, sentence=SENTENCES.get(event.kind, event.kind))


@auth.post("/undo/<token>")
@dead_links_lead_to("auth.ask_for_reset")
def undo_event(token: str) -> ResponseReturnValue:
    """Take back what happened, sign everybody out, and send a link for a new password."""
    with writing():
        undoing.undo(token, sessions.this_browser(), clock.now())
    flash(_("The change has been undone, and all devices have been logged out. We sent you a link to set a new password."))
    return redirect(url_for("auth.log_in"), 303)
