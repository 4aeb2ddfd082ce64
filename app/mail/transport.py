"""What carries a letter away: Flask-Mail with verified TLS and a time-out, or a file for journals without a mail server."""

import os
import smtplib
import ssl
import sys
from pathlib import Path

from flask import current_app
from flask_mail import Connection, Mail, Message

TIMEOUT_SECONDS = 10


class SafeConnection(Connection):
    """Flask-Mail's connection with what it leaves out: certificates are verified and a silent server is given up."""

    def configure_host(self) -> smtplib.SMTP:
        """Open the connection; OSError or SMTPException where the server cannot be reached or trusted."""
        context = ssl.create_default_context()
        server, port = self.mail.server, self.mail.port
        host: smtplib.SMTP
        if self.mail.use_ssl:
            host = smtplib.SMTP_SSL(server, port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            host = smtplib.SMTP(server, port, timeout=TIMEOUT_SECONDS)
            if self.mail.use_tls:
                host.starttls(context=context)
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host


class SafeMail(Mail):
    """Flask-Mail that connects through `SafeConnection`."""

    def connect(self) -> SafeConnection:
        """Return a connection to use in a `with` block."""
        return SafeConnection(current_app.extensions["mail"])


def carry(message: Message) -> None:
    """Hand `message` to the mail server, or keep it as a file and show it on the terminal where none is set.

    Raises OSError or SMTPException when it was not taken.
    """
    if current_app.config["MAIL_SERVER"]:
        with SafeConnection(current_app.extensions["mail"]) as connection:
            connection.send(message)
        return
    folder = Path(current_app.config["DATA_DIR"], "mail")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = folder / f"{message.msgId.strip('<>').partition('@')[0]}.eml"
    partial = final.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    partial.rename(final)
    sys.stdout.write(f"\n--- a letter to {message.recipients[0]}: {message.subject}\n{message.body}\n--- kept in {final}\n\n")
    sys.stdout.flush()
