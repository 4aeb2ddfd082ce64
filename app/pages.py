"""What every page knows without being told: who reads it, the theme, and where the reader is."""

from typing import Any

from flask import Flask, has_request_context, request
from wtforms import Field, Form

from app import access

THEMES = ("system", "light", "dark")
THEME_COOKIE = "theme"


def init_app(app: Flask) -> None:
    """Give templates of `app` the shell's facts."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(described=described, first_wrong=first_wrong)
    app.context_processor(shell)


def shell() -> dict[str, object]:
    """Return what `layout.html` needs; letters, which are written outside requests, need nothing."""
    if not has_request_context():
        return {}
    theme = request.cookies.get(THEME_COOKIE, "")
    return {"theme": theme if theme in THEMES else THEMES[0], "themes": THEMES, "reader": access.reader()}


def described(field: Field, first_wrong: str = "") -> dict[str, Any]:
    """Return the attributes that tie a field to its help and its errors, and the focus for the first that is wrong."""
    notes = [f"{field.id}-help"] * bool(field.description) + [f"{field.id}-error"] * bool(field.errors)
    attributes: dict[str, Any] = {"aria-describedby": " ".join(notes)} if notes else {}
    if field.errors:
        attributes["aria-invalid"] = "true"
    if field.name == first_wrong:
        attributes["autofocus"] = True
    return attributes


def first_wrong(form: Form) -> str:
    """Return the name of the first field with an error, or of the first visible one when `form` is fresh; else nothing."""
    return next((field.name for field in form if field.errors), "")
