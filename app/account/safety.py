"""The password, the devices that are signed in, and proving that it is still the owner who sits there."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import access, clock, guessing, logs, passwords, sessions
from app.account import account
from app.account.forms import PasswordForm, ProofForm, ProofWithCodeForm
from app.addresses import page_of_ours_or
from app.database import writing
from app.fields import StrongPassword
from app.models import SecurityEvent
from app.operations import passwords as changing
from app.operations import second_factor, signing_in
from app.queries import accounts, passkeys, second_factors
from app.safety import SENTENCES
from app.text.user_agent import describe


@account.route("/prove", methods=["GET", "POST"])
def prove() -> ResponseReturnValue:
    """Ask for the password, and go on to what it was asked for."""
    me = access.me()
    has_factor, has_keys = second_factors.has_factor(me.id), bool(passkeys.of(me.id))
    form = ProofWithCodeForm() if has_factor else ProofForm()
    if form.validate_on_submit():
        user = accounts.by_id(me.id)
        counted = sessions.begin_try(user)
        if not signing_in.is_password_of(user, form.password.data):
            logs.security_event("wrong password when asked again", person_id=me.id)
            form.password.errors = [_("This is not your password.")]
        elif not _proved(form.code.data if has_factor else None):
            form.code.errors = [_("This code is wrong, or it was used already.")]
        else:
            counted.was_right()
            return redirect(page_of_ours_or(request.args.get("next", ""), url_for("account.settings")), 303)
    return render_template("account/prove.html", form=form, has_keys=has_keys), 422 if form.errors else 200


def _proved(code: str | None) -> bool:
    """Note that the person has proved to be there, unless a code is asked for (not None) and is wrong; say which it was."""
    me = access.me()
    if code is not None:
        guessing.count_code(me.username)
    with writing():
        if code is not None and not second_factor.passes(access.me_for_change(), code, sessions.this_browser(), clock.now()):
            return False
        key = signing_in.prove(me.session_id, clock.now())
    sessions.renew(me, key)
    return True


@account.route("/password", methods=["GET", "POST"])
@access.proved_lately
def password() -> ResponseReturnValue:
    """Change the password, which signs out every other browser."""
    me = access.me()
    form = PasswordForm()
    own_words = StrongPassword(own_words=(me.username, me.email))
    if request.method == "POST" and form.validate(extra_validators={"password": [own_words]}):
        password_hash = passwords.hash_password(form.password.data)
        with writing():
            changing.change(access.me_for_change(), password_hash, sessions.this_browser(), clock.now(), keep_key=me.session_key)
        flash(_("The new password is set. Every other device is signed out."))
        return redirect(url_for("account.settings"), 303)
    return render_template("account/password.html", form=form), 422 if form.errors else 200


@account.get("/devices")
@access.proved_lately
def devices() -> ResponseReturnValue:
    """Show every browser that is signed in, this one marked."""
    found = accounts.devices_of(access.me().id, clock.now())
    names = {device.id: describe(device.user_agent) for device in found}
    return render_template("account/devices.html", devices=found, names=names)


@account.post("/devices/<id:session_id>/end")
@access.proved_lately
def end_device(session_id: int) -> ResponseReturnValue:
    """Sign one browser out."""
    with writing():
        signing_in.end_one(access.me().id, session_id, sessions.this_browser(), clock.now())
    flash(_("The device is signed out."))
    return redirect(url_for("account.devices"), 303)


@account.post("/devices/end-others")
@access.proved_lately
def end_other_devices() -> ResponseReturnValue:
    """Sign every other browser out."""
    me = access.me()
    with writing():
        signing_in.end_others(me, keep_key=me.session_key, browser=sessions.this_browser(), now=clock.now())
    flash(_("Every other device is signed out."))
    return redirect(url_for("account.devices"), 303)


@account.get("/events")
def events() -> ResponseReturnValue:
    """Show what happened to the safety of the account in the last 90 days."""
    found = second_factors.events_of(access.me().id)
    return render_template("account/events.html", events=found, sentences=SENTENCES, days=SecurityEvent.KEPT_FOR.days)
