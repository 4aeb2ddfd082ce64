"""A worker of gunicorn that leaves a new connection to one that has fewer."""

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

STEP_SECONDS, MOST_SECONDS = 0.0003, 0.003


class SharingWorker(ThreadWorker):
    """gunicorn's threaded worker, with a pause before each accept that grows with the connections it holds.

    All workers wait at one socket, and whoever wakes first takes what comes: of eight connections that browsers or a proxy keep open, one
    of two workers took up to seven, while the other idled. The pause lets the one that holds fewer be first.
    """

    def accept(self, listener: Any) -> None:
        """Take a connection, unless another worker was quicker."""
        time.sleep(min(self.nr_conns * STEP_SECONDS, MOST_SECONDS))
        super().accept(listener)
