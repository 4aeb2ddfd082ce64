"""Throwing entries away, and getting them back."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock
from app.database.transactions import writing
from app.main import main
from app.operations import trash as trashing
from app.queries import history, trashed
from app.web import access


@main.get("/trash")
def trash() -> ResponseReturnValue:
    """Show what was thrown away."""
    return render_template("main/trash.html", rows=trashed.list_trashed(access.current_user_or_401().id), days=trashing.KEPT_FOR.days)


@main.post("/entry/<id:entry_id>/trash")
def move_to_trash(entry_id: int) -> ResponseReturnValue:
    """Put an entry into the trash."""
    me = access.current_user_or_401()
    with writing():
        trashing.discard(access.entry_to_change(me, entry_id), clock.now())
    flash(_("Entry moved to trash. You can restore it for %(days)d days.", days=trashing.KEPT_FOR.days))
    return redirect(url_for("main.trash"), 303)


@main.post("/trash/<id:entry_id>/restore")
def restore(entry_id: int) -> ResponseReturnValue:
    """Take an entry out of the trash."""
    me = access.current_user_or_401()
    with writing():
        trashing.restore(access.entry_in_trash(me, entry_id))
    flash(_("Entry restored."))
    return redirect(url_for("public.entry", entry_id=entry_id), 303)


@main.get("/trash/<id:entry_id>/delete")
def ask_to_delete(entry_id: int) -> ResponseReturnValue:
    """Name what would be gone for good, and ask."""
    entry = access.entry_in_trash(access.current_user_or_401(), entry_id)
    return render_template("main/ask.html", entry=entry, versions=history.number_of(entry_id), back=url_for("main.trash"))


@main.get("/trash/empty")
def ask_to_empty() -> ResponseReturnValue:
    """Say how much would be gone for good, and ask."""
    number = trashed.number_in_trash(access.current_user_or_401().id)
    if not number:
        return redirect(url_for("main.trash"), 303)
    return render_template("main/ask.html", entry=None, number=number, back=url_for("main.trash"))


@main.post("/trash/<id:entry_id>/delete")
def delete(entry_id: int) -> ResponseReturnValue:
    """Remove one entry for good."""
    me = access.current_user_or_401()
    with writing():
        trashing.delete_for_good(access.entry_in_trash(me, entry_id))
    flash(_("Entry deleted."))
    return redirect(url_for("main.trash"), 303)


@main.post("/trash/empty")
def empty() -> ResponseReturnValue:
    """Remove everything in the trash for good."""
    me = access.current_user_or_401()
    with writing():
        number = trashing.empty(me)
    flash(ngettext("%(num)d entry deleted.", "%(num)d entries deleted.", number))
    return redirect(url_for("main.trash"), 303)
