"""What a user name and an address may look like, wherever they are typed."""

import re

from email_validator import EmailNotValidError, validate_email

from app.text.folding import fold

USERNAME = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
LONGEST_USERNAME = 64
LONGEST_EMAIL = 254
LONGEST_FOLDED = 255


def is_username(text: str) -> bool:
    """Say whether `text` can be a user name: letters, digits, and dots, hyphens and underscores between them."""
    return len(text) <= LONGEST_USERNAME and len(fold(text)) <= LONGEST_FOLDED and USERNAME.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Say whether `text` is an e-mail address (RFC 5321) that any mail server takes: the part before the @ is ASCII.

    Whether it exists, only a letter can tell.
    """
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return len(text) <= LONGEST_EMAIL
