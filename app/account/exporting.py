"""Taking the whole journal away."""

from pathlib import Path

from flask import abort, current_app, flash, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app import clock
from app.account import account
from app.database.transactions import writing
from app.models import SecurityEventKind
from app.operations import security_events
from app.queries import accounts
from app.storage import temporary
from app.transfer import exporting
from app.web import access, sessions
from app.web.one_at_a_time import one_at_a_time


@account.get("/export")
def export_page() -> ResponseReturnValue:
    """Offer the export, and say how a journal comes in."""
    return render_template("account/export.html")


@account.post("/export")
@access.require_recent_login
@one_at_a_time
def export() -> ResponseReturnValue:
    """Send everything of the person in one zip, which an import reads back; an email tells of it."""
    now, user = clock.now(), accounts.by_id(access.current_user_or_401().id) or abort(404)
    archive = temporary.nameless(Path(current_app.config["DATA_DIR"]))
    try:
        counts = exporting.write_archive(archive, user, now, lambda entries: entries)
        archive.seek(0)
        with writing():
            security_events.note_and_tell(access.current_user_for_update(), SecurityEventKind.EXPORTED, sessions.this_browser(), now)
    except BaseException:
        archive.close()
        raise
    if counts["missing"]:
        flash(
            ngettext(
                "%(num)d file couldn't be read and isn't in the export. Please tell an administrator.",
                "%(num)d files couldn't be read and aren't in the export. Please tell an administrator.",
                counts["missing"],
            )
        )
    name = f"journal-{access.current_user_or_401().username}-{now:%Y-%m-%d}.zip"
    response = send_file(archive, mimetype="application/zip", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store, private"
    return response
