"""Earlier versions of an entry: listed, seen beside today's, brought back."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.database.transactions import writing
from app.main import main
from app.models import Entry, Revision
from app.operations import history as acts
from app.operations.errors import StaleEntry
from app.queries import history as asking
from app.text import differences
from app.web import access
from app.web.one_at_a_time import one_at_a_time


@main.get("/entry/<id:entry_id>/history")
def history(entry_id: int) -> ResponseReturnValue:
    """Show what the entry was before."""
    entry = access.entry_to_change(access.current_user_or_401(), entry_id)
    return render_template("main/history.html", entry=entry, revisions=asking.list_versions(entry_id))


@main.get("/entry/<id:entry_id>/history/<revision:number>")
@one_at_a_time
def earlier(entry_id: int, number: tuple[int, int]) -> ResponseReturnValue:
    """Show one earlier version, with what has changed since marked word by word."""
    entry, revision = _found(entry_id, number)
    pieces = differences.between(revision.body, entry.body)
    return render_template("main/version.html", entry=entry, revision=revision, pieces=pieces, number=number)


@main.post("/entry/<id:entry_id>/history/<revision:number>/restore")
@one_at_a_time
def bring_back(entry_id: int, number: tuple[int, int]) -> ResponseReturnValue:
    """Make the entry what it was; what it is now joins the history."""
    entry, revision = _found(entry_id, number)
    entry_input = acts.input_of(entry, revision).prepare(access.current_user_or_401())
    try:
        with writing():
            acts.bring_back(access.entry_to_change(access.current_user_or_401(), entry_id), entry_input, clock.now())
    except StaleEntry:
        abort(409)
    flash(_("Version restored."))
    return redirect(url_for("public.entry", entry_id=entry_id), 303)


def _found(entry_id: int, number: tuple[int, int]) -> tuple[Entry, Revision]:
    entry = access.entry_to_change(access.current_user_or_401(), entry_id)
    return entry, asking.one(entry_id, *number) or abort(404)
