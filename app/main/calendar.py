"""Looking back: the calendar, a day, and the same date in other years."""

from calendar import Calendar, monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import i18n
from app.main import main
from app.main.heatmap import Heatmap
from app.queries import calendar, in_full, photos
from app.web import access

MONDAY = date(2024, 1, 1)


@main.get("/calendar")
def this_month() -> ResponseReturnValue:
    """Show the month of today."""
    today = i18n.today()
    return month(today.year, today.month)


@main.get("/calendar/<int:year>/<int:month>")
def month(year: int, month: int) -> ResponseReturnValue:
    """Show a month as a table, whose written days lead to their entries and empty ones to an empty page, and its entries in full."""
    if not (MINYEAR <= year <= MAXYEAR and 1 <= month <= 12):
        abort(404)
    first, last, me = date(year, month, 1), date(year, month, monthrange(year, month)[1]), access.current_user_or_401()
    return render_template(
        "main/month.html",
        first=first,
        photos=photos.of_days(me.id, first, last),
        entries=in_full.of_month(me.id, first, last),
        most=in_full.MAX_ON_A_PAGE,
        weeks=_weeks(year, month),
        weekdays=[MONDAY + timedelta(days=me.week_begins_on + number) for number in range(7)],
        written=calendar.month(me.id, year, month),
        span=calendar.first_and_last_day(me.id),
        today=i18n.today(),
        before=_shifted(first, -1),
        after=_shifted(first, 1),
    )


@main.get("/calendar/<int:year>")
def year(year: int) -> ResponseReturnValue:
    """Show a year at a glance."""
    if not MINYEAR <= year <= MAXYEAR:
        abort(404)
    me = access.current_user_or_401()
    written = calendar.written_days(me.id, date(year, 1, 1), date(year, 12, 31))
    heatmap, span = Heatmap(year, written, me.week_begins_on), calendar.first_and_last_day(me.id)
    return render_template("main/year.html", year=year, heatmap=heatmap, written=written, span=span, today=i18n.today())


@main.get("/day/<day:day>")
def day(day: date) -> ResponseReturnValue:
    """Show one day's entries in full, with the written days before and after."""
    me = access.current_user_or_401()
    return render_template("main/day.html", day=day, entries=in_full.of_day(me.id, day), neighbours=calendar.neighbours(me.id, day))


@main.get("/go")
def go_to_date() -> ResponseReturnValue:
    """Lead to the day that `?date=` names; anything else leads to the calendar."""
    day = day_asked_for()
    return redirect(url_for("main.day", day=day) if day else url_for("main.this_month"), 303)


def day_asked_for() -> date | None:
    """Return the day that `?date=` names, None where it names none."""
    try:
        return date.fromisoformat(request.args.get("date", ""))
    except ValueError:
        return None


def _weeks(year: int, month: int) -> list[list[date | None]]:
    """Return the weeks of a month, None for days of the months beside it (which need not exist in years 1 and 9999)."""
    weeks = Calendar(access.current_user_or_401().week_begins_on).monthdayscalendar(year, month)
    return [[date(year, month, number) if number else None for number in week] for week in weeks]


def _shifted(first: date, months: int) -> date | None:
    index = first.year * 12 + first.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, 1) if MINYEAR <= year <= MAXYEAR else None
