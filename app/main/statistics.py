"""Figures to look at: how much was written, and when."""

from datetime import MAXYEAR, MINYEAR

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app import i18n
from app.main import main
from app.queries import statistics as figures
from app.text.folding import whole_number
from app.web import access


@main.get("/statistics")
def statistics() -> ResponseReturnValue:
    """Show the figures of this year, or of the one that `?year=` names."""
    me, asked = access.current_user_or_401(), whole_number(request.args.get("year", ""), MAXYEAR)
    number = i18n.today().year if asked is None else asked
    if number < MINYEAR:
        abort(404)
    year = figures.year(me.id, number, me.week_begins_on)
    of_all_years = {"years": figures.years(me.id), "tags": figures.most_used_tags(me.id)}
    return render_template("main/statistics.html", number=number, year=year, today=i18n.today(), **of_all_years)
