"""A gate before costly work: so much at once, a short line before it, and an answer at once for who does not fit in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Lets so many in at once (`places`), and so many more wait (`line`), each for so many seconds at most."""

    def __init__(self, places: int, line: int, longest_wait: float, refusal: type[Exception]) -> None:
        self.inside = threading.BoundedSemaphore(places)
        self.all = threading.BoundedSemaphore(places + line)
        self.longest_wait, self.refusal = longest_wait, refusal

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Wait for a place and hold it; raise the refusal where the line is full or the wait too long."""
        if not self.all.acquire(blocking=False):
            raise self.refusal
        try:
            if not self.inside.acquire(timeout=self.longest_wait):
                raise self.refusal
            try:
                yield
            finally:
                self.inside.release()
        finally:
            self.all.release()
