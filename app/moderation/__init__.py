"""The door of moderators: public pages that they hide, and show again."""

from flask import Blueprint

from app.access import require_moderator

moderation = Blueprint("moderation", __name__, url_prefix="/moderation")
moderation.before_request(require_moderator)

from app.moderation import views  # noqa: E402, F401  # views need the blueprint
