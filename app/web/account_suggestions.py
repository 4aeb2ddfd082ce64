"""Suggesting a user name and a password on a form, by plain buttons; what else was typed stays as it is."""

from itertools import islice

from flask import current_app, request
from flask_babel import lazy_gettext as _
from wtforms import Form
from wtforms.validators import Length
from wtforms.widgets import PasswordInput

from app.models import User
from app.queries import accounts
from app.text import account_names
from app.web.form_fields import LineField

MAX_CANDIDATES = 500
STEPS = {"name": 0, "next": 1, "previous": -1}


class NamesForm(Form):
    """The names that a user name is made of; all may be empty but one."""

    surname = LineField(_("Last name"), [Length(max=User.MAX_NAME_LENGTH)], render_kw={"autocomplete": "family-name"})
    first_name = LineField(_("First name"), [Length(max=User.MAX_NAME_LENGTH)], render_kw={"autocomplete": "given-name"})
    patronymic = LineField(
        _("Middle name or patronymic"), [Length(max=User.MAX_NAME_LENGTH)], render_kw={"autocomplete": "additional-name"}
    )


def asked_for() -> str:
    """Return which button for suggestions was pressed, nothing where the form is meant to be sent."""
    return request.form.get("suggest", "")


def fill(form: NamesForm) -> None:
    """Do what the button says: the first, next or previous free user name, another password, or an empty form."""
    wanted = asked_for()
    for field in (form[name] for name in ("password", "password2") if name in form):
        field.widget = PasswordInput(hide_value=False)
    if wanted == "clear":
        form.process(formdata=None)
    elif wanted == "password":
        form["password"].data = form["password2"].data = password()
    elif wanted in STEPS:
        form["username"].data = _neighbour(form, STEPS[wanted]) or form["username"].data


def password() -> str:
    """Return a random password as PASS_LENGTH and PASS_CHARS say."""
    return account_names.password(current_app.config["PASS_CHARS"], current_app.config["PASS_LENGTH"])


def _neighbour(form: NamesForm, step: int) -> str:
    """Return the free user name so many steps from the one in the form: the first where that is none of them."""
    names = (form.surname.data, form.first_name.data, form.patronymic.data)
    everything = list(islice(account_names.candidates(*names, current_app.config["LOGIN_LENGTH"]), MAX_CANDIDATES))
    if not everything:
        form.surname.errors = [_("Enter at least one name.")]
        return ""
    free = accounts.free_usernames(everything)
    current = form["username"].data
    if current not in everything or step == 0:
        return free[0] if free else ""
    place = everything.index(current)
    onwards = everything[place + 1 :] if step > 0 else everything[:place][::-1]
    return next((name for name in onwards if name in free), current)
