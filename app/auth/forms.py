"""Forms of the people who are not signed in."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import DataRequired

from app import fields
from app.fields import LineField
from app.suggesting import NamesForm


class RegisterForm(NamesForm, FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A new account. The browser fills in its time zone where it can; the names only serve to suggest a user name."""

    username = fields.username_field()
    email = fields.email_field()
    password = fields.new_password_field(_("Password"), "username", "email")
    password2 = fields.repeated_password_field("password")
    timezone = HiddenField(filters=[fields.known_or_no_zone])


class LoginForm(FlaskForm):  # type: ignore[misc]
    """Name and password."""

    username = LineField(
        _("User name or e-mail address"),
        [DataRequired(_("Write your user name or your e-mail address."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = fields.own_password_field()
    remember_me = BooleanField(_("Keep me signed in on this device for 30 days"))


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The second factor: six digits of an app, or a recovery code."""

    code = fields.code_field()


class AskForResetForm(FlaskForm):  # type: ignore[misc]
    """The address of an account whose password is forgotten."""

    email = fields.email_field()


class OwnPasswordForm(FlaskForm):  # type: ignore[misc]
    """The password of an account, from who opened a link without being signed in to it."""

    password = fields.own_password_field()


class ResetForm(FlaskForm):  # type: ignore[misc]
    """A new password."""

    password = fields.new_password_field(_("New password"))
    password2 = fields.repeated_password_field("password")
