"""Logging in with a passkey, alone or as the second step."""

from flask import Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.auth import auth
from app.auth.rules import destination, not_signed_in
from app.models import ChallengePurpose
from app.operations import second_factor
from app.queries import passkeys
from app.security import login_limits, webauthn
from app.security.events import log_event
from app.web import sessions


@auth.post("/login/passkey/options")
@not_signed_in
def ask_for_passkey() -> ResponseReturnValue:
    """Return what a browser needs to let some passkey of this journal sign."""
    login_limits.count_key(request.remote_addr or "")
    challenge = sessions.begin_challenge(ChallengePurpose.LOG_IN)
    return Response(webauthn.ask(challenge, [], "required"), mimetype="application/json")


@auth.post("/login/passkey")
@not_signed_in
def log_in_with_passkey() -> ResponseReturnValue:
    """Sign this browser in as the person whose passkey has answered."""
    try:
        if sessions.start_by_key(request.form.get("answer", ""), remember="remember_me" in request.form):
            return redirect(destination(), 303)
    except webauthn.InvalidPasskeyResponse:
        log_event("passkey refused")
        flash(_("That passkey doesn't belong to an account here. Log in with your password."))
        return redirect(url_for("auth.log_in", next=request.args.get("next")), 303)
    return render_template("auth/suspended.html"), 403


@auth.post("/login/second/options")
@not_signed_in
def ask_for_second_key() -> ResponseReturnValue:
    """Return what a browser needs to let one of the person's keys sign, after the password."""
    waiting = second_factor.pending(session.get(sessions.PENDING, ""), clock.now()) or abort(410)
    challenge = sessions.begin_challenge(ChallengePurpose.SECOND_FACTOR, waiting.user_id)
    return Response(webauthn.ask(challenge, passkeys.ids_of(waiting.user_id), "discouraged"), mimetype="application/json")


@auth.post("/login/second/passkey")
@not_signed_in
def second_step_with_key() -> ResponseReturnValue:
    """Sign this browser in once a key has answered; the password came before."""
    try:
        sessions.pass_second_factor_by_key(request.form.get("answer", ""))
    except webauthn.InvalidPasskeyResponse:
        flash(_("That passkey isn't yours, or the request timed out."))
        return redirect(url_for("auth.second_step", next=request.args.get("next")), 303)
    return redirect(destination(), 303)
