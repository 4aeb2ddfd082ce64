"""What is written down for whoever runs the journal: one JSON object a line, in UTC, to standard error.

Security events name a person by id and a client by address; no line holds a name that was typed, a password, a token, the
query of an address, or anything that somebody wrote.
"""

import json
import logging
import sys
import traceback
import uuid
from datetime import UTC, datetime

from flask import Flask, g, has_request_context, request

from app.security import events


class JsonLines(logging.Formatter):
    """One record as one line; line ends in it are escaped, so that nobody can write a line of their own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "where": record.name, "what": record.getMessage()}
        line |= getattr(record, "facts", {})
        if has_request_context():
            line["request"] = request_id()
        if record.exc_info:
            line["trace"] = _trace(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=str)


def _trace(problem: BaseException | None) -> list[str]:
    """Return what went wrong where: kinds of exceptions and places in the code, the first cause last.

    Their messages stay out, since they may quote what somebody wrote; a database's do.
    """
    lines: list[str] = []
    while problem is not None:
        places = traceback.extract_tb(problem.__traceback__)
        lines += [type(problem).__name__, *(f"  {place.filename}:{place.lineno} {place.name}" for place in places)]
        problem = problem.__cause__ or problem.__context__
    return lines


def init_app(app: Flask) -> None:
    """Let everything that `app` logs leave as JSON lines, once for a process."""
    logging.getLogger(events.LOG).addFilter(_tell_where)
    ours = logging.getLogger("app")
    ours.setLevel(logging.INFO)
    if not app.testing and not ours.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        ours.addHandler(handler)
        ours.propagate = False


def _tell_where(record: logging.LogRecord) -> bool:
    """Add to a security event the client's address and the view, where there is a request."""
    if has_request_context():
        record.facts = {**getattr(record, "facts", {}), "address": request.remote_addr, "endpoint": request.endpoint}
    return True


def request_id() -> str:
    """Return what one request's lines are found by; the page of an error shows it too."""
    found: str = g.setdefault("request_id", uuid.uuid4().hex[:8])
    return found
