"""Searching one's own entries."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.main import main
from app.queries import searching
from app.search.index import MAX_RANKED
from app.text import search_query
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
    return render_template("main/search.html", text=text, results=results)
