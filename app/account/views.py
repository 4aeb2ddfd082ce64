"""One's own settings: the time zone, the password, the look."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import access, clock, passwords
from app.account import account
from app.account.forms import PasswordForm, ProfileForm
from app.addresses import is_page_of_ours
from app.database import writing
from app.fields import StrongPassword
from app.operations import passwords as changing
from app.operations import profile, signing_in
from app.pages import THEME_COOKIE, THEMES

ONE_YEAR = 365 * 24 * 3600


@account.route("", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Show the account and change its time zone; entries stay on their days."""
    form = ProfileForm(obj=access.me())
    if form.validate_on_submit():
        with writing():
            profile.move_to_zone(access.me_for_change(), form.timezone.data)
        flash(_("Saved."))
        return redirect(url_for("account.settings"), 303)
    return render_template("account/settings.html", form=form), 422 if form.errors else 200


@account.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Change the password, which signs out every other browser."""
    me = access.me()
    form = PasswordForm()
    own_words = StrongPassword(own_words=(me.username, me.email))
    if request.method == "POST" and form.validate(extra_validators={"password": [own_words]}):
        if signing_in.is_password_of(me.id, form.current_password.data):
            password_hash = passwords.hash_password(form.password.data)
            with writing():
                changing.change(access.me_for_change(), password_hash, clock.now(), keep_key=me.session_key)
            flash(_("The new password is set. Every other device is signed out."))
            return redirect(url_for("account.settings"), 303)
        form.current_password.errors = [_("This is not your current password.")]
    return render_template("account/password.html", form=form), 422 if form.errors else 200


@account.post("/theme")
def theme() -> ResponseReturnValue:
    """Keep in this browser whether pages are light, dark, or as the system says."""
    chosen = request.form.get("theme", "")
    if chosen not in THEMES:
        abort(400)
    back = request.form.get("back", "")
    response = redirect(back if is_page_of_ours(back) else url_for("public.home"), 303)
    response.set_cookie(THEME_COOKIE, chosen, max_age=ONE_YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
    return response
