"""Form fields and validators that more than one blueprint uses. A form judges; it changes nothing."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, Form, IntegerField, StringField, TextAreaField
from wtforms.fields import PasswordField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import DateInput, TimeInput

from app import timezones
from app.models import User, Visibility
from app.models.base import LARGEST_ID
from app.security import passwords
from app.text import names
from app.text.folding import clean, clean_line

LONGEST_NUMBER = 20
WEAKNESSES = {
    "common": _("This password is one of those that are tried first. Choose another."),
    "personal": _("This password is made of your own name or address. Choose another."),
    "keyboard": _("This password is a row of neighbouring keys. Choose another."),
    "repeat": _("This password repeats or counts, which is easy to guess. Choose another."),
    "date": _("This password is a date or a year, which is easy to guess. Choose another."),
    "short": _("This password is too easy to guess. Make it longer, for example with a few more words."),
}


USERNAME_FAULTS = {
    "missing": _("Choose a user name."),
    "long": _("A user name has at most 64 characters."),
    "letters": _("A user name has letters, digits, dots, hyphens and underscores, and no spaces."),
    "script": _("The letters of a user name belong to one alphabet."),
    "reserved": _("This name would pass for the journal itself. Choose another."),
}
EMAIL_FAULTS = {
    "missing": _("Write your e-mail address."),
    "long": _("An address has at most 254 characters."),
    "email": _("This is not an e-mail address."),
}
AUDIENCES = [
    SelectChoice(Visibility.PRIVATE.value, _("Only me")),
    SelectChoice(Visibility.MEMBERS.value, _("People with an account here")),
    SelectChoice(Visibility.PUBLIC.value, _("Everybody")),
]


class _Written(Field):  # type: ignore[misc]
    """A field for words in any script: it is read from the side that they ask for."""

    def __init__(self, *args: Any, render_kw: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, render_kw={"dir": "auto", **(render_kw or {})}, **kwargs)


class LineField(_Written, StringField):  # type: ignore[misc]  # WTForms carries no types
    """One line of text, cleaned of what databases refuse."""

    LONGEST = 10_000

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value, tidied; of one that no line could be, only the beginning, which is too long all the same."""
        self.data = clean_line(valuelist[0][: self.LONGEST]) if valuelist else ""


class TextField(_Written, TextAreaField):  # type: ignore[misc]  # WTForms carries no types
    """A text of many lines, cleaned of what databases refuse and otherwise exactly as typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value, cleaned."""
        self.data = clean(valuelist[0]) if valuelist else ""


class NumberField(IntegerField):  # type: ignore[misc]
    """A whole number that every database can hold."""

    data: Any

    def __init__(self, *args: Any, largest: int = LARGEST_ID, **kwargs: Any) -> None:
        """`largest` is the largest that is taken, and the least is its negative."""
        super().__init__(*args, **kwargs)
        self.largest = largest

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; ValueError for one that is too large, or none."""
        if valuelist and len(str(valuelist[0])) > LONGEST_NUMBER:
            raise ValueError(self.gettext(str(_("This number is too large."))))
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) > self.largest:
            self.data = None
            raise ValueError(self.gettext(str(_("This number is too large."))))


class DayField(Field):  # type: ignore[misc]  # WTForms carries no types
    """A date from year 1 to 9999, as `<input type=date>` sends it."""

    widget = DateInput()
    data: date | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read YYYY-MM-DD; ValueError for what is no day."""
        text = valuelist[0].strip() if valuelist else ""
        try:
            self.data = date.fromisoformat(text) if text else None
        except ValueError as problem:
            self.data = None
            raise ValueError(self.gettext(str(_("Write a day such as 2026-11-21, from year 0001 to 9999.")))) from problem


class ClockField(Field):  # type: ignore[misc]  # WTForms carries no types
    """A time of day, or none."""

    widget = TimeInput()
    data: time | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read HH:MM or HH:MM:SS; ValueError for what is no time."""
        text = valuelist[0].strip() if valuelist else ""
        try:
            self.data = time.fromisoformat(text).replace(tzinfo=None, microsecond=0) if text else None
        except ValueError as problem:
            self.data = None
            raise ValueError(self.gettext(str(_("Write a time such as 21:15, or leave it empty.")))) from problem


class Judged:
    """Refuse what `judge` finds a fault with; `sentences` say what each fault is."""

    def __init__(self, judge: Callable[[str], str], sentences: dict[str, Any]) -> None:
        self.judge, self.sentences = judge, sentences

    def __call__(self, form: Form, field: Field) -> None:
        """Judge the field's text."""
        if fault := self.judge(field.data or ""):
            raise ValidationError(self.sentences[fault])


class StrongPassword:
    """Refuse a password that is too short, or that would be guessed; `own_fields` hold words a stranger would try."""

    def __init__(self, *own_fields: str, own_words: tuple[str, ...] = ()) -> None:
        self.own_fields = own_fields
        self.own_words = own_words

    def __call__(self, form: Form, field: Field) -> None:
        """Judge the field's text."""
        password = field.data or ""
        if not passwords.SHORTEST <= passwords.length(password) <= passwords.LONGEST:
            raise ValidationError(
                _("A password has %(shortest)d to %(longest)d characters.", shortest=passwords.SHORTEST, longest=passwords.LONGEST)
            )
        words = [str(form[name].data or "") for name in self.own_fields]
        if reason := passwords.weakness(password, [*words, *self.own_words]):
            raise ValidationError(WEAKNESSES[reason])


class SamePassword:
    """Refuse a repetition that differs from the password in `other`."""

    def __init__(self, other: str) -> None:
        self.other = other

    def __call__(self, form: Form, field: Field) -> None:
        """Judge the field's text."""
        if (field.data or "") != (form[self.other].data or ""):
            raise ValidationError(_("The two passwords are not the same."))


def known_or_no_zone(value: str | None) -> str:
    """Return a browser's time zone if it is an IANA one, else nothing: nobody has typed it, so nobody could mend it."""
    return value if value and timezones.is_known(value) else ""


def username_field() -> LineField:
    """Return the field for a new user name."""
    return LineField(
        _("User name"),
        [Judged(names.username_fault, USERNAME_FAULTS)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "required": True},
    )


def display_name_field() -> LineField:
    """Return the field for how a person is called."""
    return LineField(
        _("Name"),
        [
            Length(max=User.LONGEST_NAME, message=_("A name has at most %(max)d characters.")),
            Judged(lambda name: "reserved" if names.is_reserved(name) else "", USERNAME_FAULTS),
        ],
        description=_("What others see instead of your user name. It may stay empty."),
        render_kw={"autocomplete": "name"},
    )


def email_field(*, is_needed: bool = True) -> LineField:
    """Return the field for an e-mail address."""
    return LineField(
        _("E-mail address"),
        [*([] if is_needed else [Optional()]), Judged(names.email_fault, EMAIL_FAULTS)],
        render_kw={"autocomplete": "email", "type": "email", **({"required": True} if is_needed else {})},
    )


def code_field() -> LineField:
    """Return the field for a one-time code or a recovery code."""
    return LineField(
        _("Code"),
        [DataRequired(_("Write the six digits that your app shows, or a recovery code."))],
        description=_("Six digits from your app, or one of your recovery codes."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


def own_password_field() -> PasswordField:
    """Return the field for the password that one has."""
    return PasswordField(_("Password"), [InputRequired(_("Write your password."))], render_kw={"autocomplete": "current-password"})


def new_password_field(label: Any, *own_fields: str) -> PasswordField:
    """Return the field for a new password."""
    return PasswordField(
        label,
        [InputRequired(_("Choose a password.")), StrongPassword(*own_fields)],
        render_kw={"autocomplete": "new-password", "maxlength": None},
    )


def repeated_password_field(other: str) -> PasswordField:
    """Return the field that repeats the password in `other`."""
    return PasswordField(
        _("The same password again"),
        [InputRequired(_("Write the password once more.")), SamePassword(other)],
        render_kw={"autocomplete": "new-password"},
    )
