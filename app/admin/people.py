"""People: finding one, and what can be done about an account."""

from collections.abc import Callable
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.admin import admin
from app.admin.wording import ACTIONS, DONE
from app.backup import archive
from app.database.transactions import writing
from app.models import Permission, User
from app.operations import closing
from app.operations import people as acts
from app.operations.errors import LastAdministrator
from app.queries import accounts, attachments, people, second_factors
from app.queries.accounts import CurrentUser
from app.security import login_limits
from app.text import names
from app.text.folding import clean_line, whole_number
from app.web import access

Act = Callable[[User, CurrentUser, datetime, str], None]
SHUT_OUT = {"suspend", "sessions-revoke", "close"}
"""Acts after which whoever did them to themselves is signed out."""
MAX_REASON_LENGTH, MAX_BEFORE = 300, 999_999_999
ACTS: dict[str, Act] = {
    "confirm": acts.confirm,
    "suspend": acts.suspend,
    "reinstate": acts.reinstate,
    "reset-link": acts.send_reset_link,
    "sessions-revoke": acts.end_devices,
    "close": closing.close_for,
}


@admin.get("")
def start() -> ResponseReturnValue:
    """Begin with the people."""
    return redirect(url_for("admin.people_page"), 303)


@admin.get("/people")
def people_page() -> ResponseReturnValue:
    """Show people by name, those found where something is looked for."""
    text = clean_line(request.args.get("q", ""))[:254]
    page = people.search(text, clean_line(request.args.get("after", ""))[:64])
    return render_template(
        "admin/people.html",
        page=page,
        text=text,
        last_backup=archive.last_made(),
        is_guarded=second_factors.has_factor(access.current_user_or_401().id),
    )


@admin.get("/people/<id:user_id>")
def person(user_id: int) -> ResponseReturnValue:
    """Show one account, and what can be done about it."""
    found = accounts.by_id(user_id) or abort(404)
    facts = {"roles": people.roles(), "devices": len(accounts.devices_of(user_id, clock.now())), "taken": attachments.space_taken(user_id)}
    return render_template("admin/person.html", person=found, **facts)


@admin.get("/people/<id:user_id>/close")
def ask_to_close(user_id: int) -> ResponseReturnValue:
    """Say what closing somebody's account does, and ask."""
    return render_template("admin/close_account.html", person=accounts.by_id(user_id) or abort(404), days=User.ERASED_AFTER.days)


@admin.post("/people/<id:user_id>/<any(confirm,suspend,reinstate,'reset-link','sessions-revoke',close):action>")
def apply_action(user_id: int, action: str) -> ResponseReturnValue:
    """Do one thing about an account."""
    if action == "reset-link" and not (accounts.by_id(user_id) or abort(404)).email:
        flash(_("This person has no email address."))
        return redirect(url_for("admin.person", user_id=user_id), 303)
    try:
        with writing():
            found = access.person_to_look_after(user_id)
            ACTS[action](found, access.current_user_or_401(), clock.now(), _reason())
    except LastAdministrator:
        flash(_("This is the only administrator. Make someone else an administrator first."))
        return _back_to(user_id)
    else:
        if action == "sessions-revoke":
            # Of an account without an email nobody else can do that.
            login_limits.forgive(found.username, found.email)
        flash(str(DONE[action]) % {"name": found.name_for_admins, "days": User.ERASED_AFTER.days})
    return _back_to(user_id, is_out=action in SHUT_OUT)


@admin.post("/people/<id:user_id>/role")
def role(user_id: int) -> ResponseReturnValue:
    """Give a person another role."""
    wanted = accounts.role_named(clean_line(request.form.get("role", ""))) or abort(400)
    try:
        with writing():
            acts.change_role(access.person_to_look_after(user_id), wanted, access.current_user_or_401(), clock.now(), _reason())
    except LastAdministrator:
        flash(_("This is the only administrator. Make someone else an administrator first."))
        return _back_to(user_id)
    else:
        flash(_("Role changed."))
    return _back_to(user_id, is_out=not wanted.permissions & Permission.ADMINISTER)


def _back_to(user_id: int, *, is_out: bool = False) -> ResponseReturnValue:
    """Lead back to the person; whoever has just shut themselves out of these pages, to the journal."""
    if is_out and user_id == access.current_user_or_401().id:
        return redirect(url_for("public.home"), 303)
    return redirect(url_for("admin.person", user_id=user_id), 303)


def _reason() -> str:
    return names.shown(clean_line(request.form.get("reason", "")))[:MAX_REASON_LENGTH]


@admin.get("/audit")
def audit() -> ResponseReturnValue:
    """Show what was done to accounts, the latest first."""
    trail, has_more = people.audit_trail(whole_number(request.args.get("before", ""), MAX_BEFORE))
    return render_template("admin/audit.html", trail=trail, has_more=has_more, actions=ACTIONS)
