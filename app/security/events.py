"""Security events: the sentence for the owner of the account, and the line in the log for whoever runs the journal."""

import logging

from flask_babel import lazy_gettext as _

SENTENCES = {
    "new_device": _("New device logged in"),
    "device_ended": _("Device logged out"),
    "others_ended": _("All other devices logged out"),
    "password_chosen": _("First password set"),
    "password_changed": _("Password changed"),
    "password_reset": _("Your password was reset by email"),
    "username_changed": _("User name changed"),
    "address_asked": _("Email change requested"),
    "undone": _("A change was undone by email, and all pending links and codes were canceled"),
    "address_changed": _("Email changed"),
    "address_undone": _("Email change undone"),
    "account_closed": _("Account closed"),
    "account_reopened": _("Account reopened"),
    "exported": _("Journal exported"),
    "factor_added": _("Two-factor authentication turned on"),
    "factor_removed": _("Two-factor authentication turned off"),
    "passkey_added": _("Passkey or security key added"),
    "passkey_removed": _("Passkey or security key removed"),
    "codes_renewed": _("New recovery codes created; the old ones no longer work"),
    "code_used": _("Recovery code used to log in"),
}

APP_CODES_LOST = _("Codes from your app no longer work, because this journal's secret key was changed. Use a recovery code.")
PROVE_FIRST = _("Confirm your password in another window, then press the button again.")
"""What a page says that keeps what was typed while the proof has run out."""

LOG = "app.security_event"
_log = logging.getLogger(LOG)


def log_event(what: str, *, person_id: int | None = None, level: int = logging.INFO) -> None:
    """Write down something that matters for safety: who signed in or could not, what was refused, which limit was met."""
    _log.log(level, what, extra={"facts": {"person": person_id} if person_id is not None else {}})
