"""What a view says of itself by a decorator, for rules that look at every request."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., object])


def mark(**facts: Any) -> Callable[[View], View]:
    """Let a view say these facts of itself."""

    def put(view: View) -> View:
        vars(view).update(facts)
        return view

    return put


def said_by_view(name: str, default: Any = None) -> Any:
    """Return a fact that the view of this request says of itself, `default` where it says nothing of it."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), name, default)
