"""Setting up one-time codes from an app, and recovery codes."""

import pyotp
from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.account import account
from app.account.forms import CodeForm
from app.database.transactions import writing
from app.operations import second_factor as factors
from app.queries import second_factors
from app.security import tokens
from app.web import access, qr_codes, sessions


@account.get("/second-factor")
@access.require_recent_login
def second_factor() -> ResponseReturnValue:
    """Show whether codes are asked for, and how to set them up."""
    return _page(CodeForm(formdata=None))


@account.post("/second-factor/offer")
@access.require_recent_login
def offer_second_factor() -> ResponseReturnValue:
    """Make a secret for an app to take over."""
    with writing():
        factors.offer(access.current_user_for_update().id, clock.now())
    return redirect(url_for("account.second_factor"), 303)


@account.get("/second-factor/qr.svg")
@access.require_recent_login
def second_factor_qr() -> ResponseReturnValue:
    """Return the offered secret as a picture that an app can read."""
    return Response(qr_codes.as_file(_address_of_secret() or abort(404)), mimetype="image/svg+xml")


@account.post("/second-factor/enrol")
@access.require_recent_login
def enrol_second_factor() -> ResponseReturnValue:
    """Ask for codes from now on, if the first one is right, and show the recovery codes this once."""
    form = CodeForm()
    if form.validate():
        try:
            with writing():
                codes = factors.enrol(access.current_user_for_update(), form.code.data, sessions.this_browser(), clock.now())
        except tokens.SecretLost:
            codes = None
        if codes:
            return render_template("account/recovery_codes.html", codes=codes)
        form.code.errors = [_("That isn't the current code. Check that your phone's clock is right.")]
    return _page(form), 422


@account.post("/second-factor/codes")
@access.require_recent_login
def renew_recovery_codes() -> ResponseReturnValue:
    """Make ten new recovery codes and show them this once."""
    if not second_factors.has_factor(access.current_user_or_401().id):
        abort(404)
    with writing():
        codes = factors.renew_codes(access.current_user_for_update(), sessions.this_browser(), clock.now())
    return render_template("account/recovery_codes.html", codes=codes)


@account.post("/second-factor/remove")
@access.require_recent_login
def remove_second_factor() -> ResponseReturnValue:
    """Ask for no codes any more."""
    with writing():
        me = access.current_user_for_update()
        was_there, has_others = factors.remove(me, sessions.this_browser(), clock.now()), factors.has_factor(me.id)
    if not was_there:
        abort(404)
    flash(
        _("The authenticator app was removed. Logging in still takes one of your passkeys.")
        if has_others
        else _("Two-factor authentication is off.")
    )
    return redirect(url_for("account.second_factor"), 303)


def _page(form: CodeForm) -> str:
    me = access.current_user_or_401()
    return render_template(
        "account/second_factor.html",
        form=form,
        active=second_factors.authenticator_of(me.id),
        codes_left=second_factors.codes_left(me.id),
        secret_words=_in_fours(_offered_secret()),
    )


def _address_of_secret() -> str:
    """Return the offered secret as apps take it over (the otpauth scheme), nothing where none is offered."""
    secret = _offered_secret()
    return pyotp.TOTP(secret).provisioning_uri(name=access.current_user_or_401().username, issuer_name="Daybook") if secret else ""


def _offered_secret() -> str:
    """Return the secret that an app may take over, nothing where none is offered or the key that sealed it is lost."""
    offered = second_factors.offered_to(access.current_user_or_401().id)
    try:
        return tokens.decrypt(offered.encrypted_secret) if offered else ""
    except tokens.SecretLost:
        return ""


def _in_fours(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
