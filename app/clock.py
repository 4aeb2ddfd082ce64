"""The one place that asks what time it is, so that tests can set it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time


def now() -> datetime:
    """Return the present instant, aware and in UTC."""
    return _source()


@contextmanager
def set_to(instant: datetime) -> Iterator[None]:
    """Hold the clock at `instant` (aware) for the length of a `with` block, in every thread."""
    global _source
    earlier, _source = _source, lambda: instant
    try:
        yield
    finally:
        _source = earlier
