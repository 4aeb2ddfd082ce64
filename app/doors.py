"""The doors: every blueprint and every command, registered in one place."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open all doors of `app`."""
    from app import cli
    from app.account import account
    from app.admin import admin
    from app.auth import auth
    from app.main import main
    from app.moderation import moderation
    from app.public import public

    for door in (public, main, auth, account, admin, moderation):
        app.register_blueprint(door)
    cli.init_app(app)
