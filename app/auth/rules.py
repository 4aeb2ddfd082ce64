"""Who these pages are for."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.addresses import page_of_ours_or

View = ParamSpec("View")


def destination() -> str:
    """Return where the person was going before the log-in."""
    return page_of_ours_or(request.args.get("next", ""), url_for("public.home"))


def not_signed_in(view: Callable[View, ResponseReturnValue]) -> Callable[View, ResponseReturnValue]:
    """Send people who are signed in to their journal instead."""

    @wraps(view)
    def only_for_strangers(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
        if current_user.is_authenticated:
            return redirect(url_for("public.home"), 303)
        return view(*args, **kwargs)

    return only_for_strangers
