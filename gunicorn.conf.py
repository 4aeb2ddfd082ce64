"""How gunicorn serves Daybook: threads, so that a slow client holds up nobody; no control socket; gentle restarts."""

import gc
import html
from pathlib import Path
from typing import Any

from gunicorn import util

from app.database.engine import THREADS
from app.web.security_headers import HEADERS
from config import load as _load

_settings = _load()
SENTENCES = {
    414: "This address is too long. Search for fewer words, or open the page again.",
    431: "Your browser sent too much. Delete the cookies of this address and try again.",
    500: "Something went wrong. Nothing you saved before is affected.",
}

bind = _settings.BIND
workers = _settings.WEB_CONCURRENCY
worker_class = "app.web.sharing_worker.SharingWorker"
threads = THREADS
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
forwarder_headers = ""
"""No header of a client becomes a path: who mounts Daybook below another path says so in the settings, not in a request."""
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190
loglevel = "warning"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "app.web.logging.JsonLines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
    "root": {"level": "WARNING", "handlers": []},
    "loggers": {"gunicorn.error": {"level": "WARNING", "handlers": ["lines"], "propagate": False, "qualname": "gunicorn.error"}},
}
"""gunicorn's own lines are JSON like ours, each with its time, and name no header of a request."""


def when_ready(_arbiter: object) -> None:
    """Tell the garbage collector that what is loaded by now stays: no worker looks through it, nor copies its memory by that."""
    gc.collect()
    gc.freeze()


def post_worker_init(_worker: object) -> None:
    """Let what gunicorn itself refuses, before any application sees it, carry our headers too."""
    util.write_error = write_error


def write_error(client: Any, status: int, reason: str, _message: str) -> None:
    """Send gunicorn's own refusal with the headers of every answer and without a word of the request."""
    sentence = html.escape(SENTENCES.get(status, "This request cannot be understood."))
    page = f"<!doctype html>\n<html lang=en><meta charset=utf-8><title>{reason}</title><h1>{reason}</h1><p>{sentence}</p></html>\n".encode()
    fixed = {**HEADERS, "Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(page)), "Cache-Control": "no-store, private"}
    lines = [f"HTTP/1.1 {status} {reason}", "Connection: close", *(f"{name}: {value}" for name, value in fixed.items())]
    util.write_nonblock(client, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + page)
