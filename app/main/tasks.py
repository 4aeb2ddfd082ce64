"""Ticking a task of an entry while reading it."""

import re

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.database.transactions import writing
from app.main import main
from app.operations import entries
from app.operations.entries import EntryInput
from app.operations.errors import StaleEntry
from app.text import tasks
from app.web import access
from app.web.one_at_a_time import one_at_a_time

_WANTED = re.compile(r"([1-9][0-9]{0,4})-([01])")


@main.post("/entry/<id:entry_id>/task")
@one_at_a_time
def tick(entry_id: int) -> ResponseReturnValue:
    """Let one task be done, or not; it is the next version of the entry. Nothing is changed where the entry is another by now."""
    me, wanted = access.current_user_or_401(), _WANTED.fullmatch(request.form.get("task", "")) or abort(400)
    entry = access.entry_to_change(me, entry_id)
    if entry.is_locked(me.lock_after_days, clock.now()):
        abort(404)
    body = tasks.ticked(entry.body, int(wanted[1]), is_done=wanted[2] == "1")
    try:
        if body is None or str(entry.version) != request.form.get("version"):
            raise StaleEntry(entry)
        entry_input, version = EntryInput.of(entry, body).prepare(me), entry.version
        with writing():
            entries.revise(access.entry_to_change(me, entry_id), entry_input, version, clock.now())
    except StaleEntry:
        flash(_("This entry changed in the meantime, so the task wasn't updated. Try again."))
    return redirect(url_for("public.entry", entry_id=entry_id, _anchor=f"task-{wanted[1]}"), 303)
