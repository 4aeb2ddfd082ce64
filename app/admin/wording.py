"""What the keys of errors and acts say on these pages."""

from flask_babel import lazy_gettext as _

ACTIONS = {
    "confirm": _("marked email as confirmed"),
    "suspend": _("suspended"),
    "reinstate": _("reinstated"),
    "role": _("changed the role"),
    "reset-link": _("sent a password reset link"),
    "sessions-revoke": _("logged out everywhere"),
    "first-link": _("showed the link to set a first password"),
    "create": _("created an account"),
    "invite": _("created an invitation"),
    "take-back": _("revoked an invitation"),
    "retry": _("resent an email"),
    "hide": _("hid an entry"),
    "show": _("unhid an entry"),
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
    "email": _("invalid email address"),
    "username": _("user name taken or not allowed"),
}
