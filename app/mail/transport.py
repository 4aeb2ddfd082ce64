"""What carries an email away: Flask-Mail with verified TLS and a time-out, or a file for journals without a mail server."""

import smtplib
import socket
import ssl
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from flask import current_app
from flask_mail import Connection, Mail, Message

from app.storage import temporary

TIMEOUT_SECONDS = 10


MAX_CONVERSATION_SECONDS = 60
PROBLEMS = (OSError, smtplib.SMTPException, UnicodeError)
"""What `send` raises when an email was not taken."""
MAX_CONVERSATION_SIZE = 256 * 1024


class _Replies:
    """What a mail server says, up to so many bytes: some say more than anybody listens to."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.left = file, MAX_CONVERSATION_SIZE

    def readline(self, limit: int = -1) -> bytes:
        """Return the next line; raise SMTPServerDisconnected where too much was said."""
        line = self.file.readline(limit)
        self.left -= len(line)
        if self.left < 0:
            raise smtplib.SMTPServerDisconnected("the mail server said too much")
        return line

    def close(self) -> None:
        """Listen no more."""
        self.file.close()


class _Bounded(smtplib.SMTP):
    """A conversation with a mail server that ends after a minute, however slowly it goes on, and after so many bytes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.sock: socket.socket | None = None
        self._watch = threading.Timer(MAX_CONVERSATION_SECONDS, self._cut)
        self._watch.daemon = True
        self._watch.start()
        try:
            super().__init__(*arguments, **options)
        except BaseException:
            self._watch.cancel()
            raise

    def getreply(self) -> tuple[int, bytes]:
        """Return what the server answers."""
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock.makefile("rb"))
        return super().getreply()

    def close(self) -> None:
        """End the conversation."""
        self._watch.cancel()
        super().close()

    def _cut(self) -> None:
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


class _BoundedWithTls(_Bounded, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


class SafeConnection(Connection):
    """Flask-Mail's connection with what it leaves out: certificates are verified and a silent server is given up."""

    def configure_host(self) -> smtplib.SMTP:
        """Open the connection; OSError or SMTPException where the server cannot be reached or trusted."""
        context = ssl.create_default_context()
        server, port = self.mail.server, self.mail.port
        host: smtplib.SMTP
        if self.mail.use_ssl:
            host = _BoundedWithTls(server, port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            host = _Bounded(server, port, timeout=TIMEOUT_SECONDS)
            if self.mail.use_tls:
                host.starttls(context=context)
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host

    def __exit__(self, *_raised: object) -> None:
        """Say goodbye. What the server took is taken and what it refused is refused, however it answers that."""
        if self.host is not None:
            with suppress(*PROBLEMS):
                self.host.quit()
            self.host.close()


class SafeMail(Mail):
    """Flask-Mail that connects through `SafeConnection`."""

    def connect(self) -> SafeConnection:
        """Return a connection to use in a `with` block."""
        return SafeConnection(current_app.extensions["mail"])


def send(message: Message) -> None:
    """Hand `message` to the mail server, or show it on the terminal and keep it as a file where none is set.

    With DATABASE_KEY no file is kept: it would tell what the database does not.

    Raises OSError or SMTPException when it was not taken.
    """
    if current_app.config["MAIL_SERVER"]:
        with SafeConnection(current_app.extensions["mail"]) as connection:
            connection.send(message)
        return
    kept = "not kept, since DATABASE_KEY is set"
    if not current_app.config["DATABASE_KEY"]:
        folder = Path(current_app.config["DATA_DIR"], "mail")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        final = folder / f"{message.msgId.strip('<>').partition('@')[0]}.eml"
        with temporary.appearing(final) as file:
            file.write(message.as_bytes())
        kept = f"kept in {final} for a week"
    sys.stdout.write(f"\n--- an email to {message.recipients[0]}: {message.subject}\n{message.body}\n--- {kept}\n\n")
    sys.stdout.flush()


mail = SafeMail()
