"""Form fields and validators that more than one blueprint uses. A form judges; it changes nothing."""

from collections.abc import Callable
from datetime import date, time
from math import nan
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, Form, IntegerField, StringField, TextAreaField
from wtforms.fields import PasswordField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import DateInput, HiddenInput, TimeInput

from app import timezones
from app.models import User, Visibility
from app.models.base import MAX_ID
from app.security import passwords
from app.text import names
from app.text.folding import clean, clean_line, is_blank

MAX_NUMBER_LENGTH = 20
WEAKNESSES = {
    "common": _("This is one of the most common passwords. Choose another."),
    "personal": _("Your password can't contain your name or email address."),
    "keyboard": _("This password is a row of keys on the keyboard, which is easy to guess. Choose another."),
    "repeat": _("This password repeats or follows a sequence, which is easy to guess. Choose another."),
    "date": _("This password is a date or a year, which is easy to guess. Choose another."),
    "short": _("This password is too easy to guess. Make it longer, for example by adding a few words."),
}


USERNAME_FAULTS = {
    "missing": _("Choose a user name."),
    "long": _("A user name can have up to 64 characters."),
    "letters": _("A user name can contain letters, digits, dots, hyphens and underscores, but no spaces."),
    "script": _("Use letters from a single alphabet."),
    "reserved": _("This name is reserved. Choose another."),
}
EMAIL_FAULTS = {
    "missing": _("Enter your email address."),
    "long": _("An email address can have up to 254 characters."),
    "email": _("This isn't a valid email address."),
}
AUDIENCES = [
    SelectChoice(Visibility.PRIVATE.value, _("Private")),
    SelectChoice(Visibility.MEMBERS.value, _("Members (anyone with an account here)")),
    SelectChoice(Visibility.PUBLIC.value, _("Public (anyone on the internet)")),
]


class _Written(Field):
    """A field for words in any script: it is read from the side that they ask for."""

    def __init__(self, *args: Any, render_kw: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, render_kw={"dir": "auto", **(render_kw or {})}, **kwargs)


class LineField(_Written, StringField):
    """One line of text, cleaned of what databases refuse."""

    MAX_LENGTH = 10_000

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value, tidied, and nothing of one that nobody sees.

        Of one that no line could be, only the beginning is taken, which is too long all the same.
        """
        line = clean_line(valuelist[0][: self.MAX_LENGTH]) if valuelist else ""
        self.data = "" if is_blank(line) else line


class NameField(LineField):
    """How a person is called, as others see it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value without what nobody sees in it."""
        super().process_formdata(valuelist)
        self.data = names.shown(self.data or "")


class TextField(_Written, TextAreaField):
    """A text of many lines, cleaned of what databases refuse and otherwise exactly as typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value, cleaned."""
        self.data = clean(valuelist[0]) if valuelist else ""


class NumberField(IntegerField):
    """A whole number that every database can hold."""

    data: Any

    def __init__(self, *args: Any, largest: int = MAX_ID, **kwargs: Any) -> None:
        """`largest` is the largest that is taken, and the least is its negative."""
        super().__init__(*args, **kwargs)
        self.largest = largest

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; ValueError for one that is too large, or none."""
        if valuelist and len(str(valuelist[0])) > MAX_NUMBER_LENGTH:
            raise ValueError(self.gettext(str(_("This number is too large."))))
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) > self.largest:
            self.data = None
            raise ValueError(self.gettext(str(_("This number is too large."))))


class DegreesField(Field):
    """Degrees on earth, or none; only programs send them, and a page that asks again sends them once more."""

    widget = HiddenInput()
    data: float | None

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        """`most` is how far it is to a pole, or to the other side."""
        super().__init__(*args, **kwargs)
        self.most = most

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a number; ValueError for what is none, or lies beyond the earth."""
        text = str(valuelist[0]).strip()[:MAX_NUMBER_LENGTH] if valuelist else ""
        try:
            self.data = float(text) if text else None
        except ValueError:
            self.data = nan
        if self.data is not None and not abs(self.data) <= self.most:
            self.data = None
            raise ValueError(self.gettext(str(_("Enter degrees from -%(most)d to %(most)d.", most=self.most))))


class IsoDateField(Field):
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
            raise ValueError(self.gettext(str(_("Enter a date like 2026-11-21. The year can be 0001 to 9999.")))) from problem


class OptionalTimeField(Field):
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
            raise ValueError(self.gettext(str(_("Enter a time like 21:15, or leave this empty.")))) from problem


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

    def __init__(self, *own_fields: str, own_words: tuple[str | None, ...] = ()) -> None:
        self.own_fields = own_fields
        self.own_words = [word for word in own_words if word]

    def __call__(self, form: Form, field: Field) -> None:
        """Judge the field's text."""
        password = field.data or ""
        if not passwords.MIN_LENGTH <= passwords.length(password) <= passwords.MAX_LENGTH:
            raise ValidationError(
                _(
                    "A password must have %(shortest)d to %(longest)d characters.",
                    shortest=passwords.MIN_LENGTH,
                    longest=passwords.MAX_LENGTH,
                )
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
            raise ValidationError(_("The passwords don't match."))


def known_or_no_zone(value: str | None) -> str:
    """Return a browser's time zone if it is an IANA one, else nothing: nobody has typed it, so nobody could mend it."""
    return value if value and timezones.is_known(value) else ""


AS_USERNAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
"""What a browser is told of a field for the name that one logs in with."""


def username_field() -> LineField:
    """Return the field for a new user name."""
    return LineField(
        _("User name"),
        [Judged(names.username_fault, USERNAME_FAULTS)],
        render_kw={**AS_USERNAME, "required": True},
    )


def display_name_field() -> NameField:
    """Return the field for how a person is called."""
    return NameField(
        _("Name"),
        [
            Length(max=User.MAX_NAME_LENGTH, message=_("A name can have up to %(max)d characters.")),
            Judged(lambda name: "reserved" if names.is_reserved(name) else "", USERNAME_FAULTS),
        ],
        description=_("Others see this instead of your user name. Optional."),
        render_kw={"autocomplete": "name"},
    )


def email_field(*, is_needed: bool = True, label: str = "") -> LineField:
    """Return the field for an email address."""
    return LineField(
        label or _("Email"),
        [*([] if is_needed else [Optional()]), Judged(names.email_fault, EMAIL_FAULTS)],
        render_kw={"autocomplete": "email", "type": "email", **({"required": True} if is_needed else {})},
    )


def code_field() -> LineField:
    """Return the field for a one-time code or a recovery code."""
    return LineField(
        _("Code"),
        [DataRequired(_("Enter the six digits from your app, or a recovery code."))],
        description=_("Six digits from your app, or a recovery code."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


def own_password_field() -> PasswordField:
    """Return the field for the password that one has."""
    return PasswordField(_("Password"), [InputRequired(_("Enter your password."))], render_kw={"autocomplete": "current-password"})


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
        _("Repeat password"),
        [InputRequired(_("Repeat the password.")), SamePassword(other)],
        render_kw={"autocomplete": "new-password"},
    )
