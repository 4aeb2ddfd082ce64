"""The door of those who look after people. It shows accounts and letters, never a journal."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from app.access import require_administrator

admin = Blueprint("admin", __name__, url_prefix="/admin")
admin.before_request(require_administrator)

ACTIONS = {
    "confirm": _("took the address as proved"),
    "suspend": _("suspended"),
    "reinstate": _("reinstated"),
    "role": _("changed the role"),
    "reset-link": _("sent a link for a new password"),
    "sessions-revoke": _("signed out everywhere"),
    "invite": _("made an invitation"),
    "take-back": _("took back an invitation"),
    "retry": _("tried a letter again"),
    "hide": _("hid a page"),
    "show": _("showed a hidden page again"),
}

from app.admin import invitations, letters, people  # noqa: E402, F401  # views need the blueprint
