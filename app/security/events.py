"""Security events: the sentence for the owner of the account, and the line in the log for whoever runs the journal."""

import logging

from flask_babel import lazy_gettext as _

SENTENCES = {
    "new_device": _("A device signed in that was never used before"),
    "device_ended": _("A device was signed out"),
    "others_ended": _("All other devices were signed out"),
    "password_chosen": _("The first password was chosen"),
    "password_changed": _("The password was changed"),
    "password_reset": _("The password was set anew by letter"),
    "username_changed": _("The user name was changed"),
    "address_asked": _("A change of the email address was asked for"),
    "undone": _("A change was undone by email, and everything under way was ended"),
    "address_changed": _("The e-mail address was changed"),
    "address_undone": _("A change of the e-mail address was undone"),
    "account_closed": _("The account was closed"),
    "account_reopened": _("The account was opened again"),
    "exported": _("The whole journal was downloaded"),
    "factor_added": _("One-time codes from an app are asked for at log-in"),
    "factor_removed": _("One-time codes are no longer asked for at log-in"),
    "passkey_added": _("A passkey or security key was added"),
    "passkey_removed": _("A passkey or security key was removed"),
    "codes_renewed": _("New recovery codes were made; the old ones work no more"),
    "code_used": _("A recovery code was used to log in"),
}

APP_CODES_LOST = _("Codes from your app can't be checked any more: the journal's secret key was changed. Use a recovery code.")
PROVE_FIRST = _("Your password is asked for again: prove in another window that it is you, then press the button once more.")
"""What a page says that keeps what was typed while the proof has run out."""

LOG = "app.security_event"
_log = logging.getLogger(LOG)


def log_event(what: str, *, person_id: int | None = None, level: int = logging.INFO) -> None:
    """Write down something that matters for safety: who signed in or could not, what was refused, which limit was met."""
    _log.log(level, what, extra={"facts": {"person": person_id} if person_id is not None else {}})
