"""The pages of moderators: public entries that they hide and show again."""

from flask import Blueprint

from app.web.access import require_moderator

moderation = Blueprint("moderation", __name__, url_prefix="/moderation")
moderation.before_request(require_moderator)

from app.moderation import views  # noqa: E402, F401  # views need the blueprint
