"""What the keys of errors and acts say on these pages."""

from flask_babel import lazy_gettext as _

ACTIONS = {
    "confirm": _("took the address as proved"),
    "suspend": _("suspended"),
    "reinstate": _("reinstated"),
    "role": _("changed the role"),
    "reset-link": _("sent a link for a new password"),
    "sessions-revoke": _("signed out everywhere"),
    "first-link": _("showed the link for the first password"),
    "create": _("made an account"),
    "invite": _("made an invitation"),
    "take-back": _("took back an invitation"),
    "retry": _("tried a letter again"),
    "hide": _("hid a page"),
    "show": _("showed a hidden page again"),
}
FAULTS = {
    "large": _("The file is too large for a list of people."),
    "encoding": _("The file is no text in this encoding. Save it as UTF-8, or name the encoding."),
    "line": _("Line %(line)d is no row of a list."),
    "header": _("The first row has to name the columns: surname, first name, patronymic, email. One of the names is enough."),
    "many": _("The list has too many people. Take it in parts."),
}
PROBLEMS = {
    "twice": _("stands twice in this list"),
    "no-name": _("has no name"),
    "email": _("has an address that is none"),
    "username": _("gets no user name: it is taken, or not allowed"),
}
