"""Atom feeds (RFC 4287) of public entries."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from app.public import public
from app.queries import entries
from app.text import attachments, entry_links
from app.text.folding import for_xml
from app.urls import public_url
from app.web import access

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was changed last: it is the same each time it is asked for."""


@public.get("/feed.atom")
def feed() -> ResponseReturnValue:
    """Return the newest public entries of everybody."""
    return _atom(entries.latest_public(), public_url("public.feed"), public_url("public.home"))


@public.get("/people/<username>/feed.atom")
def person_feed(username: str) -> ResponseReturnValue:
    """Return one person's newest public entries."""
    writer = access.person(username)
    here = public_url("public.person_feed", username=writer.username)
    return _atom(entries.latest_public(writer), here, public_url("public.person", username=writer.username), writer.public_name)


def _atom(rows: list[Row[*tuple[Any, ...]]], here: str, page: str, writer: str = "") -> Response:
    updated = max((row.updated_at for row in rows), default=NEVER)
    public_ids = entries.readable_among(set().union(*(entry_links.shown_in(row.html) for row in rows)), None)
    entry_addresses = {row.id: public_url("public.entry", entry_id=row.id) for row in rows}
    xml = render_template(
        "public/feed.xml",
        rows=rows,
        here=here,
        page=page,
        writer=writer,
        updated=updated,
        entry_addresses=entry_addresses,
        shown={row.id: attachments.under(current_app.config["PUBLIC_URL"], entry_links.only_to(row.html, public_ids)) for row in rows},
    )
    response = Response(for_xml(xml), mimetype="application/atom+xml")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache, private"
    response.make_conditional(request)
    return response
