"""Kept-open connections are spread over the workers."""

import time
from typing import Any, cast

import pytest
from gunicorn.workers.gthread import ThreadWorker

from app.web.sharing_worker import MOST_SECONDS, SharingWorker


@pytest.mark.parametrize("held", [0, 1, 7, 1000])
def test_who_holds_more_connections_waits_longer_before_taking_another(monkeypatch: pytest.MonkeyPatch, held: int) -> None:
    events: list[Any] = []
    monkeypatch.setattr(time, "sleep", events.append)
    monkeypatch.setattr(ThreadWorker, "accept", lambda _self, listener: events.append(listener))
    worker = SharingWorker.__new__(SharingWorker)
    worker.nr_conns = held
    worker.accept(cast(Any, "a socket"))
    waited, taken = events
    assert taken == "a socket" and waited <= MOST_SECONDS
    assert (waited == 0) == (held == 0) and (waited == MOST_SECONDS) == (held == 1000)
