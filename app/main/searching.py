"""Searching one's own entries."""

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app import i18n
from app.main import main
from app.queries import searching
from app.search.index import MAX_RANKED
from app.text import entry_links, search_query, summary
from app.text.folding import clean_line
from app.web import access
from app.web.one_at_a_time import one_at_a_time

MAX_PAGES = MAX_RANKED // searching.RESULTS_A_PAGE


@main.get("/search")
@one_at_a_time
def search() -> ResponseReturnValue:
    """Search one's own entries; whatever is typed is a query."""
    text = clean_line(request.args.get("q", ""))[: search_query.MAX_QUERY_LENGTH]
    number = request.args.get("page", "1")
    page = min(int(number), MAX_PAGES) if number.isascii() and number.isdigit() and len(number) < 4 else 1
    results = searching.search(access.current_user_or_401(), text, max(1, page))
    return render_template("main/search.html", text=text, results=results, most=MAX_RANKED)


@main.get("/entry/offer")
@one_at_a_time
def offer() -> ResponseReturnValue:
    """Offer own entries to link to, for what was typed after `[[` on the writing page: their names, days, and Markdown, best first."""
    typed = clean_line(request.args.get("q", ""))[: search_query.MAX_QUERY_LENGTH]
    return jsonify([_offer(one) for one in searching.offered(access.current_user_or_401(), typed)])


def _offer(one: searching.Offered) -> dict[str, str]:
    day = i18n.format_day(one.entry_date)
    name = one.title or summary.opening(one.excerpt).title or day
    return {"name": name, "day": day, "markdown": entry_links.reference(one.uid, name)}
