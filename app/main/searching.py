"""Searching one's own entries."""

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import i18n
from app.database.transactions import writing
from app.main import main
from app.operations import finding
from app.operations.errors import TooManyKept
from app.queries import searching
from app.queries.in_full import MAX_ON_A_PAGE
from app.search.matching import MAX_RANKED
from app.text import entry_links, saved_searches, search_query, summary
from app.text.folding import clean_line, is_blank, whole_number
from app.text.saved_searches import SavedSearch
from app.web import access
from app.web.one_at_a_time import one_at_a_time

MAX_NUMBER = 999
MAX_PAGES = MAX_RANKED // searching.RESULTS_A_PAGE


@main.get("/search")
@one_at_a_time
def search() -> ResponseReturnValue:
    """Search one's own entries; whatever is typed is a query. `?full=1` shows what is found in full, as a page to print."""
    me, text = access.current_user_or_401(), clean_line(request.args.get("q", ""))[: search_query.MAX_QUERY_LENGTH]
    if "full" in request.args and text:
        found = searching.search_in_full(me, text)
        return render_template("main/in_full.html", heading=text, entries=found, most=MAX_ON_A_PAGE, back=url_for("main.search", q=text))
    page = min(whole_number(request.args.get("page", ""), MAX_NUMBER) or 1, MAX_PAGES)
    results = searching.search(me, text, page)
    return render_template("main/search.html", text=text, results=results, most=MAX_RANKED, kept=me.searches)


@main.post("/search/saved")
def save_search() -> ResponseReturnValue:
    """Keep a search under a name; it stands in the menu then."""
    text = clean_line(request.form.get("q", ""))[: search_query.MAX_QUERY_LENGTH]
    if not text:
        abort(400)
    name = clean_line(request.form.get("name", ""))
    name = (text if is_blank(name) else name)[: saved_searches.MAX_NAME_LENGTH]
    try:
        with writing():
            replaced = finding.save_search(access.current_user_for_update(), SavedSearch(name, text))
    except TooManyKept:
        flash(_("You've reached the maximum number of saved searches. Remove one first."))
    else:
        flash(_("Search saved. You'll find it in the menu."))
        if replaced:
            flash(_("It replaces your search “%(query)s”, which had the same name.", query=replaced.query))
    return redirect(url_for("main.search", q=text), 303)


@main.post("/search/saved/remove")
def remove_search() -> ResponseReturnValue:
    """Forget a saved search."""
    with writing():
        if not finding.forget_search(access.current_user_for_update(), clean_line(request.form.get("name", ""))):
            abort(404)
    flash(_("Saved search removed."))
    return redirect(url_for("main.search"), 303)


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
