"""Security events: the sentence for the owner of the account, and the line in the log for whoever runs the journal."""

import logging
from typing import Any

from flask_babel import lazy_gettext as _

from app.models import SecurityEventKind

SENTENCES: dict[str, Any] = {
    SecurityEventKind.NEW_DEVICE: _("New device logged in"),
    SecurityEventKind.DEVICE_ENDED: _("Device logged out"),
    SecurityEventKind.OTHERS_ENDED: _("All other devices logged out"),
    SecurityEventKind.PASSWORD_CHOSEN: _("First password set"),
    SecurityEventKind.PASSWORD_CHANGED: _("Password changed"),
    SecurityEventKind.PASSWORD_RESET: _("Your password was reset by email"),
    SecurityEventKind.USERNAME_CHANGED: _("User name changed"),
    SecurityEventKind.ADDRESS_ASKED: _("Email change requested"),
    SecurityEventKind.UNDONE: _("A change was undone by email, and all pending links and codes were canceled"),
    SecurityEventKind.ADDRESS_CHANGED: _("Email changed"),
    SecurityEventKind.ADDRESS_UNDONE: _("Email change undone"),
    SecurityEventKind.ACCOUNT_CLOSED: _("Account closed"),
    SecurityEventKind.ACCOUNT_REOPENED: _("Account reopened"),
    SecurityEventKind.EXPORTED: _("Journal exported"),
    SecurityEventKind.FACTOR_ADDED: _("Authenticator app added"),
    SecurityEventKind.FACTOR_REMOVED: _("Authenticator app removed"),
    SecurityEventKind.PASSKEY_ADDED: _("Passkey or security key added"),
    SecurityEventKind.PASSKEY_REMOVED: _("Passkey or security key removed"),
    SecurityEventKind.CODES_RENEWED: _("New recovery codes created; the old ones no longer work"),
    SecurityEventKind.CODE_USED: _("Recovery code used"),
}

APP_CODES_LOST = _("Codes from your app no longer work, because this journal's secret key was changed. Use a recovery code.")

LOG = "app.security_event"
_log = logging.getLogger(LOG)


def log_event(what: str, *, person_id: int | None = None, level: int = logging.INFO) -> None:
    """Write down something that matters for safety: who signed in or could not, what was refused, which limit was met."""
    _log.log(level, what, extra={"facts": {"person": person_id} if person_id is not None else {}})
