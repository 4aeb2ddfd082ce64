"""Doing once, before processes are forked, what each of them would do for itself at its first request.

What is made here is shared by all of them (fork(2)): the mapped tables, compiled templates and statements, the tables of Markdown
and of words. Measured in November 2026 with two workers: 140 MB at rest and 213 MB after 2,000 requests, where it was 153 and
238 (`python -m benchmarks.memory`); the start takes 0.3 s longer for it, 1.8 s in all.
"""

import ctypes

from flask import Flask, has_app_context
from sqlalchemy.orm import configure_mappers

from app.extensions import db
from app.search import index
from app.search.languages import DEFAULT
from app.text import markdown

PAGES = ("/", "/login")
TEMPLATES = ("public/journal.html", "macros/entries.html", "public/entry.html", "main/entry_form.html")
"""Those of every day. To compile all would take longer than the start may (0.8 s)."""
_M_ARENA_MAX = -8


def warm_up(app: Flask) -> None:
    """Open the pages that anybody may, compile the templates of every day, and render and index one text; no connection stays open.

    Inside of an application context its pages run in that, as Flask has it, and their session does not end with them.
    """
    configure_mappers()
    for name in TEMPLATES:
        app.jinja_env.get_template(name)
    with app.app_context():
        index.words_of("", markdown.render("**One** [entry](https://example.org).", "warm").html, DEFAULT)
    pages = app.test_client()
    for path in PAGES:
        pages.get(path, base_url=app.config["PUBLIC_URL"])
    if has_app_context():
        db.session.remove()
    with app.app_context():
        db.engine.dispose()


def share_one_arena() -> None:
    """Let all threads of a process take their memory from one arena, which saves 5 MB a worker (mallopt(3), of glibc alone)."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_ARENA_MAX, 1)
