"""The link in every email about the safety of an account: it takes back what the email told of."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, sessions, tokens
from app.auth import auth
from app.database import writing
from app.operations import undoing
from app.operations.problems import AddressTaken
from app.safety import SENTENCES


@auth.get("/undo/<token>")
def open_undo_of_event(token: str) -> ResponseReturnValue:
    """Show what happened, and a button that takes it back."""
    try:
        event = undoing.found(token, clock.now())
    except tokens.BadLink:
        return render_template("auth/bad_link.html", is_confirmation=False), 410
    return render_template("auth/undo.html", event=event, sentence=SENTENCES.get(event.kind, event.kind))


@auth.post("/undo/<token>")
def undo_event(token: str) -> ResponseReturnValue:
    """Take back what happened, sign everybody out, and send a link for a new password."""
    try:
        with writing():
            undoing.undo(token, sessions.this_browser(), clock.now())
    except (tokens.BadLink, AddressTaken):
        return render_template("auth/bad_link.html", is_confirmation=False), 410
    flash(_("It is undone, and every device is signed out. A link for a new password is on its way to you by email."))
    return redirect(url_for("auth.log_in"), 303)
