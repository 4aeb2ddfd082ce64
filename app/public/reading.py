"""Reading: the journal, one entry, a person's page."""

import uuid
from functools import partial
from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock, i18n
from app.models import Entry
from app.public import public
from app.queries import attachments as files_of
from app.queries import calendar, drafts, entries, moderation
from app.queries import home as home_page
from app.queries.accounts import CurrentUser
from app.queries.paging import at_month, read_cursor, read_month
from app.text import attachments, entry_links, markdown, tasks
from app.urls import public_url
from app.web import access, choices


@public.get("/")
def home() -> ResponseReturnValue:
    """Show every entry the reader may read; strangers get a welcome and what is public."""
    reader = access.current_reader()
    if reader is None and current_user.is_authenticated:
        return redirect(url_for(access.endpoint_for_unadmitted()), 303)
    view = request.args.get("view", "all")
    view = view if view in entries.VIEWS else "all"
    month = read_month(request.args.get("month", ""))
    cursor = read_cursor(request.args.get("older"), request.args.get("newer")) or (at_month(month) if month else None)
    page = entries.journal(reader, view, cursor)
    if reader is None:
        return render_template("public/welcome.html", page=page)
    above = {} if cursor or view in {"shared", "starred"} else _above_the_newest(reader)
    html = render_template("public/journal.html", page=page, view=view, month=month, overview=home_page.overview(reader.id), **above)
    response = make_response(html)
    choices.keep_view(response, request.args.get("view", ""))
    return response


def _above_the_newest(reader: CurrentUser) -> dict[str, Any]:
    """Return what stands above the newest entries: this day in an earlier year, a draft, and what a line of today begins with."""
    draft = drafts.newest(reader.id) if reader.drafts else None
    return {
        "memory": home_page.memory(reader.id, i18n.today(), reader.quiet_spans),
        "draft": draft,
        "form_id": uuid.uuid4(),
        "today": i18n.today(),
    }


@public.get("/entry/<id:entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """Show one entry to whoever may read it."""
    reader = access.current_reader()
    found = access.entry_to_read(reader, entry_id)
    hiding = moderation.reason_for(entry_id) if found.is_hidden else None
    html = attachments.with_photo_pages(_html_of(found), partial(_photo_url, entry_id))
    own: dict[str, Any] = {}
    if reader and reader.id == found.user_id:
        own = _for_its_writer(found, html, reader)
        html = tasks.with_buttons(html) if own["can_tick"] else html
    else:
        html = entry_links.only_to(html, entries.readable_among(entry_links.shown_in(html), reader))
    return render_template("public/entry.html", entry=found, html=html, hiding=hiding, **own)


def _for_its_writer(found: Entry, html: str, reader: CurrentUser) -> dict[str, Any]:
    """Return what an entry's page shows its writer alone: the entries before and after, and what was begun and not saved."""
    waiting = drafts.for_entry(reader.id, found.id) if reader.drafts else []
    can_tick = not found.is_locked(reader.lock_after_days, clock.now()) and tasks.has_any(html)
    return {"neighbours": calendar.neighbouring_entries(found), "waiting": waiting, "can_tick": can_tick}


def _photo_url(entry_id: int, number: int) -> str:
    return f"/entry/{entry_id}/photo/{number}"


@public.get("/entry/<id:entry_id>/photo/<int:number>")
def photo(entry_id: int, number: int) -> ResponseReturnValue:
    """Show one photo of an entry on a page of its own, with those before and after; numbers are from 1, as the text shows them."""
    found = access.entry_to_read(access.current_reader(), entry_id)
    photos = attachments.photos_in(_html_of(found))
    if not 1 <= number <= len(photos):
        abort(404)
    return render_template("public/photo.html", entry=found, photo=photos[number - 1], number=number, total=len(photos))


@public.get("/entry/<id:entry_id>.md")
def entry_as_markdown(entry_id: int) -> ResponseReturnValue:
    """Return an entry's own Markdown; to others its links name entries that they may read, by their addresses, and no others."""
    reader = access.current_reader()
    found, body = access.entry_to_read(reader, entry_id), ""
    if reader is None or reader.id != found.user_id:
        ids = entries.readable_by_uid(found.user_id, entry_links.references(found.body), reader)
        body = entry_links.moved(found.body, lambda uid: public_url("public.entry", entry_id=ids[uid]) if uid in ids else "#")
    heading = f"# {found.title}\n\n" if found.title else ""
    return Response(heading + (body or found.body), mimetype="text/markdown")


@public.get("/people/<username>")
def person(username: str) -> ResponseReturnValue:
    """Show what a person lets this reader read."""
    writer, reader = access.person(username), access.current_reader()
    page = entries.by_writer(writer, reader, read_cursor(request.args.get("older"), request.args.get("newer")))
    return render_template("public/person.html", writer=writer, page=page)


def _html_of(found: Entry) -> str:
    """Return the stored HTML, or a fresh rendering where it is out of date and its turn has not come yet."""
    if found.html_version == markdown.RENDERER_VERSION:
        return found.html
    return markdown.render(found.body, found.uid[:8], files_of.shown(found.user_id, found.body)).html
