"""What a user name and an address may look like, wherever they are typed."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from app.text.folding import fold

USERNAME = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
LONGEST_USERNAME = 64
EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"}
RESERVED = frozenset(
    (
        *("abuse", "account", "admin", "administrator", "all", "anonymous", "api", "auth", "daybook", "everybody", "help"),
        *("hostmaster", "info", "mail", "me", "moderator", "nobody", "noreply", "official", "owner", "postmaster", "root"),
        *("security", "staff", "support", "system", "webmaster", "www", "you"),
    )
)
LONGEST_EMAIL = 254
LONGEST_FOLDED = 255


def is_username(text: str) -> bool:
    """Say whether `text` can be a user name: letters, digits, and dots, hyphens and underscores between them."""
    return len(text) <= LONGEST_USERNAME and len(fold(text)) <= LONGEST_FOLDED and USERNAME.fullmatch(text) is not None


def is_of_one_script(text: str) -> bool:
    """Say whether all letters of a name belong to one script, so that no а of another alphabet passes for an a (UTS #39).

    Chinese and Japanese characters and kana go together, as they do in writing.
    """
    scripts = {unicodedata.name(letter, "UNKNOWN").split()[0].partition("-")[0] for letter in text if letter.isalpha()}
    return len(scripts - EAST_ASIAN) + bool(scripts & EAST_ASIAN) <= 1


def is_reserved(text: str) -> bool:
    """Say whether a name would pass for the journal itself, or for who runs it."""
    return fold(text) in RESERVED


def is_email(text: str) -> bool:
    """Say whether `text` is an e-mail address (RFC 5321) that any mail server takes: the part before the @ is ASCII.

    Whether it exists, only a letter can tell.
    """
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return len(text) <= LONGEST_EMAIL
