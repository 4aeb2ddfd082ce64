"""Forms of one's own settings."""

from datetime import date, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from app import i18n, timezones
from app.models import Passkey, Template, User
from app.operations.profile import Preferences
from app.operations.writing_preferences import WritingPreferences
from app.search.languages import LANGUAGES
from app.web import form_fields

MONDAY = date(2024, 1, 1)
NEVER_OR_DAYS = _("Enter a number of days, or 0 for never.")


def _weekdays(first: int = 0) -> list[SelectChoice]:
    days = [(first + number) % 7 for number in range(7)]
    return [SelectChoice(str(day), i18n.weekday(MONDAY + timedelta(days=day))) for day in days]


class ProfileForm(FlaskForm):
    """Where the person lives, as far as dates are concerned, and what the person likes."""

    display_name = form_fields.display_name_field()
    locale = SelectField(_("Language"), choices=i18n.named_languages)
    timezone = SelectField(
        _("Time zone"),
        choices=lambda: timezones.names_with(current_user.timezone),
        description=_("Your time zone decides when a new day begins. Changing it doesn't move existing entries."),
    )
    day_ends_at = SelectField(
        _("The day ends at"),
        choices=lambda: [SelectChoice(hour, i18n.format_time(time(hour))) for hour in range(User.LATEST_END_OF_DAY + 1)],
        coerce=int,
        description=_("Entries before this hour count for the previous day."),
    )
    week_begins_on = SelectField(
        _("The week begins on"),
        choices=_weekdays,
        coerce=int,
    )
    default_visibility = SelectField(_("Who can read new entries"), choices=form_fields.AUDIENCES)
    keep_originals = BooleanField(_("Keep my original photos, including location and camera data. Only I can see them."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for a language only where there are several."""
        super().__init__(*args, **kwargs)
        if len(i18n.LANGUAGES) < 2:
            del self.locale

    def preferences(self) -> Preferences:
        """Return what the form says, for an operation."""
        return Preferences(
            timezone=self.timezone.data,
            locale=self.locale.data if self.locale else current_user.locale,
            display_name=self.display_name.data,
            default_visibility=self.default_visibility.data,
            day_ends_at=self.day_ends_at.data,
            week_begins_on=self.week_begins_on.data,
            keep_originals=self.keep_originals.data,
        )


class WritingPreferencesForm(FlaskForm):
    """What helps the person to write."""

    prompt_mode = RadioField(
        _("Prompts for new entries"),
        choices=[
            SelectChoice("never", _("None")),
            SelectChoice("daily", _("One a day, in order")),
            SelectChoice("weekly", _("One a week, in order")),
            SelectChoice("random", _("A random one")),
        ],
        default="never",
    )
    prompts = form_fields.TextField(
        _("My prompts"),
        [Length(max=User.MAX_PROMPTS_LENGTH, message=_("Prompts can have up to %(max)d characters in total."))],
        description=_("One per line. For example: What surprised me today?"),
        render_kw={"rows": "6"},
    )
    prompt_rest_days = SelectMultipleField(
        _("Days without a prompt"),
        choices=lambda: _weekdays(current_user.week_begins_on),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    mood_enabled = BooleanField(_("Ask for my mood in each entry"))
    lock_after_days = form_fields.NumberField(
        _("Lock entries after this many days"),
        [
            InputRequired(_("Enter a number of days, or 0 for never.")),
            NumberRange(0, User.MAX_LOCK_AFTER_DAYS, _("Enter a number of days, or 0 for never.")),
        ],
        description=_("You'll be asked to confirm before you edit a locked entry. Enter 0 to never lock."),
        render_kw={"inputmode": "numeric"},
    )

    def preferences(self) -> WritingPreferences:
        """Return what the form says, for an operation."""
        return WritingPreferences(
            self.lock_after_days.data,
            self.mood_enabled.data,
            self.prompt_mode.data,
            self.prompts.data or "",
            "".join(sorted(set(self.prompt_rest_days.data))),
        )


class LanguagesForm(FlaskForm):
    """The languages that the person writes in, whose endings search takes off."""

    search_languages = SelectMultipleField(
        _("Languages you write in"),
        choices=lambda: sorted((SelectChoice(code, i18n.language_name(code)) for code in LANGUAGES), key=lambda choice: str(choice.label)),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class TemplateForm(FlaskForm):
    """A text that entries begin with."""

    name = form_fields.LineField(
        _("Name"),
        [
            DataRequired(_("Enter a name for the template.")),
            Length(max=Template.MAX_NAME_LENGTH, message=_("A name can have up to %(max)d characters.")),
        ],
    )
    body = form_fields.TextField(
        _("Text"),
        [Length(max=Template.MAX_BODY_LENGTH, message=_("A template can have up to %(max)d characters."))],
        render_kw={"rows": "12"},
    )
    tags = form_fields.LineField(
        _("Tags"),
        [Length(max=Template.MAX_TAGS_LENGTH, message=_("Tags can have up to %(max)d characters in total."))],
        description=_("Separate them with commas."),
    )


class ProofForm(FlaskForm):
    """The password, asked for again."""

    password = form_fields.own_password_field()


class ProofWithCodeForm(ProofForm):
    """The password, and the second factor."""

    code = form_fields.code_field()


class CodeForm(FlaskForm):
    """A first code, which shows that an app and we agree."""

    code = form_fields.code_field()


class PasskeyForm(FlaskForm):
    """What a new key is called; the browser fills in what the key answers."""

    name = form_fields.LineField(
        _("Name"),
        [
            DataRequired(_("Enter a name you'll recognize.")),
            Length(max=Passkey.MAX_NAME_LENGTH, message=_("A name can have up to %(max)d characters.")),
        ],
        description=_("For example: My phone"),
        render_kw={"autocomplete": "off"},
    )
    answer = HiddenField()


class UsernameForm(FlaskForm):
    """The user name to be."""

    username = form_fields.username_field()


class CloseForm(FlaskForm):
    """The person's own name, typed by somebody who means it."""

    username = form_fields.LineField(
        _("Enter your user name to confirm"),
        [DataRequired(_("Enter your user name."))],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class AddressForm(FlaskForm):
    """The address to be."""

    email = form_fields.email_field()


class PasswordForm(FlaskForm):
    """The password to be."""

    password = form_fields.new_password_field(_("New password"))
    password2 = form_fields.repeated_password_field("password")
