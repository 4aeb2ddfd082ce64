"""The writer's pages: writing, changing, finding, looking back."""

from flask import Blueprint

from app.web.access import require_writer

main = Blueprint("main", __name__)
main.before_request(require_writer)

from app.main import calendar, drafts, entries, files, history, looking_back, offline, photos, searching, statistics, tags, tasks, trash  # noqa: E402, F401  # views need the blueprint
