"""Making text comparable and safe to store."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_NEWLINE = re.compile(r"\r\n?")


def clean(text: str) -> str:
    r"""Return `text` without control characters and lone surrogates, which PostgreSQL cannot store, and with `\n` line ends."""
    return _CONTROL.sub("", _NEWLINE.sub("\n", text))


def clean_line(text: str) -> str:
    """Return `text` as one clean line: every run of white space is one space, none at the ends."""
    return " ".join(clean(text).split())


def fold(text: str) -> str:
    """Return the form in which two names count as the same: Unicode NFKC and case folding (UAX #15, UAX #31)."""
    return clean_line(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", clean(text)).casefold()))
