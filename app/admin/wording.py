"""What the keys of errors and acts say on these pages."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.models import AuditAction, User

ACTIONS: dict[str, Any] = {
    AuditAction.CONFIRM: _("marked email as confirmed"),
    AuditAction.SUSPEND: _("suspended"),
    AuditAction.REINSTATE: _("reinstated"),
    AuditAction.ROLE: _("changed the role"),
    AuditAction.RESET_LINK: _("sent a password reset link"),
    AuditAction.SESSIONS_REVOKE: _("logged out everywhere"),
    AuditAction.CLOSE: _("closed the account"),
    AuditAction.FIRST_LINK: _("made a new login slip"),
    AuditAction.CREATE: _("created an account"),
    AuditAction.INVITE: _("created an invitation"),
    AuditAction.TAKE_BACK: _("revoked an invitation"),
    AuditAction.RETRY: _("resent an email"),
    AuditAction.HIDE: _("hid an entry"),
    AuditAction.SHOW: _("unhid an entry"),
}
DONE = {
    "confirm": _("%(name)s's email is marked as confirmed."),
    "suspend": _("%(name)s is suspended."),
    "reinstate": _("%(name)s isn't suspended."),
    "reset-link": _("We sent %(name)s a link to reset the password."),
    "close": _("%(name)s's account is closed. It will be erased in %(days)d days unless its owner logs in first."),
    "sessions-revoke": _("%(name)s is logged out everywhere."),
}
FAULTS = {
    "large": _("The file is too large."),
    "encoding": _("The file can't be read with this encoding. Save it as UTF-8, or choose its encoding."),
    "line": _("Line %(line)d isn't a valid row."),
    "header": _("The first row must name the columns: surname, first name, patronymic, email. One of the name columns is enough."),
    "many": _("The list has too many people. Split it into smaller files."),
}
PROBLEMS = {
    "twice": _("listed twice"),
    "no-name": _("name missing"),
    "name-long": _("all names together are longer than %(max)d characters", max=User.MAX_NAME_LENGTH),
    "email": _("invalid email address"),
    "username": _("user name taken or not allowed"),
}
