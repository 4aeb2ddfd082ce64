"""A real SMTP server on this machine for emails to arrive at, polite or not."""

import contextlib
import email
import email.policy
import random
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Takes emails and keeps them; `answer` is what it says to each, "250 OK" unless a test says otherwise."""

    def __init__(self) -> None:
        self.emails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.port = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # the library's name
        if self.answer.startswith("2"):
            self.emails.append(email.message_from_bytes(envelope.content, EmailMessage, policy=email.policy.default))
        return self.answer


@contextmanager
def server(port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Sink]:
    """Run a server for the length of a `with` block, with STARTTLS where a context is given."""
    sink = Sink()
    sink.port = port or free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, tls_context=tls)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def silence(port: int) -> Iterator[None]:
    """Listen on a port and never say a word."""
    with socket.create_server(("127.0.0.1", port), backlog=64):
        yield


def free_port() -> int:
    """Return a port that nobody listens on now, of those that the system gives to nobody's outgoing connections: it stays free."""
    while True:
        port = random.randint(10_000, 30_000)  # noqa: S311  # no secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
