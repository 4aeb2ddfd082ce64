"""Making accounts for other people: one by one, or a list at once."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from flask import abort, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app import clock, i18n, timezones
from app.admin import admin
from app.admin.forms import ListForm, NewPersonForm
from app.admin.wording import FAULTS, PROBLEMS
from app.database.transactions import writing
from app.formats import people as lists
from app.formats.people import PersonRow
from app.models import User
from app.operations import enrolling
from app.operations.enrolling import Planned
from app.operations.errors import UsernameTaken
from app.queries import accounts
from app.security import tokens
from app.urls import public_url
from app.web import access, account_suggestions, qr_codes, upload_limits


class Slip(NamedTuple):
    """What a login slip says besides the names: its link, the code to type where that can't be opened, and the link to scan."""

    link: str
    code: str
    picture: Markup
    last_day: date


@admin.route("/people/new", methods=["GET", "POST"])
@access.asks_for_password_itself
def new_person() -> ResponseReturnValue:
    """Make one account and show or send the link that lets its person choose a password."""
    form = NewPersonForm()
    if account_suggestions.asked_for():
        account_suggestions.fill(form)
    elif form.validate_on_submit():
        row = PersonRow(1, form.surname.data, form.first_name.data, form.patronymic.data, form.email.data or "", form.username.data)
        if not accounts.free_usernames([row.username]):
            form.username.errors = [_("That user name is taken. Choose another.")]
        elif row.email and accounts.is_email_taken(row.email, clock.now()):
            form.email.errors = [_("There's already an account with that email address.")]
        elif access.needs_reauthentication():
            return access.ask_for_password()
        else:
            try:
                return _make([Planned(row, row.username)], by_letter=form.is_by_letter, is_list=False)
            except UsernameTaken:
                form.username.errors = [_("That user name or email address was just taken.")]
    return render_template("admin/new_person.html", form=form), 422 if form.errors and not account_suggestions.asked_for() else 200


@admin.route("/people/list", methods=["GET", "POST"])
@access.asks_for_password_itself
@upload_limits.takes_files("file")
def import_people() -> ResponseReturnValue:
    """Show what a list of people would make, and make it once that was seen: all of it or nothing."""
    form = ListForm()
    if not form.validate_on_submit():
        return render_template("admin/import_people.html", form=form), 422 if form.errors else 200
    try:
        text = form.text.data or lists.decode(form.file.data.read(lists.MAX_BYTES + 1), form.encoding.data)
        rows = lists.read(text)
    except lists.UnreadableList as fault:
        form.file.errors = [FAULTS[fault.reason] % {"line": fault.line}]
        return render_template("admin/import_people.html", form=form), 422
    planned = enrolling.plan(rows, current_app.config["LOGIN_LENGTH"])
    can_be_made = any(one.is_new for one in planned) and not any(one.problem for one in planned)
    if can_be_made and "make" in request.form:
        if access.needs_reauthentication():
            return access.ask_for_password()
        try:
            return _make(planned, by_letter=form.is_by_letter)
        except UsernameTaken:
            flash(_("Someone signed up in the meantime. Check the list again."))
            planned = enrolling.plan(rows, current_app.config["LOGIN_LENGTH"])
    form.text.data = text
    return render_template("admin/preview.html", form=form, planned=planned, can_be_made=can_be_made, problems=PROBLEMS)


@admin.post("/people/<id:user_id>/first-link")
def first_link(user_id: int) -> ResponseReturnValue:
    """Make a new slip for somebody who has not chosen a password yet, whose older one is dead; nobody else's account opens by it."""
    with writing():
        found = accounts.by_id_for_change(user_id)
        if found is None or found.password_hash:
            abort(404)
        enrolling.renew_link(found, access.current_user_or_401(), clock.now())
    found = accounts.by_id(user_id) or abort(404)
    return _slips([found], [])


def _make(planned: list[Planned], *, by_letter: bool, is_list: bool = True) -> ResponseReturnValue:
    """Make the accounts, and show the links of those who get none by email: this once."""
    me = access.current_user_or_401()
    with writing():
        made = enrolling.make(planned, me, me.timezone, me.locale, clock.now(), by_letter=by_letter, is_list=is_list)
    return _slips(made, [one.row for one in planned if one.is_there], by_letter=by_letter)


def _slips(made: Sequence[User], there: Sequence[PersonRow], *, by_letter: bool = False) -> str:
    """Show who has an account now, with a slip to print for everybody who gets no email."""
    slips = [(user, None if by_letter and user.email else _slip_for(user)) for user in made]
    return render_template("admin/accounts_created.html", made=slips, there=there, address=public_url("auth.enter_code"))


def _slip_for(user: User) -> Slip:
    link = public_url("auth.welcome", token=tokens.sign(tokens.FIRST_PASSWORD, user))
    code, until = tokens.code_of(tokens.FIRST_PASSWORD, user, clock.now()), tokens.last_day(tokens.FIRST_PASSWORD, clock.now())
    return Slip(link, f"{code[:5]}-{code[5:]}", qr_codes.inline(link), timezones.to_local(until, i18n.zone()).date())
