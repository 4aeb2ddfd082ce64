"""The pages of one's own settings."""

from flask import Blueprint

from app.web.access import require_writer

account = Blueprint("account", __name__, url_prefix="/account")
account.before_request(require_writer)

from app.account import closing, email, exporting, passkeys, proving, second_factor, security, username, views, writing  # noqa: E402, F401  # views need the blueprint
