"""The pages for everybody: what may be read decides each fetch. Also feeds, and whether the server is well."""

from flask import Blueprint

public = Blueprint("public", __name__)

from app.public import feeds, files, health, reading  # noqa: E402, F401  # views need the blueprint
