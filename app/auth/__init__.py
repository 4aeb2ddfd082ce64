"""The pages for people who are not signed in: sign up, confirm, log in, reset."""

from flask import Blueprint

auth = Blueprint("auth", __name__)

from app.auth import confirming, email_changes, first_password, passkeys, registering, reopening, resetting, signing_in, undoing  # noqa: E402, F401  # views need the blueprint
