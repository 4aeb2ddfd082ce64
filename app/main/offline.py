"""Writing without a network: the page that opens then, and the worker that opens it (W3C Service Workers)."""

import json

from flask import Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.main import main
from app.main.forms import EntryForm
from app.models import Visibility
from app.queries.suggestions import NONE
from app.web import access
from app.web.static_files import Assets

MODULES = (
    "page",
    "writing",
    "autosave",
    "form",
    "resume",
    "unsent",
    "disk",
    "files",
    "marks",
    "trusted",
    "words",
    "sight",
    "offline",
    "shell",
    "shortcuts",
    "tags",
    "about",
    "links",
    "lists",
    "toolbar",
)


@main.get("/worker.js")
def worker() -> ResponseReturnValue:
    """Return the worker with the names of what it keeps: style sheet, scripts and icon, no word of anybody's."""
    files: Assets = current_app.extensions["assets"]
    kept = [files.addresses[name] for name in ("daybook.css", "icon.svg", *(f"js/{module}.js" for module in MODULES))]
    facts = {"DIGEST": files.digest, "ASSETS": kept, "WRITING": url_for("main.new")}
    lines = [f"const {name} = {json.dumps(value)};" for name, value in facts.items()]
    content = "\n".join(lines).encode() + b"\n" + files.files["js/worker.js"].content
    return Response(content, mimetype="text/javascript")


@main.get("/entry/offline")
def offline() -> ResponseReturnValue:
    """Return the writing page as it opens without the journal: empty, private, with no secret, for the person who is signed in."""
    me = access.current_user_or_401()
    form = EntryForm(formdata=None, visibility=Visibility.PRIVATE.value, writer=me.id, key="", meta={"csrf": False})
    return render_template("main/offline.html", form=form, entry=None, suggestions=NONE, day_ends_at=me.day_ends_at, is_bare=True)
