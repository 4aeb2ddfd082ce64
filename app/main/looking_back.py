"""Looking back from a day: the same date or week in other years, without the days that are not to come up again."""

from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import i18n
from app.database.transactions import writing
from app.main import main
from app.main.calendar import day_asked_for
from app.operations import finding
from app.operations.errors import TooManyKept
from app.queries import calendar, entries
from app.text import quiet_days
from app.text.quiet_days import Span
from app.web import access, choices

DAYS_AROUND = {"day": 0, "week": 3, "years": 3}
YEARS_AGO = (1, 5, 10)


@main.get("/on-this-day")
def on_this_day() -> ResponseReturnValue:
    """Show the same date in other years, for today or for the day that `?date=` names.

    `?window=week` takes in three days before and after it, `?window=years` those of one, five and ten years before alone.
    """
    me, day = access.current_user_or_401(), day_asked_for() or i18n.today()
    window = request.args.get("window", "day")
    window = window if window in DAYS_AROUND else "day"
    if window == "years":
        found = calendar.around_years_before(me.id, day, YEARS_AGO, DAYS_AROUND[window])
    else:
        found = calendar.same_date_in_other_years(me.id, day, DAYS_AROUND[window])
    quiet = me.quiet_spans
    rows = [row for row in found if not quiet_days.is_quiet(row.entry_date, quiet)]
    rows = entries.with_photos(sorted(rows, key=lambda row: (-row.entry_date.year, _days_apart(row.entry_date, day))))
    facts = {"today": i18n.today(), "left_out": len(found) - len(rows), "quiet": quiet}
    return render_template("main/on_this_day.html", day=day, window=window, rows=rows, **facts)


def _days_apart(one: date, day: date) -> int:
    """Return how many days are between one day and the date of another, in whichever year that is nearest."""
    try:
        same = day.replace(year=one.year)
    except ValueError:
        same = day.replace(year=one.year, day=28)
    apart = abs((one - same).days)
    return min(apart, 365 - apart)


@main.post("/quiet-days")
def be_quiet() -> ResponseReturnValue:
    """Let days from `from` to `to` (one day without it) not come up again when one looks back; they stay where they are."""
    first, last = _span()
    try:
        with writing():
            finding.be_quiet(access.current_user_for_update(), first, last)
    except TooManyKept:
        flash(_("You've reached the maximum number of hidden periods. Show one of them again first."))
    else:
        flash(_("You won't see this when you look back. Your entries stay where they are."))
    return redirect(choices.journal_url() if "home" in request.form else url_for("main.on_this_day"), 303)


@main.post("/quiet-days/remove")
def show_again() -> ResponseReturnValue:
    """Let days come up again."""
    with writing():
        if not finding.show_again(access.current_user_for_update(), *_span()):
            abort(404)
    flash(_("You'll see these days again when you look back."))
    return redirect(url_for("main.on_this_day"), 303)


def _span() -> Span:
    try:
        first = date.fromisoformat(request.form.get("from", ""))
        return first, date.fromisoformat(request.form.get("to") or first.isoformat())
    except ValueError:
        abort(400)
