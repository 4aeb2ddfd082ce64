"""Passkeys and security keys: seeing, adding and removing them, and proving with one that it is still the owner."""

from flask import Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.account import account, proving
from app.account.forms import PasskeyForm
from app.database.transactions import writing
from app.models import ChallengePurpose
from app.operations import passkeys as keys
from app.operations import signing_in
from app.operations.errors import TooManyKeys
from app.queries import accounts, second_factors
from app.queries import passkeys as asking
from app.security import webauthn
from app.web import access, sessions, upload_limits
from app.web.redirects import safe_redirect_target


@account.get("/passkeys")
@access.require_recent_login
def passkeys() -> ResponseReturnValue:
    """Show the keys, and how to add one."""
    return _page(PasskeyForm(formdata=None))


@account.post("/passkeys/options")
@access.require_recent_login
def ask_for_new_passkey() -> ResponseReturnValue:
    """Return what a browser needs to make a key for this account."""
    me, known = access.current_user_or_401(), asking.list_passkeys(access.current_user_or_401().id)
    handle = known[0].user_handle if known else webauthn.fresh_bytes()
    challenge = sessions.begin_challenge(ChallengePurpose.ADD, me.id, user_handle=handle)
    made_already = [key.credential_id for key in known]
    return Response(
        webauthn.ask_for_new(challenge, handle, me.username, me.display_name or me.username, made_already), mimetype="application/json"
    )


@account.post("/passkeys")
@access.require_recent_login
def add_passkey() -> ResponseReturnValue:
    """Keep the key that the browser made; the first factor of a person comes with recovery codes."""
    form = PasskeyForm()
    if form.validate():
        try:
            with writing():
                name, key = form.name.data, session.pop(sessions.CHALLENGE, "")
                codes = keys.add(access.current_user_for_update(), key, form.answer.data, name, sessions.this_browser(), clock.now())
        except webauthn.InvalidPasskeyResponse:
            form.name.errors = [_("Your browser didn't create a passkey we can use. Try again.")]
        except TooManyKeys:
            form.name.errors = [_("You've reached the maximum number of passkeys. Remove one first.")]
        else:
            if codes:
                return render_template("account/recovery_codes.html", codes=codes)
            flash(_("Passkey added."))
            return redirect(url_for("account.passkeys"), 303)
    return _page(form), 422


@account.post("/passkeys/<id:passkey_id>/remove")
@access.require_recent_login
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Let a key work no more."""
    with writing():
        if not keys.remove(access.current_user_for_update(), passkey_id, sessions.this_browser(), clock.now()):
            abort(404)
    flash(_("Passkey removed."))
    return redirect(url_for("account.passkeys"), 303)


@account.post("/prove/options")
def ask_for_proof() -> ResponseReturnValue:
    """Return what a browser needs to let one of the person's keys sign in place of the password."""
    me = access.current_user_or_401()
    challenge = sessions.begin_challenge(ChallengePurpose.REAUTHENTICATE, me.id)
    return Response(webauthn.ask(challenge, asking.ids_of(me.id), "preferred"), mimetype="application/json")


@account.post("/prove/passkey")
@upload_limits.takes_text
def prove_with_key() -> ResponseReturnValue:
    """Go on to what proof was asked for, once a key has answered."""
    me, challenge = access.current_user_or_401(), session.pop(sessions.CHALLENGE, "")
    has_password = _is_password(request.form.get("password", ""))
    try:
        with writing():
            _used, knew_owner = keys.use(
                challenge, ChallengePurpose.REAUTHENTICATE, request.form.get("answer", ""), clock.now(), user_id=me.id, alone=False
            )
            if not knew_owner and not has_password:
                raise webauthn.InvalidPasskeyResponse
            key = signing_in.prove(me.session_id, clock.now())
    except webauthn.InvalidPasskeyResponse:
        flash(_("That passkey isn't yours, or the request timed out. A security key without a PIN needs your password too."))
        return proving.ask_again() if proving.interrupted_act() else redirect(url_for("account.prove", next=request.args.get("next")), 303)
    sessions.rotate_session_token(me, key)
    if proving.interrupted_act():
        return proving.go_on(proving.carried_fields())
    return redirect(safe_redirect_target(request.args.get("next", ""), url_for("account.settings")), 303)


def _is_password(password: str) -> bool:
    """Say whether this is the person's password, counted as any other try; nothing is no try."""
    if not password:
        return False
    return sessions.is_password_of(accounts.by_id(access.current_user_or_401().id), access.current_user_or_401().username, password)


def _page(form: PasskeyForm) -> str:
    me = access.current_user_or_401()
    found, left = asking.list_passkeys(me.id), second_factors.codes_left(me.id)
    return render_template("account/passkeys.html", form=form, passkeys=found, codes_left=left, place=webauthn.relying_party())
