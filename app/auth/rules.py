"""Who these pages are for."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.auth.forms import OwnPasswordForm
from app.models import User
from app.operations.errors import AddressTaken
from app.security.tokens import InvalidLink
from app.web import sessions
from app.web.redirects import safe_redirect_target

View = ParamSpec("View")


def destination() -> str:
    """Return where the person was going before the log-in."""
    return safe_redirect_target(request.args.get("next", ""), url_for("public.home"))


def not_signed_in(view: Callable[View, ResponseReturnValue]) -> Callable[View, ResponseReturnValue]:
    """Send people who are signed in to their journal instead."""

    @wraps(view)
    def only_for_strangers(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
        if current_user.is_authenticated:
            return redirect(url_for("public.home"), 303)
        return view(*args, **kwargs)

    return only_for_strangers


def dead_links_lead_to(endpoint: str) -> Callable[[Callable[View, ResponseReturnValue]], Callable[View, ResponseReturnValue]]:
    """Answer InvalidLink, and AddressTaken where a link would return to an address, with a page that leads to where a new one is had."""

    def decorate(view: Callable[View, ResponseReturnValue]) -> Callable[View, ResponseReturnValue]:
        @wraps(view)
        def with_live_link(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
            try:
                return view(*args, **kwargs)
            except (InvalidLink, AddressTaken):
                return render_template("auth/bad_link.html", new_one=url_for(endpoint)), 410

        return with_live_link

    return decorate


def proves_password(user: User, form: OwnPasswordForm) -> bool:
    """Say whether the form holds the password of the account, counted as a try; a form that does not says why."""
    if not form.validate_on_submit():
        return False
    is_right = sessions.is_password_of(user, user.username, form.password.data)
    if not is_right:
        form.password.errors = [_("Wrong password.")]
    return is_right
