"""The password, the devices that are signed in, and what is under way for the account."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.account import account
from app.account.forms import PasswordForm
from app.database.transactions import writing
from app.models import SecurityEvent
from app.operations import account_state, signing_in
from app.operations import passwords as changing
from app.queries import accounts, address_changes, passkeys, second_factors
from app.security import passwords
from app.security.events import SENTENCES
from app.text.user_agent import describe
from app.web import access, sessions
from app.web.form_fields import StrongPassword
from app.web.redirects import safe_redirect_target


@account.route("/password", methods=["GET", "POST"])
@access.require_recent_login
def password() -> ResponseReturnValue:
    """Change the password, which signs out every other browser."""
    me = access.current_user_or_401()
    form = PasswordForm()
    own_words = StrongPassword(own_words=(me.username, me.email))
    if request.method == "POST" and form.validate(extra_validators={"password": [own_words]}):
        password_hash = passwords.hash_password(form.password.data)
        with writing():
            mine = access.current_user_for_update()
            changing.change(mine, password_hash, sessions.this_browser(), clock.now(), keep_key=me.session_key)
        sessions.remember_browser(mine)
        flash(_("Password changed. All other devices have been logged out."))
        return redirect(url_for("account.settings"), 303)
    return render_template("account/password.html", form=form), 422 if form.errors else 200


@account.get("/devices")
@access.require_recent_login
def devices() -> ResponseReturnValue:
    """Show every browser that is signed in, this one marked."""
    found = accounts.devices_of(access.current_user_or_401().id, clock.now())
    names = {device.id: describe(device.user_agent) for device in found}
    return render_template("account/devices.html", devices=found, names=names)


@account.post("/devices/<id:session_id>/end")
@access.require_recent_login
def end_device(session_id: int) -> ResponseReturnValue:
    """Sign one browser out."""
    with writing():
        if not signing_in.end_one(access.current_user_or_401().id, session_id, sessions.this_browser(), clock.now()):
            abort(404)
    flash(_("Device logged out."))
    return redirect(url_for("account.devices"), 303)


@account.post("/devices/end-others")
@access.require_recent_login
def end_other_devices() -> ResponseReturnValue:
    """Sign every other browser out."""
    me = access.current_user_or_401()
    with writing():
        mine = access.current_user_for_update()
        signing_in.end_others(mine, keep_key=me.session_key, browser=sessions.this_browser(), now=clock.now())
    sessions.remember_browser(mine)
    flash(_("All other devices have been logged out, and all pending links and codes have been canceled."))
    return redirect(safe_redirect_target(request.args.get("next", ""), url_for("account.devices")), 303)


@account.get("/security")
@access.require_recent_login
def security() -> ResponseReturnValue:
    """Show everything that opens the account and everything that is under way for it, each with one button."""
    me, now = access.current_user_or_401(), clock.now()
    devices = accounts.devices_of(me.id, now)
    return render_template(
        "account/security.html",
        passkeys=passkeys.list_passkeys(me.id),
        active=second_factors.authenticator_of(me.id),
        codes_left=second_factors.codes_left(me.id),
        move=address_changes.waiting_for(me.id, clock.now()),
        devices=devices,
        names={device.id: describe(device.user_agent) for device in devices},
    )


@account.post("/address/cancel")
@access.require_recent_login
def cancel_move() -> ResponseReturnValue:
    """Let the link that was sent to a new address work no more."""
    with writing():
        if not account_state.cancel_move(access.current_user_for_update().id):
            abort(404)
    flash(_("Email change canceled."))
    return redirect(url_for("account.security"), 303)


@account.get("/events")
def events() -> ResponseReturnValue:
    """Show what happened to the safety of the account in the last 90 days."""
    found = second_factors.events_of(access.current_user_or_401().id)
    return render_template("account/events.html", events=found, sentences=SENTENCES, days=SecurityEvent.KEPT_FOR.days)
