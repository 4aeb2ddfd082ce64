"""The reader's language and zone, and dates written out in them."""

from datetime import date, datetime, time
from functools import lru_cache

from babel.dates import format_date, format_skeleton, format_time
from flask import Flask, current_app, request
from flask_babel import get_locale
from flask_login import current_user
from markupsafe import Markup

from app import clock, zones
from app.extensions import babel

LANGUAGES = ("en",)


def init_app(app: Flask) -> None:
    """Bind Babel, and give templates their date filters."""
    babel.init_app(app, locale_selector=choose_locale, timezone_selector=zone)
    app.jinja_env.filters.update(
        day=written_day,
        day_and_month=written_day_and_month,
        date_block=date_block,
        clock=written_time,
        moment=written_moment,
        month=written_month,
        month_name=month_name,
        weekday=weekday,
        short_weekday=short_weekday,
    )
    app.jinja_env.globals["language"] = language


def choose_locale() -> str:
    """Return the language of the signed-in person, else the best of those the browser asks for."""
    if current_user and current_user.is_authenticated:
        return str(current_user.locale)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def zone() -> str:
    """Return the reader's time zone."""
    if current_user and current_user.is_authenticated:
        return str(current_user.timezone)
    return str(current_app.config["DEFAULT_TIMEZONE"])


def today() -> date:
    """Return the date on the reader's wall."""
    return zones.today(clock.now(), zone())


def language() -> str:
    """Return the page's language as HTML names it (BCP 47)."""
    return str(get_locale() or LANGUAGES[0]).replace("_", "-")


def written_day(day: date) -> str:
    """Return a date in full, such as Friday, January 11, 1660."""
    return _day(day, "full", str(get_locale()))


def written_day_and_month(day: date) -> str:
    """Return a date without its year, such as January 11."""
    return _skeleton(day, "MMMMd", str(get_locale()))


def written_month(day: date) -> str:
    """Return a month with its year, such as September 1666."""
    return _skeleton(day, "yMMMM", str(get_locale()))


def written_time(clock_time: time) -> str:
    """Return a time of day to the minute."""
    return _time(clock_time, str(get_locale()))


def month_name(day: date) -> str:
    """Return the short name of a month, such as Sep."""
    return _day(day, "LLL", str(get_locale()))


def short_weekday(day: date) -> str:
    """Return the short name of a day of the week, such as Mon."""
    return _day(day, "ccc", str(get_locale()))


def weekday(day: date) -> str:
    """Return the name of a day of the week, such as Monday."""
    return _day(day, "cccc", str(get_locale()))


def date_block(day: date) -> Markup:
    """Return the date as a list's margin shows it: the day large, month and year beneath."""
    return _date_block(day, str(get_locale()))


def written_moment(instant: datetime, zone_name: str | None = None) -> str:
    """Return an instant as date and time in a zone, the reader's own unless another is named."""
    local = zones.to_local(instant, zone_name or zone())
    return f"{_day(local.date(), 'long', str(get_locale()))}, {_time(local.time(), str(get_locale()))}"


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _skeleton(day: date, skeleton: str, locale: str) -> str:
    return format_skeleton(skeleton, datetime.combine(day, time()), locale=locale)


@lru_cache(maxsize=4096)
def _time(clock_time: time, locale: str) -> str:
    return format_time(clock_time, "short", locale=locale)


@lru_cache(maxsize=4096)
def _date_block(day: date, locale: str) -> Markup:
    return Markup('<time class="date" datetime="{}"><b>{}</b> <span>{}</span></time>').format(
        day.isoformat(), day.day, _skeleton(day, "yMMMM", locale)
    )
