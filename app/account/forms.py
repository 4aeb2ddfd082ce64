"""Forms of one's own settings."""

from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields import PasswordField
from wtforms.validators import InputRequired

from app import fields, zones


class ProfileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """Where the person lives, as far as dates are concerned."""

    timezone = SelectField(_("Time zone"), choices=lambda: zones.names_with(current_user.timezone))


class ProofForm(FlaskForm):  # type: ignore[misc]
    """The password, asked for again."""

    password = PasswordField(_("Password"), [InputRequired(_("Write your password."))], render_kw={"autocomplete": "current-password"})


class ProofWithCodeForm(ProofForm):
    """The password, and the second factor."""

    code = fields.code_field()


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A first code, which shows that an app and we agree."""

    code = fields.code_field()


class AddressForm(FlaskForm):  # type: ignore[misc]
    """The address to be."""

    email = fields.email_field()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The password to be."""

    password = fields.new_password_field(_("New password"))
    password2 = fields.repeated_password_field("password")
