"""The pages of administrators: accounts and the email queue, never a journal."""

from flask import Blueprint

from app.web.access import require_administrator

admin = Blueprint("admin", __name__, url_prefix="/admin")
admin.before_request(require_administrator)

from app.admin import email_queue, invitations, new_accounts, people  # noqa: E402, F401  # views need the blueprint
