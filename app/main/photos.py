"""The photos of a journal, month by month."""

from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.main import main
from app.queries import photos as own_photos
from app.queries.paging import read_cursor
from app.web import access


@main.get("/photos")
def photos() -> ResponseReturnValue:
    """Show one's photos by the months of their entries, the latest first."""
    cursor = read_cursor(request.args.get("older"), None)
    rows = own_photos.own(access.current_user_or_401().id, (cursor.sort_key, cursor.entry_id) if cursor else None)
    has_more, rows = len(rows) > own_photos.PAGE_SIZE, rows[: own_photos.PAGE_SIZE]
    months = [(month, list(some)) for month, some in groupby(rows, lambda row: row.entry_date.replace(day=1))]
    older = f"{rows[-1].sort_key}-{rows[-1].attachment_id}" if has_more else None
    return render_template("main/photos.html", months=months, older=older)
