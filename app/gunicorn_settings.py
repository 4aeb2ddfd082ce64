"""How gunicorn serves Daybook: threads, so that a slow client holds up nobody; no control socket; gentle restarts."""

import gc
from pathlib import Path

from config import load as _load

_settings = _load()

bind = _settings.BIND
workers = _settings.WEB_CONCURRENCY
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
preload_app = True
"""The master loads the application, so that a worker is there at once, and shares its memory with the others."""
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # only heartbeats are kept there
forwarded_allow_ips = "127.0.0.1"
loglevel = "warning"


def when_ready(_arbiter: object) -> None:
    """Tell the garbage collector that what is loaded by now stays: no worker looks through it, nor copies its memory by that."""
    gc.collect()
    gc.freeze()
