"""Daybook, a private journal: `create_app` puts it together."""

import os
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from app import i18n
from app.database import engine as database
from app.database import migrating
from app.extensions import db, login_manager
from app.mail.transport import mail
from app.security import counters
from app.storage import blobs
from app.web import (
    compression,
    error_pages,
    logging,
    security_headers,
    sessions,
    static_files,
    template_context,
    upload_limits,
    url_converters,
)
from app.web.csrf import csrf

__version__ = "0.2.0"

UMASK = 0o077
"""Whatever Daybook makes is for its own account alone, from any shell."""


def create_app(config_name: str | None = None) -> Flask:
    """Return the application for the environment `config_name`, or for the one that FLASK_CONFIG names.

    Raises config.SettingsError, with the fix in its message, where a setting is missing or makes no sense.
    """
    os.umask(UMASK)
    settings = config.load(config_name)
    app = Flask(__name__, static_folder=None, instance_path=settings.DATA_DIR)
    app.config.from_object(settings)
    app.config["VERSION"] = __version__
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(settings.SQLALCHEMY_DATABASE_URI)
    _make_folder(Path(settings.DATA_DIR))

    compression.init_app(app)
    logging.init_app(app)
    url_converters.init_app(app)
    db.init_app(app)
    database.init_app(app)
    migrating.init_app(app)
    login_manager.init_app(app)
    sessions.init_app(app)
    upload_limits.init_app(app)
    csrf.init_app(app)
    counters.init_app(app)
    blobs.init_app(app)
    mail.init_app(app)
    i18n.init_app(app)
    security_headers.init_app(app)
    static_files.init_app(app)
    template_context.init_app(app)
    error_pages.init_app(app)
    _register(app)

    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _register(app: Flask) -> None:
    """Register every blueprint and every command of `app`; they import what they need, so this comes last."""
    from app import cli
    from app.account import account
    from app.admin import admin
    from app.auth import auth
    from app.main import main
    from app.moderation import moderation
    from app.public import public

    for blueprint in (public, main, auth, account, admin, moderation):
        app.register_blueprint(blueprint)
    cli.init_app(app)


def _make_folder(folder: Path) -> None:
    """Make the folder for data where it is not there; raise SettingsError where that, or writing into it, is impossible."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        reason = "" if os.access(folder, os.W_OK | os.X_OK) else "nothing can be written there"
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
    if reason:
        raise config.SettingsError(
            f"DATA_DIR is {folder}, which cannot be used by the account with the number {os.getuid()}: {reason}. "
            "Set it to a folder of Daybook's own, or let that account write there (chown, chmod u+rwx)."
        )
