"""One costly request a person at a time: whoever asks for several at once waits for the first, and for a moment only."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.gate import Gate

View = ParamSpec("View")
LONGEST_WAIT = 10.0
MOST_WAITING = 12
PLACES = 64


class OneAtATime(Exception):
    """Earlier requests of the same person are still being worked on."""


_turns = [Gate(1, MOST_WAITING, LONGEST_WAIT, OneAtATime) for _ in range(PLACES)]


def one_at_a_time(view: Callable[View, ResponseReturnValue]) -> Callable[View, ResponseReturnValue]:
    """Let a person have one such request worked on by each process, and twelve more wait; raise OneAtATime for others."""

    @wraps(view)
    def in_turn(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
        with _turns[current_user.id % PLACES if current_user.is_authenticated else 0].passed():
            return view(*args, **kwargs)

    return in_turn
