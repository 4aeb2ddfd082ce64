"""What every page knows without being told: who reads it, the theme, and where the reader is."""

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from wtforms import Field, Form

from app.i18n import format_day, region
from app.models import User
from app.queries.entries import Listed
from app.storage import retention
from app.text import attachments, summary, words
from app.web import access, choices


def init_app(app: Flask) -> None:
    """Give templates of `app` the layout_context's facts."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        aria_attributes=aria_attributes,
        first_wrong=first_wrong,
        opening=opening,
        render_entry_list=render_entry_list,
        stored_html=stored_html,
    )
    app.jinja_env.globals["word_patterns"] = words.for_browsers()
    app.jinja_env.globals.update(url_for=page_url, journal_url=choices.journal_url)
    app.jinja_env.globals.update(months_to_jump_to=months_to_jump_to, navigation=navigation, shortcuts=shortcuts)
    app.context_processor(layout_context)


def page_url(endpoint: str, **values: Any) -> str:
    """Return the URL of a page, as Flask's `url_for` does.

    Menus name some twenty that take no values: these are worked out once, and so is what stands round the number of an entry.
    """
    if not values:
        return _url_of(endpoint, request.root_path)
    if values.keys() == {"entry_id"}:
        before, after = _round_number(endpoint, request.root_path)
        return f"{before}{values['entry_id']}{after}"
    return url_for(endpoint, **values)


@cache
def _url_of(endpoint: str, _root_path: str) -> str:
    return url_for(endpoint)


@cache
def _round_number(endpoint: str, _root_path: str) -> list[str]:
    return url_for(endpoint, entry_id=0).rsplit("0", 1)


def render_entry_list(rows: Sequence[Listed], mine: int, *, by_month: bool = False) -> Markup:
    """Return entries as lists show them, each by the macro `one` of `macros/entries.html`; under months where that is asked for.

    Rendering twenty of them takes 1.7 ms of a page's 5.6 ms of a processor (measured in November 2026), and people come back to
    the same ones. What was made for an equal row is used again; any change to an entry makes another row. Where anything was
    deleted, by whatever process, all are forgotten before the next list.
    """
    _forget_since(retention.words_deleted_at())
    reader = access.current_reader()
    reader_id, locale, root_path = reader.id if reader else 0, region(), request.root_path
    pieces, month, day = [], None, None
    for row in rows:
        if by_month and month != row.entry_date.replace(day=1):
            month = row.entry_date.replace(day=1)
            pieces.append(_kept_piece("month", month, locale=locale, root_path=root_path))
        place = ("first" if day != row.entry_date else "later") if by_month else "alone"
        pieces.append(_kept_in_list(row, row.user_id != mine, row.user_id == reader_id, place, locale, root_path))
        day = row.entry_date
    return Markup("\n").join(pieces)


def months_to_jump_to(first_year: int, last_year: int) -> Markup:
    """Return links to the months of a journal that reaches from one year to another; many links that hardly ever change."""
    return _kept_piece("years", first_year, last_year, locale=region(), root_path=request.root_path)


def shortcuts() -> Markup:
    """Return the dialog that lists the keys; it is the same on every page."""
    return _kept_partial("partials/_shortcuts.html", region(), request.root_path)


def navigation(drafts: int) -> Markup:
    """Return the links at the head of every page of somebody's who has so many drafts; they hold no word of anybody's."""
    here, home = request.endpoint, choices.journal_url()
    return _kept_partial("partials/_navigation.html", region(), request.root_path, here=here, drafts=drafts, home=home)


@lru_cache(maxsize=1000)
def _kept_partial(name: str, _locale: str, _root_path: str, **facts: object) -> Markup:
    return Markup(current_app.jinja_env.get_template(name).render(facts))  # noqa: S704  # a template of ours, escaped as all are


@lru_cache(maxsize=2000)
def _kept_in_list(row: Listed, shows_writer: bool, is_own: bool, place: str, _locale: str, _root_path: str) -> Markup:
    return _piece("one", row, shows_writer, is_own, place)


@lru_cache(maxsize=700)
def _kept_piece(macro: str, *arguments: object, locale: str, root_path: str) -> Markup:
    """Return what a macro makes that shows no word of anybody's; the locale and the path are part of what it is kept by."""
    return _piece(macro, *arguments)


def _piece(macro: str, *arguments: object) -> Markup:
    macros = current_app.jinja_env.get_template("macros/entries.html").module
    piece: Markup = getattr(macros, macro)(*arguments)
    return piece


@lru_cache(maxsize=1)
def _forget_since(_deleted_at: int) -> None:
    """Forget all rows, once for each time that something was deleted."""
    _kept_in_list.cache_clear()


def opening(row: Listed) -> summary.Opening:
    """Return what heads an entry in a list, and what stands below: for one with a title, its excerpt."""
    return summary.Opening("", row.excerpt) if row.title else summary.opening(row.excerpt)


def stored_html(html: str, day: date | None = None) -> Markup:
    """Return the stored HTML of a text for a page of this server, wherever it is mounted; `day` is for photos nobody described."""
    html = attachments.with_photos_in_rows(html)
    if day:
        html = attachments.described(html, gettext("Photo, %(day)s", day=format_day(day)))
    return Markup(attachments.under(request.root_path, html))  # noqa: S704  # nh3 cleaned it when it was made


def forget_kept() -> None:
    """Render everything anew from now on: its templates may be others."""
    _kept_in_list.cache_clear()
    _kept_piece.cache_clear()
    _kept_partial.cache_clear()


def layout_context() -> dict[str, object]:
    """Return what `layout.html` needs; emails, which are written outside requests, need nothing."""
    if not has_request_context():
        return {}
    theme = current_user.theme if current_user.is_authenticated else request.cookies.get(choices.THEME_COOKIE, "")
    return {
        "theme": theme if theme in User.THEMES else User.THEMES[0],
        "reader": access.current_reader(),
        "current_path": access.current_path,
    }


def aria_attributes(field: Field, first_wrong: str = "") -> dict[str, Any]:
    """Return the attributes that tie a field to its help and its errors, and the focus for the first that is wrong."""
    notes = [f"{field.id}-help"] * bool(field.description) + [f"{field.id}-error"] * bool(field.errors)
    attributes: dict[str, Any] = {"aria-describedby": " ".join(notes)} if notes else {}
    if field.errors:
        attributes["aria-invalid"] = "true"
    if field.name == first_wrong:
        attributes["autofocus"] = True
    return attributes


def first_wrong(form: Form) -> str:
    """Return the name of the first field with an error, nothing where there is none."""
    return next((field.name for field in form if field.errors), "")
