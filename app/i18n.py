"""The reader's language and zone, and dates written out in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from babel import Locale, dates, localedata, numbers, units
from flask import Flask, current_app, has_request_context, request
from flask_babel import force_locale, get_locale, get_translations, gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from wtforms.fields.choices import SelectChoice

from app import clock, timezones
from app.extensions import babel

LANGUAGES = ("en",)
REGIONS = frozenset(localedata.locale_identifiers())
MAX_HEADER_LENGTH = 200

_locale_in_force: ContextVar[str] = ContextVar("locale", default="")


def init_app(app: Flask) -> None:
    """Bind Babel, and give templates their date filters."""
    babel.init_app(app, locale_selector=choose_locale, timezone_selector=zone)
    app.jinja_env.filters.update(
        day=format_day,
        typed_day=typed_day,
        day_and_month=format_day_and_month,
        date_block=date_block,
        day_block=day_block,
        clock=format_time,
        moment=format_moment,
        month=format_month,
        month_name=month_name,
        name_of_month=name_of_month,
        name_of_weekday=name_of_weekday,
        number=format_number,
        weekday=weekday,
        weekday_heading=weekday_heading,
        short_weekday=short_weekday,
        size=format_size,
    )
    app.jinja_env.globals.update(_=translate, ngettext=translate_plural, language=language)

    @app.before_request
    def forget_locale() -> None:
        _locale_in_force.set("")


def choose_locale() -> str:
    """Return the language of the signed-in person, else the best of those the browser asks for."""
    if current_user.is_authenticated:
        return str(current_user.locale)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def region() -> str:
    """Return the locale that dates are written in: the language in force, as the reader's region writes it (CLDR).

    The region is the browser's: of its languages the first that is the one in force.
    """
    name = locale_name()
    return _region_of(name, request.headers.get("Accept-Language", "")[:MAX_HEADER_LENGTH]) if has_request_context() else name


@lru_cache(maxsize=1024)
def _region_of(name: str, accepted: str) -> str:
    for tag, _quality in parse_accept_header(accepted, LanguageAccept):
        language, *rest = tag.replace("_", "-").split("-")
        territory = next((part.upper() for part in rest if len(part) == 2 and part.isalpha()), "")
        if language.lower() == name.partition("_")[0] and territory and f"{language.lower()}_{territory}" in REGIONS:
            return f"{language.lower()}_{territory}"
    return name


def named_languages() -> list[SelectChoice]:
    """Return the languages that pages can be in, each by its own name, for a form."""
    return [SelectChoice(name, Locale.parse(name).display_name) for name in LANGUAGES]


def language_name(code: str) -> str:
    """Return the name of a language as the reader says it."""
    return Locale.parse(code).get_display_name(locale_name()) or code


def zone() -> str:
    """Return the reader's time zone."""
    if current_user and current_user.is_authenticated:
        return str(current_user.timezone)
    return str(current_app.config["DEFAULT_TIMEZONE"])


def today() -> date:
    """Return the date that the reader would write above an entry: the day before until the reader's day ends."""
    now = clock.now()
    if not current_user.is_authenticated or not current_user.day_ends_at:
        return timezones.today(now, zone())
    local = timezones.to_local(now, zone())
    return local.date() - timedelta(days=local.hour < current_user.day_ends_at)


def locale_name() -> str:
    """Return the name of the locale in force, such as `en` or `pt_BR`; a request's is settled once."""
    return _locale_in_force.get() or _settled()


@contextmanager
def force_language(locale: str) -> Iterator[None]:
    """Write everything inside in this language, whoever asks."""
    before = _locale_in_force.set(locale)
    try:
        with force_locale(locale):
            yield
    finally:
        _locale_in_force.reset(before)


def translate(text: str, /, **values: object) -> str:
    """Return a template's text in the language in force, values filled in, and escaped.

    It stands in for Jinja's own `_`, which looks the catalogue up anew for each of a page's forty texts.
    """
    found = _translated(text, locale_name())
    return found % values if values else found


def translate_plural(singular: str, plural: str, num: int, **values: object) -> Markup:
    """Return a template's text that counts something, `num`, in the language in force."""
    return _translated_plural(singular, plural, num, locale_name()) % {"num": num, **values}


def language() -> str:
    """Return the page's language and region as HTML names it (BCP 47)."""
    return region().replace("_", "-")


def format_day(day: date) -> str:
    """Return a date in full, such as Friday, January 11, 1660."""
    return _day(day, "full", region())


def typed_day(text: str) -> str:
    """Return a date that somebody typed as ISO 8601 has it in the reader's way, and anything else as it was typed."""
    try:
        return _day(date.fromisoformat(text), "long", region())
    except ValueError:
        return text


def format_day_and_month(day: date) -> str:
    """Return a date without its year, such as January 11."""
    return _skeleton(day, "MMMMd", region())


def format_month(day: date) -> str:
    """Return a month with its year, such as September 1666."""
    return _skeleton(day, "yMMMM", region())


def format_time(clock_time: time) -> str:
    """Return a time of day to the minute."""
    return _time(clock_time, region())


def month_name(day: date) -> str:
    """Return the short name of a month, such as Sep."""
    return _day(day, "LLL", region())


def name_of_month(number: int) -> str:
    """Return the short name of the month of a number, 1 to 12."""
    return month_name(date(2024, number, 1))


def name_of_weekday(number: int) -> str:
    """Return the name of the weekday of a number, 0 for Monday."""
    return weekday(date(2024, 1, 1 + number))


def format_size(number: int) -> str:
    """Return a number of bytes as people say it, such as 74 kB or 1.4 GB; each unit is 1,024 of the one below."""
    value, unit = float(number), "byte"
    for larger in ("kilobyte", "megabyte", "gigabyte"):
        if round(value) < 1024:
            break
        value, unit = value / 1024, larger
    length: Literal["long", "short"] = "long" if unit == "byte" else "short"
    return units.format_unit(round(value, 1 if value < 10 else None), f"digital-{unit}", length, locale=region()).replace(" ", "\u00a0")


def format_number(number: int) -> str:
    """Return a number with the reader's separators."""
    return _number(number, region())


@lru_cache(maxsize=2048)
def _number(number: int, locale: str) -> str:
    """Format a number; the year of a journal shows some eighty, most of them small, each 40 µs of Babel's time."""
    return numbers.format_decimal(number, locale=locale)


def short_weekday(day: date) -> str:
    """Return the short name of a day of the week, such as Mon."""
    return _day(day, "ccc", region())


def weekday(day: date) -> str:
    """Return the name of a day of the week, such as Monday."""
    return _day(day, "cccc", region())


def weekday_heading(day: date) -> Markup:
    """Return what heads an entry without a title: the weekday, and the date for those who hear the page."""
    return _weekday_heading(day, region())


def date_block(day: date) -> Markup:
    """Return the date as the margin of a list without months shows it: weekday, the number large, month and year beneath."""
    return _date_block(day, region())


def day_block(day: date, *, is_repeated: bool = False) -> Markup:
    """Return the day as the margin of a month shows it: weekday and number; once for all entries of a day, and heard with each."""
    return _day_block(day, is_repeated, region())


def format_moment(instant: datetime, zone_name: str | None = None) -> str:
    """Return an instant as date and time in a zone, the reader's own unless another is named."""
    try:
        local = timezones.to_local(instant, zone_name or zone())
    except OverflowError:
        local = instant
    return f"{_day(local.date(), 'long', region())}, {_time(local.time(), region())}"


@lru_cache(maxsize=4096)
def _translated_plural(singular: str, plural: str, num: int, _locale: str) -> Markup:
    return Markup(get_translations().ungettext(singular, plural, num))  # noqa: S704  # catalogues are ours


def _settled() -> str:
    if not has_request_context():
        return str(get_locale() or LANGUAGES[0])
    name = choose_locale()
    _locale_in_force.set(name)
    return name


@lru_cache(maxsize=4096)
def _translated(text: str, _locale: str) -> Markup:
    return Markup(gettext(text))  # noqa: S704  # catalogues are ours


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, locale: str) -> str:
    return dates.format_date(day, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _skeleton(day: date, skeleton: str, locale: str) -> str:
    return dates.format_skeleton(skeleton, datetime.combine(day, time()), locale=locale)


@lru_cache(maxsize=4096)
def _time(clock_time: time, locale: str) -> str:
    return dates.format_time(clock_time, "short", locale=locale)


@lru_cache(maxsize=4096)
def _weekday_heading(day: date, locale: str) -> Markup:
    return Markup('{}<span class="visually-hidden">, {}</span>').format(_day(day, "cccc", locale), _skeleton(day, "MMMMd", locale))


@lru_cache(maxsize=4096)
def _date_block(day: date, locale: str) -> Markup:
    return Markup('<time class="date" datetime="{}"><span>{}</span> <b>{}</b> <span>{}</span></time>').format(
        day.isoformat(), _day(day, "ccc", locale), day.day, _skeleton(day, "yMMM", locale)
    )


@lru_cache(maxsize=4096)
def _day_block(day: date, is_repeated: bool, locale: str) -> Markup:
    if is_repeated:
        return Markup('<time class="date" datetime="{}"><span class="visually-hidden">{}</span></time>').format(
            day.isoformat(), _skeleton(day, "MMMMd", locale)
        )
    return Markup('<time class="date" datetime="{}"><span>{}</span> <b>{}</b></time>').format(
        day.isoformat(), _day(day, "ccc", locale), day.day
    )
