"""The pages for people who are not signed in: sign up, confirm, log in, reset."""

from flask import Blueprint

auth = Blueprint("auth", __name__)

from app.auth import coming_back, confirming, new_addresses, passkeys, registering, resetting, signing_in, undoing, welcoming  # noqa: E402, F401  # views need the blueprint
