"""What a browser keeps, for a year, of how pages were last looked at in it: the theme, and whose entries the journal shows."""

from flask import current_app, request, url_for
from werkzeug import Response

THEME_COOKIE, VIEW_COOKIE = "theme", "view"
ONE_YEAR = 365 * 24 * 60 * 60
REMEMBERED_VIEWS = frozenset({"mine", "shared"})
"""All entries are what `/` shows by itself, and the starred ones are looked up rather than lived with."""


def keep(response: Response, name: str, value: str) -> None:
    """Let `response` set a cookie that no script reads; an empty value removes it."""
    is_secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(name, value, max_age=ONE_YEAR if value else 0, secure=is_secure, httponly=True, samesite="Lax")


def keep_view(response: Response, view: str) -> None:
    """Let links lead to the view that was chosen; other views than the remembered ones leave it as it is, but for `all`, which ends it."""
    chosen = view if view in REMEMBERED_VIEWS else ""
    if (chosen or view == "all") and chosen != request.cookies.get(VIEW_COOKIE, ""):
        keep(response, VIEW_COOKIE, chosen)


def journal_url() -> str:
    """Return the address of the journal as it was last looked at in this browser."""
    view = request.cookies.get(VIEW_COOKIE, "")
    return url_for("public.home", view=view) if view in REMEMBERED_VIEWS else url_for("public.home")
