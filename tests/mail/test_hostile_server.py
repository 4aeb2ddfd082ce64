"""A mail server that is silent, drips, never ends, lies or hangs up: the conversation ends in time, and every email goes once."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.mail import delivery, outbox, transport
from app.mail.transport import mail
from app.models import OutboxMail, User
from tests import smtp
from tests.factories import Factory
from tests.mail.test_delivery import deliver, post, queue_email, stored, use

__all__ = ["post"]

MAX_LENGTH = 0.5


def dripping(line: socket.socket, is_over: threading.Event) -> None:
    line.sendall(b"220-")
    while not is_over.wait(0.05):
        line.sendall(b"x")


def dripping_lines(line: socket.socket, is_over: threading.Event) -> None:
    while not is_over.wait(0.05):
        line.sendall(b"220-more\r\n")


def endless(line: socket.socket, is_over: threading.Event) -> None:
    while not is_over.is_set():
        line.sendall(b"220-" + b"x" * 4000 + b"\r\n")


def silent(line: socket.socket, is_over: threading.Event) -> None:
    is_over.wait(30)


def hanging_up(line: socket.socket, is_over: threading.Event) -> None:
    line.close()


def lying(line: socket.socket, is_over: threading.Event) -> None:
    line.sendall(b"999 \xff\xfe nonsense\r\nHTTP/1.1 200 OK\r\n\r\n")
    is_over.wait(5)


def answering(
    verb: bytes, answer: bytes, then: Callable[..., None], taken: list[bytes]
) -> Callable[[socket.socket, threading.Event], None]:
    """Return a server that answers everything well, this verb so (the text of an email is the verb `.`), and behaves so from then on."""

    def behave(line: socket.socket, is_over: threading.Event) -> None:
        replies = {b"DATA": b"354 go on", verb: answer}
        line.sendall(b"220 here\r\n")
        with line.makefile("rb") as lines:
            while asked := next(lines, b"").split(b" ")[0].strip().upper():
                if asked == b"DATA" and verb != b"DATA":
                    line.sendall(b"354 go on\r\n")
                    taken.append(b"".join(iter(lines.readline, b".\r\n")))
                    asked = b"."
                line.sendall(replies.get(asked, b"250 well") + b"\r\n")
                if asked == verb:
                    break
        then(line, is_over)

    return behave


@pytest.fixture
def hostile(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[socket.socket, threading.Event], None]], None]]:
    """What starts a server that behaves so, and lets the application use it."""
    is_over, listeners = threading.Event(), []

    def start(behave: Callable[[socket.socket, threading.Event], None]) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            while not is_over.is_set():
                try:
                    line, _address = listener.accept()
                except OSError:
                    return
                with line, suppress(OSError):
                    behave(line, is_over)

        threading.Thread(target=serve, daemon=True).start()
        use(app, monkeypatch, listener.getsockname()[1])

    monkeypatch.setattr(transport, "MAX_CONVERSATION_SECONDS", MAX_LENGTH)
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", MAX_LENGTH)
    yield start
    is_over.set()
    for listener in listeners:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    monkeypatch.undo()
    mail.init_app(app)


@pytest.mark.parametrize("behave", [dripping, dripping_lines, endless, silent, hanging_up, lying], ids=lambda one: one.__name__)
def test_a_conversation_ends_in_time_and_in_little_memory(
    app: Flask, factory: Factory, hostile: Callable[..., None], behave: object
) -> None:
    hostile(behave)
    row_id = queue_email(app, factory.ada)
    tracemalloc.start()
    begun = time.monotonic()
    try:
        assert deliver(app) == 0
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert time.monotonic() - begun < 10 * MAX_LENGTH
    row = stored(app, row_id)
    assert row.sent_at is None and row.failed_at is None and row.last_error


@pytest.mark.parametrize("then", [dripping, dripping_lines, endless, silent, hanging_up, lying], ids=lambda one: one.__name__)
def test_what_a_server_has_taken_is_sent_once_however_it_ends(
    app: Flask, factory: Factory, hostile: Callable[..., None], then: Callable[..., None]
) -> None:
    taken: list[bytes] = []
    hostile(answering(b".", b"250 queued", then, taken))
    row_id = queue_email(app, factory.ada)
    assert deliver(app) == 1 and stored(app, row_id).sent_at
    with clock.set_to(clock.now() + OutboxMail.SERVER_AWAY):
        assert deliver(app) == 0
    assert len(taken) == 1


@pytest.mark.parametrize("verb", [b"MAIL", b"RCPT", b"DATA", b"."])
@pytest.mark.parametrize("then", [silent, hanging_up, lying], ids=lambda one: one.__name__)
def test_what_a_server_refuses_for_good_is_refused_however_it_ends(
    app: Flask, factory: Factory, hostile: Callable[..., None], then: Callable[..., None], verb: bytes
) -> None:
    hostile(answering(verb, b"550 no such mailbox", then, []))
    row_id = queue_email(app, factory.ada)
    assert deliver(app) == 0
    row = stored(app, row_id)
    assert row.failed_at and "550" in row.last_error


def test_a_server_that_is_away_is_asked_once_and_then_everything_goes(
    app: Flask, factory: Factory, post: smtp.Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        queue_email(app, factory.ada)
    use(app, monkeypatch, smtp.free_port())
    with app.app_context(), pytest.raises(delivery.ServerAway):
        delivery.deliver_waiting()
    with app.app_context():
        assert sorted(db.session.scalars(select(OutboxMail.attempts))) == [0, 0, 0, 0, 1]
    use(app, monkeypatch, post.port)
    with clock.set_to(clock.now() + OutboxMail.SERVER_AWAY):
        assert deliver(app) == 5
    assert len({email["Message-ID"] for email in post.emails}) == len(post.emails) == 5


def test_a_refusal_for_good_is_not_tried_again(app: Flask, factory: Factory, post: smtp.Sink) -> None:
    row_id = queue_email(app, factory.ada)
    post.answer = "550 no such mailbox"
    assert deliver(app) == 0
    row = stored(app, row_id)
    assert row.failed_at and "550" in row.last_error


def test_what_somebody_waits_for_goes_first(app: Flask, factory: Factory, post: smtp.Sink) -> None:
    for _ in range(20):
        queue_email(app, factory.ada)
    with app.app_context(), writing() as session:
        outbox.reset_password(session.get_one(User, factory.ada.id), clock.now())
    assert deliver(app) == 21
    assert post.emails[0]["Subject"] == "Reset your password"


def test_a_row_that_vanishes_while_it_is_sent_ends_no_round(
    app: Flask, factory: Factory, post: smtp.Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = queue_email(app, factory.ada), queue_email(app, factory.ada)
    send = transport.send

    def send_and_lose(message: object) -> None:
        send(message)  # type: ignore[arg-type]
        with writing() as session:
            session.query(OutboxMail).filter(OutboxMail.id == first).delete()

    monkeypatch.setattr(delivery, "send", send_and_lose)
    assert deliver(app) == 2 and len(post.emails) == 2
