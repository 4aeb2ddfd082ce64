"""Who these pages are for."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

View = ParamSpec("View")


def not_signed_in(view: Callable[View, ResponseReturnValue]) -> Callable[View, ResponseReturnValue]:
    """Send people who are signed in to their journal instead."""

    @wraps(view)
    def only_for_strangers(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
        if current_user.is_authenticated:
            return redirect(url_for("public.home"), 303)
        return view(*args, **kwargs)

    return only_for_strangers
