"""From the outbox to a real mail server."""

import smtplib
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

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
from tests.conftest import NOW
from tests.factories import Factory

APPROVED = Path(__file__).with_name("approved")


@pytest.fixture
def post(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[smtp.Sink]:
    """A mail server that the application is set to use."""
    with smtp.server() as sink:
        use(app, monkeypatch, sink.port)
        yield sink
    monkeypatch.undo()
    mail.init_app(app)


def use(app: Flask, monkeypatch: pytest.MonkeyPatch, port: int, **settings: object) -> None:
    values = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_USE_TLS": False, "MAIL_SUPPRESS_SEND": False, **settings}
    for name, value in values.items():
        monkeypatch.setitem(app.config, name, value)
    mail.init_app(app)


def queue_email(app: Flask, person: User) -> int:
    with app.app_context(), writing() as session:
        row = outbox.welcome_back(session.get_one(User, person.id), clock.now())
        session.flush()
        assert row
        return row.id


def deliver(app: Flask) -> int:
    """Deliver what waits, and return how many; none where the server is away."""
    with app.app_context():
        try:
            return delivery.deliver_waiting()
        except delivery.ServerAway:
            return 0


def stored(app: Flask, row_id: int) -> OutboxMail:
    with app.app_context():
        return db.session.get_one(OutboxMail, row_id)


def test_a_letter_arrives_once_whole_and_in_any_script(app: Flask, factory: Factory, post: smtp.Sink) -> None:
    person = factory.person("Ёлка", email="yolka@example.org")
    row_id = queue_email(app, person)
    assert (deliver(app), deliver(app)) == (1, 0)
    (email,) = post.emails
    assert email["To"] == "yolka@example.org" and email["Message-ID"] == stored(app, row_id).message_id
    plain, html = email.get_body(("plain",)), email.get_body(("html",))
    assert plain and html and "Ёлка" in plain.get_content() and "Ёлка" in html.get_content()
    assert email["Auto-Submitted"] == "auto-generated" and stored(app, row_id).sent_at


def test_any_number_of_senders_send_each_letter_once(app: Flask, factory: Factory, post: smtp.Sink) -> None:
    for _number in range(12):
        queue_email(app, factory.ada)
    senders = [threading.Thread(target=deliver, args=(app,)) for _number in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(post.emails) == 12 == len({email["Message-ID"] for email in post.emails})


def test_a_refused_letter_is_tried_again_on_schedule_and_then_given_up(app: Flask, factory: Factory, post: smtp.Sink) -> None:
    row_id = queue_email(app, factory.ada)
    post.answer = "451 busy"
    waits, now = [], NOW
    while True:
        with clock.set_to(now):
            deliver(app)
        row = stored(app, row_id)
        if row.failed_at:
            break
        waits.append(row.not_before - now)
        now = row.not_before
    assert [wait.total_seconds() for wait in waits[:7]] == [10, 30, 120, 300, 900, 1800, 3600]
    assert set(waits[6:]) == {timedelta(hours=1)} and timedelta(hours=22) < now - NOW < timedelta(hours=24)
    assert "451" in row.last_error and post.emails == []


def test_a_letter_waits_for_the_server_and_keeps_its_name(app: Flask, factory: Factory, post: smtp.Sink) -> None:
    row_id = queue_email(app, factory.ada)
    name = stored(app, row_id).message_id
    post.answer = "421 closing"
    deliver(app)
    post.answer = "250 OK"
    assert deliver(app) == 0, "not before its time"
    with clock.set_to(NOW + timedelta(seconds=31)):
        assert deliver(app) == 1
    assert [email["Message-ID"] for email in post.emails] == [name]


@pytest.mark.parametrize(
    ("problem", "is_away"),
    [
        (smtplib.SMTPConnectError(421, b"maintenance"), True),
        (smtplib.SMTPHeloError(504, b"no"), True),
        (smtplib.SMTPAuthenticationError(454, b"later"), True),
        (smtplib.SMTPServerDisconnected("gone"), True),
        (smtplib.SMTPSenderRefused(421, b"closing", "a@example.org"), True),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (421, b"closing")}), True),
        (ConnectionRefusedError(), True),
        (smtplib.SMTPDataError(451, b"busy"), False),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"busy")}), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_server_that_answers_nobody_is_away(app: Flask, factory: Factory, post: smtp.Sink, problem: Exception, is_away: bool) -> None:
    row_ids = [queue_email(app, person) for person in (factory.ada, factory.ben)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "send", Mock(side_effect=problem))
        deliver(app)
    assert [stored(app, row_id).attempts for row_id in row_ids] == ([1, 0] if is_away else [1, 1])


def test_a_sender_that_died_with_a_letter_is_forgotten(app: Flask, factory: Factory, post: smtp.Sink) -> None:
    queue_email(app, factory.ada)
    with app.app_context():
        assert delivery.claim(clock.now()) is not None
    assert deliver(app) == 0
    with clock.set_to(NOW + OutboxMail.LEASE * 1.1):
        assert deliver(app) == 1


def test_a_server_that_is_away_or_silent_is_given_up_in_time(
    app: Flask, factory: Factory, post: smtp.Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.2)
    row_id = queue_email(app, factory.ada)
    port = smtp.free_port()
    with smtp.silence(port):
        use(app, monkeypatch, port)
        assert deliver(app) == 0
    assert "timed out" in stored(app, row_id).last_error


def test_a_certificate_that_nobody_vouches_for_is_refused(
    app: Flask, factory: Factory, post: smtp.Sink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-days", "1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), *subject]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    row_id = queue_email(app, factory.ada)
    with smtp.server(tls=context) as sink:
        use(app, monkeypatch, sink.port, MAIL_USE_TLS=True)
        assert deliver(app) == 0 and sink.emails == []
    assert "SSLCertVerificationError" in stored(app, row_id).last_error


def test_without_a_mail_server_letters_are_kept_as_files(app: Flask, factory: Factory, capsys: pytest.CaptureFixture[str]) -> None:
    queue_email(app, factory.ada)
    folder = Path(app.config["DATA_DIR"], "mail")
    before = set(folder.glob("*.eml")) if folder.exists() else set()
    assert deliver(app) == 1
    (file,) = set(folder.glob("*.eml")) - before
    assert b"You already have an account" in file.read_bytes() and "an email to ada@example.org" in capsys.readouterr().out


def test_the_outbox_holds_no_link_and_no_secret(app: Flask, factory: Factory) -> None:
    with app.app_context():
        with writing() as session:
            person = session.get_one(User, factory.ada.id)
            outbox.reset_password(person, clock.now())
            outbox.confirm_address(person, clock.now())
        rows = db.session.scalars(select(OutboxMail)).all()
        assert all("token" not in str(row.context) and not row.context for row in rows)
