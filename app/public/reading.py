"""Reading: the journal, one entry, a person's page."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.models import Entry
from app.public import public
from app.queries import attachments as files_of
from app.queries import entries, moderation
from app.queries.paging import read_cursor
from app.text import markdown
from app.web import access


@public.get("/")
def home() -> ResponseReturnValue:
    """Show every entry the reader may read; strangers get a welcome and what is public."""
    reader = access.current_reader()
    if reader is None and current_user.is_authenticated:
        return redirect(url_for(access.endpoint_for_unadmitted()), 303)
    view = request.args.get("view", "all")
    view = view if view in entries.VIEWS else "all"
    page = entries.journal(reader, view, read_cursor(request.args.get("older"), request.args.get("newer")))
    return render_template("public/journal.html" if reader else "public/welcome.html", page=page, view=view)


@public.get("/entry/<id:entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """Show one entry to whoever may read it."""
    found = access.entry_to_read(access.current_reader(), entry_id)
    hiding = moderation.reason_for(entry_id) if found.is_hidden else None
    return render_template("public/entry.html", entry=found, html=_html_of(found), hiding=hiding)


@public.get("/entry/<id:entry_id>.md")
def entry_as_markdown(entry_id: int) -> ResponseReturnValue:
    """Return an entry's own Markdown."""
    found = access.entry_to_read(access.current_reader(), entry_id)
    heading = f"# {found.title}\n\n" if found.title else ""
    return Response(heading + found.body, mimetype="text/markdown")


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
