"""Forms of those who look after people."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, ValidationError

from app.formats import people
from app.formats.people import PersonRow
from app.models import User
from app.operations.enrolling import is_name_too_long
from app.operations.invitations import MAX_LIFETIME, MAX_USES
from app.web import form_fields
from app.web.account_suggestions import NamesForm

DELIVERIES = [SelectChoice("print", _("Show the link so I can print it")), SelectChoice("mail", _("Send the link by email"))]
ENCODINGS = [SelectChoice("", _("UTF-8 or UTF-16")), *[SelectChoice(name, name) for name in people.ENCODINGS]]


class NewPersonForm(NamesForm, FlaskForm):
    """Somebody whose account is made here: names, a user name made of them, perhaps an address."""

    username = form_fields.username_field()
    email = form_fields.email_field(is_needed=False)
    delivery = RadioField(_("How they get the link"), choices=DELIVERIES, default="print")

    def validate_surname(self, field: Field) -> None:
        """Refuse names that are too long together."""
        if is_name_too_long(PersonRow(1, field.data, self.first_name.data, self.patronymic.data)):
            raise ValidationError(_("All names together can have up to %(max)d characters.", max=User.MAX_NAME_LENGTH))

    @property
    def is_by_letter(self) -> bool:
        """Whether the link goes by email."""
        return bool(self.delivery.data == "mail")

    def validate_delivery(self, field: RadioField) -> None:
        """Refuse an email to nowhere."""
        if self.is_by_letter and not self.email.data:
            raise ValidationError(_("Enter an email address to send the link to."))


class ListForm(FlaskForm):
    """A list of people: the file at first, its text once it was shown what would be made."""

    file = FileField(_("CSV file"), description=_("The first row must name the columns: surname, first name, patronymic, email."))
    encoding = SelectField(_("Encoding"), choices=ENCODINGS, validate_choice=False)
    text = form_fields.TextField()
    delivery = RadioField(_("How they get the links"), choices=DELIVERIES, default="print")

    @property
    def is_by_letter(self) -> bool:
        """Whether the links go by email to those who have an address."""
        return bool(self.delivery.data == "mail")

    def validate_file(self, field: FileField) -> None:
        """Ask for the file unless its text is here."""
        if not self.text.data and not field.data:
            raise ValidationError(_("Choose a file."))


class InvitationForm(FlaskForm):
    """How many people may come with a link, until when, and where to send it, if anywhere."""

    uses = form_fields.NumberField(
        _("Number of people"),
        [
            InputRequired(_("Enter a number.")),
            NumberRange(1, MAX_USES, message=_("Enter a number from %(min)d to %(max)d.")),
        ],
        default=1,
        render_kw={"min": 1, "max": MAX_USES},
    )
    days = form_fields.NumberField(
        _("Valid for (days)"),
        [
            InputRequired(_("Enter a number.")),
            NumberRange(1, MAX_LIFETIME.days, message=_("Enter a number from %(min)d to %(max)d.")),
        ],
        default=7,
        render_kw={"min": 1, "max": MAX_LIFETIME.days},
    )
    email = form_fields.email_field(is_needed=False, label=_("Email (optional)"))
