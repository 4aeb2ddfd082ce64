"""One costly request a person at a time: whoever asks for several at once waits for the first, and for a moment only."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.extensions import db
from app.gate import Gate
from app.web import access, sessions

View = ParamSpec("View")
MAX_WAIT = 10.0
MAX_WAITING = 12


class OneAtATime(Exception):
    """Earlier requests of the same person are still being worked on."""


@dataclass
class _Turn:
    """The gate of one person, and how many requests stand at it."""

    gate: Gate = field(default_factory=lambda: Gate(1, MAX_WAITING, MAX_WAIT, OneAtATime))
    requests: int = 0


_turns: dict[int, _Turn] = {}
_lock = threading.Lock()


@contextmanager
def _turn_of(user_id: int) -> Iterator[bool]:
    """Wait for a person's turn and say whether others were before; the gate is there as long as somebody stands at it."""
    with _lock:
        turn = _turns.setdefault(user_id, _Turn())
        has_waited = turn.requests > 0
        turn.requests += 1
    try:
        with turn.gate.passed():
            yield has_waited
    finally:
        with _lock:
            turn.requests -= 1
            if not turn.requests:
                del _turns[user_id]


def one_at_a_time(view: Callable[View, ResponseReturnValue]) -> Callable[View, ResponseReturnValue]:
    """Let a person have one such request worked on by each process, and twelve more wait; raise OneAtATime for others."""

    @wraps(view)
    def in_turn(*args: View.args, **kwargs: View.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            with _turn_of(0):
                return view(*args, **kwargs)
        me = access.current_user_or_401()
        with _turn_of(me.id) as has_waited:
            if has_waited:
                db.session.rollback()
                sessions.refuse_ended(me)
            return view(*args, **kwargs)

    return in_turn
