"""The server for those who work on Daybook: what one edits shows at once, and a mistake shows itself in the browser."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from werkzeug.serving import run_simple

import config
from app.database import migrating
from app.extensions import db
from app.urls import is_loopback
from app.web import static_files, template_context


@click.command("dev")
@with_appcontext
def dev() -> None:
    """Serve with reload and debugger, on this machine alone: never a real journal. `make dev` starts it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # a proxy's documented way out
    if not app.debug or os.environ.get("FLASK_CONFIG") != "development":
        raise click.ClickException("This command is for development only, because it shows internals to anyone. Start it with `make dev`.")
    place = urlsplit(app.config["PUBLIC_URL"])
    if not is_loopback(place.hostname or ""):
        raise click.ClickException(f"PUBLIC_URL is {app.config['PUBLIC_URL']}: this server is for this machine alone. Unset it.")
    is_first = "WERKZEUG_RUN_MAIN" not in os.environ
    if is_first:
        migrating.bring_up_to_date()
    db.session.remove()
    db.engine.dispose()
    command = [sys.executable, str(config.ROOT / "manage.py"), "outbox", "run"]
    emails = subprocess.Popen(command) if is_first else None  # noqa: S603  # our own command, no word of anybody's
    try:
        run_simple(place.hostname or "127.0.0.1", place.port or 8000, _afresh(app), use_reloader=True, use_debugger=True, threaded=True)
    finally:
        if emails is not None:
            emails.terminate()


def _afresh(app: Flask) -> Flask:
    """Let every request see templates, styles and scripts as they are now."""
    app.jinja_env.auto_reload = True

    @app.before_request
    def read_again() -> None:
        static_files.read(app)
        template_context.forget_kept()

    return app
