"""Making text comparable and safe to store."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufffe\uffff]")
_MARKS = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
_MARK_SET = frozenset(_MARKS)
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) | {"\n", "\t"}
_LONG_RUN = re.compile(f"[{re.escape(_MARKS)}]{{30}}(?=[{re.escape(_MARKS)}])")
_GRAPHEME_JOINER = "\u034f"
_NEWLINE = re.compile(r"\r\n?")


def clean(text: str) -> str:
    r"""Return `text` as it is stored: with `\n` line ends, without what PostgreSQL or XML cannot hold, and in Stream-Safe form.

    The last (UAX #15, section 13) puts an invisible joiner into runs of more than 30 combining marks, which would otherwise
    keep a normalisation busy for minutes.
    """
    text = _NEWLINE.sub("\n", text) if "\r" in text else text
    characters = set(text)
    if not characters <= _PLAIN and _CONTROL.search("".join(characters)):
        text = _CONTROL.sub("", text)
    return _LONG_RUN.sub(rf"\g<0>{_GRAPHEME_JOINER}", text) if characters & _MARK_SET else text


def clean_line(text: str) -> str:
    """Return `text` as one clean line: every run of white space is one space, none at the ends."""
    return " ".join(clean(text).split())


def fold(text: str) -> str:
    """Return the form in which two names count as the same: Unicode NFKC and case folding (UAX #15, UAX #31)."""
    return clean_line(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", clean(text)).casefold()))
