"""What has to be proved again before an account is changed."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.addresses import is_page_of_ours

View = ParamSpec("View")


def proved_lately(view: Callable[View, ResponseReturnValue]) -> Callable[View, ResponseReturnValue]:
    """Ask for the password first, unless it was given in this browser in the last ten minutes."""

    @wraps(view)
    def only_for_the_owner(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
        if not access.me().has_proved_lately(clock.now()):
            return redirect(url_for("account.prove", next=_page_behind(request.path)), 303)
        return view(*args, **kwargs)

    return only_for_the_owner


def _page_behind(path: str) -> str:
    """Return the page that a button stands on: the nearest one upwards of where the button sends to."""
    while not is_page_of_ours(path):
        path = path.rpartition("/")[0] or "/"
    return path
