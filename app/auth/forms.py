"""Forms of the people who are not signed in."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField
from wtforms.validators import DataRequired, Length

from app.web import form_fields
from app.web.account_suggestions import NamesForm
from app.web.form_fields import LineField


class RegisterForm(NamesForm, FlaskForm):
    """A new account. The browser fills in its time zone where it can; the names only serve to suggest a user name."""

    username = form_fields.username_field()
    email = form_fields.email_field()
    password = form_fields.new_password_field(_("Password"), "username", "email")
    password2 = form_fields.repeated_password_field("password")
    timezone = HiddenField(filters=[form_fields.known_or_no_zone])


class LoginForm(FlaskForm):
    """Name and password."""

    username = LineField(
        _("User name or email"),
        [DataRequired(_("Enter your user name or email."))],
        render_kw=form_fields.AS_USERNAME,
    )
    password = form_fields.own_password_field()
    remember_me = BooleanField(_("Keep me logged in on this device for 30 days"))


class SlipForm(FlaskForm):
    """What a login slip says: a user name and ten letters, which people type in groups and in capitals or not."""

    username = LineField(
        _("User name"),
        [DataRequired(_("Enter the user name on the slip."))],
        render_kw=form_fields.AS_USERNAME,
    )
    code = LineField(
        _("Code"),
        [DataRequired(_("Enter the code on the slip.")), Length(max=40, message=_("A code has ten characters."))],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class CodeForm(FlaskForm):
    """The second factor: six digits of an app, or a recovery code."""

    code = form_fields.code_field()


class AskForResetForm(FlaskForm):
    """The address of an account whose password is forgotten."""

    email = form_fields.email_field()


class OwnPasswordForm(FlaskForm):
    """The password of an account, from who opened a link without being signed in to it."""

    password = form_fields.own_password_field()


class ResetForm(FlaskForm):
    """A new password."""

    password = form_fields.new_password_field(_("New password"))
    password2 = form_fields.repeated_password_field("password")
