"""One's own settings: what one likes, and the look."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.account import account
from app.account.forms import ProfileForm
from app.database.transactions import writing
from app.models import User
from app.operations import profile
from app.operations.errors import UsernameTaken
from app.web import access, choices
from app.web.redirects import safe_redirect_target


@account.route("", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Show the account and change what its person likes; entries stay on their days."""
    form = ProfileForm(obj=access.current_user_or_401())
    if form.validate_on_submit():
        try:
            with writing():
                profile.prefer(access.current_user_for_update(), form.preferences())
        except UsernameTaken:
            form.display_name.errors = [_("That's someone else's user name. Choose another name.")]
        else:
            flash(_("Saved."))
            return redirect(url_for("account.settings"), 303)
    return render_template("account/settings.html", form=form), 422 if form.errors else 200


@account.get("/appearance")
def appearance() -> ResponseReturnValue:
    """Show how pages look, and let it be changed."""
    return render_template("account/appearance.html")


@account.post("/theme")
def theme() -> ResponseReturnValue:
    """Keep whether pages are light, dark, or as the system says: for the person, and for this browser when nobody is signed in."""
    chosen = request.form.get("theme", "")
    if chosen not in User.THEMES:
        abort(400)
    with writing():
        access.current_user_for_update().theme = chosen
    response = redirect(safe_redirect_target(request.form.get("back", ""), choices.journal_url()), 303)
    choices.keep(response, choices.THEME_COOKIE, chosen)
    return response
