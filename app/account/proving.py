"""Proving that it is still the owner who sits there: before a page, or in the middle of an act that then goes on by itself."""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.account import account
from app.account.forms import ProofForm, ProofWithCodeForm
from app.database.transactions import writing
from app.operations import second_factor, signing_in
from app.queries import accounts, passkeys, second_factors
from app.security import login_limits, tokens
from app.security.events import APP_CODES_LOST, log_event
from app.web import access, sessions, upload_limits
from app.web.redirects import is_safe_redirect, safe_redirect_target

CARRIED = "then:"
"""What stands before the name of a field that belongs to the act, while it is carried past the password."""
Fields = Sequence[tuple[str, str]]


@account.route("/prove", methods=["GET", "POST"])
def prove() -> ResponseReturnValue:
    """Ask for the password, and go on to the page it was asked for."""
    form = _form()
    if form.validate_on_submit() and _is_proved(form):
        return redirect(safe_redirect_target(request.args.get("next", ""), url_for("account.settings")), 303)
    return _ask(form), 422 if form.errors else 200


@account.post("/prove/then")
@upload_limits.takes_text
def prove_then() -> ResponseReturnValue:
    """Ask for the password in the middle of an act, `?then=`, and go on with it: with every field that it was begun with.

    Here a form arrives as it was sent (307); it comes a second time with the password beside its fields.
    """
    if not interrupted_act():
        abort(400)
    is_first = "proof" not in request.form
    form, fields = _form(formdata=None) if is_first else _form(), _fields_as_sent() if is_first else carried_fields()
    if not is_first and form.validate() and _is_proved(form):
        return go_on(fields)
    return _ask(form, interrupted_act(), fields), 422 if form.errors else 200


def interrupted_act() -> str:
    """Return the path of the act that the password interrupted, as `?then=` names it; nothing where it names none."""
    then = request.args.get("then", "")
    return then if is_safe_redirect(then, method="POST") else ""


def ask_again() -> ResponseReturnValue:
    """Show the confirmation page once more, with every field of the act that it carries."""
    return _ask(_form(formdata=None), interrupted_act(), carried_fields()), 422


def carried_fields() -> Fields:
    """Return the fields of the act that the confirmation page carries."""
    return [(name.removeprefix(CARRIED), value) for name, value in request.form.items(multi=True) if name.startswith(CARRIED)]


def go_on(fields: Fields) -> str:
    """Show the page that sends an act on its way: by itself where there is JavaScript, by its one button elsewhere."""
    return render_template("account/continue.html", action=interrupted_act(), fields=fields)


def _fields_as_sent() -> Fields:
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _form(**options: Any) -> ProofForm:
    return (ProofWithCodeForm if second_factors.has_factor(access.current_user_or_401().id) else ProofForm)(**options)


def _ask(form: ProofForm, then: str = "", fields: Fields = ()) -> str:
    has_keys = bool(passkeys.list_passkeys(access.current_user_or_401().id))
    return render_template(
        "account/confirm_password.html",
        form=form,
        has_keys=has_keys,
        then=then,
        carried=[(CARRIED + name, value) for name, value in fields],
    )


def _is_proved(form: ProofForm) -> bool:
    """Judge the password, and the code where one is asked for; the form says what is wrong."""
    me = access.current_user_or_401()
    user = accounts.by_id(me.id)
    counted = sessions.begin_attempt(user, me.username)
    code = form["code"].data if "code" in form else None
    if not signing_in.is_password_of(user, form.password.data):
        log_event("wrong password when asked again", person_id=me.id)
        form.password.errors = [_("Wrong password.")]
    elif error := _error_of_code(code, sessions.trusted_device_id(user)):
        form["code"].errors = [error]
    else:
        counted.succeeded()
        return True
    return False


def _error_of_code(code: str | None, trusted_device_id: str) -> Any:
    """Note that the person has proved to be there, unless a code is asked for (not None) and is wrong: then say what is wrong."""
    me = access.current_user_or_401()
    if code is not None:
        login_limits.count_code(me.username, trusted_device_id)
    try:
        with writing():
            if code is not None and not second_factor.passes(access.current_user_for_update(), code, sessions.this_browser(), clock.now()):
                return _("That code is wrong or was already used.")
            key = signing_in.prove(me.session_id, clock.now())
    except tokens.SecretLost:
        return APP_CODES_LOST
    sessions.rotate_session_token(me, key)
    return None
