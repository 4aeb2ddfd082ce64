"""Forms of moderators."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms.validators import DataRequired, Length

from app.models import ModerationAction
from app.web.form_fields import LineField


class HidingForm(FlaskForm):
    """Why an entry is hidden."""

    reason = LineField(
        _("Reason"),
        [
            DataRequired(_("Enter a reason.")),
            Length(max=ModerationAction.MAX_REASON_LENGTH, message=_("A reason can have up to %(max)d characters.")),
        ],
        description=_("The writer sees it above the entry and gets it by email."),
    )
