"""Forms of those who look after people."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.operations.invitations import LONGEST_LIFE, MOST_USES


class InvitationForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """How many people may come with a link, and until when."""

    uses = IntegerField(
        _("For how many people"),
        [
            InputRequired(_("Write a number.")),
            NumberRange(1, MOST_USES, message=_("Write a number from %(min)d to %(max)d.")),
        ],
        default=1,
        render_kw={"min": 1, "max": MOST_USES},
    )
    days = IntegerField(
        _("For how many days"),
        [
            InputRequired(_("Write a number.")),
            NumberRange(1, LONGEST_LIFE.days, message=_("Write a number from %(min)d to %(max)d.")),
        ],
        default=7,
        render_kw={"min": 1, "max": LONGEST_LIFE.days},
    )
