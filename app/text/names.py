"""What a user name and an address may look like, wherever they are typed."""

import re
import unicodedata
from functools import lru_cache

from app.text.folding import WITHOUT_SHAPE, fold, is_blank

USERNAME = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
MAX_USERNAME_LENGTH = 64
EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"}
RESERVED = frozenset(
    (
        *("abuse", "account", "admin", "administrator", "all", "anonymous", "api", "auth", "daybook", "everybody", "help"),
        *("hostmaster", "info", "mail", "me", "moderator", "nobody", "noreply", "official", "owner", "postmaster", "root"),
        *("security", "staff", "support", "system", "webmaster", "www", "you"),
    )
)
MAX_EMAIL_LENGTH = 254
_ALIKE_AS_CAPITALS = str.maketrans("ilo", "110")
MAX_FOLDED_LENGTH = 255
_IGNORABLE = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Marks that show nothing of themselves (Unicode, Default_Ignorable_Code_Point) and are no Cf."""
_DIRECTIONS = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
"""What turns the letters behind it round, or is nothing at all."""


def is_username(text: str) -> bool:
    """Say whether `text` can be a user name: letters, digits, and dots, hyphens and underscores between them."""
    is_short = len(text) <= MAX_USERNAME_LENGTH and len(fold(text)) <= MAX_FOLDED_LENGTH
    return is_short and USERNAME.fullmatch(text) is not None and not WITHOUT_SHAPE & set(text)


def is_of_one_script(text: str) -> bool:
    """Say whether all letters of a name belong to one script, so that no а of another alphabet passes for an a (UTS #39).

    Chinese and Japanese characters and kana go together, as they do in writing.
    """
    scripts = {unicodedata.name(letter, "UNKNOWN").split()[0].partition("-")[0] for letter in text if letter.isalpha()}
    return len(scripts - EAST_ASIAN) + bool(scripts & EAST_ASIAN) <= 1


def skeleton(text: str) -> str:
    """Return what a name looks like: two names with one skeleton pass for each other (UTS #39, section 4).

    The characters of a class of look-alikes all become the same one of them, and those that nobody sees go. Names that differ
    only in capitals are one name anyway, and a capital I passes for an l, so i, l and 1 are one here, o and 0 too.
    """
    shown = _IGNORABLE.sub("", unicodedata.normalize("NFD", fold(text)))
    seen = [letter for letter in shown if unicodedata.category(letter) != "Cf" and letter not in WITHOUT_SHAPE]
    return fold("".join(_prototype(character) for character in seen)).translate(_ALIKE_AS_CAPITALS)


@lru_cache(maxsize=10_000)
def _prototype(character: str) -> str:
    """Return the one character (or few) that stands for all that look like this one.

    The table maps the head of a class to its members, and each member to its head. It takes 8 MB, so it is loaded when it is first asked.
    """
    from confusable_homoglyphs.confusables import confusables_data

    alike = [entry["c"] for entry in confusables_data.get(character, [])]
    head = alike[0] if len(alike) == 1 else character
    members = [head, *(entry["c"] for entry in confusables_data.get(head, []))]
    return head if len(head) > 1 else min(members)


def shown(text: str) -> str:
    """Return a name as people see it: without marks that turn letters round, and nothing where nothing of it can be seen."""
    plain = _DIRECTIONS.sub("", text)
    return "" if is_blank(plain) else plain


def username_fault(text: str) -> str:
    """Return what is wrong with a new user name (`missing`, `long`, `letters`, `script` or `reserved`), nothing where it is good."""
    if not text:
        return "missing"
    if len(text) > MAX_USERNAME_LENGTH:
        return "long"
    if not is_username(text):
        return "letters"
    if not is_of_one_script(text):
        return "script"
    return "reserved" if is_reserved(text) else ""


def email_fault(text: str) -> str:
    """Return what is wrong with an address (`missing`, `long` or `email`), nothing where it is good."""
    if not text:
        return "missing"
    if len(text) > MAX_EMAIL_LENGTH:
        return "long"
    return "" if is_email(text) else "email"


def is_reserved(text: str) -> bool:
    """Say whether a name is one of the journal itself or of who runs it, or would pass for one."""
    return skeleton(text) in _reserved_skeletons()


@lru_cache(maxsize=1)
def _reserved_skeletons() -> frozenset[str]:
    return frozenset(skeleton(name) for name in RESERVED)


def fold_email(text: str) -> str:
    """Return the form in which two addresses are one mailbox: folded, the domain as the DNS has it (RFC 5890, A-labels).

    What is no address is only folded.
    """
    found = _read_email(text)
    return f"{fold(found[0])}@{found[1].lower()}" if found else fold(text)


def deliverable(text: str) -> str:
    """Return an address as mail servers take it, its domain as the DNS has it (IDNA 2008), so that no library reads it otherwise."""
    found = _read_email(text)
    return "@".join(found) if found else text


def mailbox(text: str) -> str:
    """Return the mailbox behind an address, so that ada+diary@ and ada@ are one (RFC 5233, section 2: the detail after a plus)."""
    local, at, domain = fold_email(text).rpartition("@")
    return (local.partition("+")[0] or local) + at + domain


def is_email(text: str) -> bool:
    """Say whether `text` is an e-mail address (RFC 5321) that any mail server takes: the part before the @ is ASCII.

    Whether it exists, only a letter can tell.
    """
    return len(text) <= MAX_EMAIL_LENGTH and _read_email(text) is not None


def _read_email(text: str) -> tuple[str, str] | None:
    """Return the local part of an address and its domain in ASCII; None of what is no address."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return found.local_part, str(found.ascii_domain)
