"""Making text comparable and safe to store."""

import re
import unicodedata

_NOWHERE_HELD = re.compile(r"[\x00\ud800-\udfff]")
_CONTROL = re.compile(r"[\x01-\x1f\x7f-\x9f]")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARKS = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code)))
_MARK_SET = frozenset(_MARKS)
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) | {"\n", "\t"}
_LONG_RUN = re.compile(f"[{re.escape(_MARKS)}]{{30}}(?=[{re.escape(_MARKS)}])")
_GRAPHEME_JOINER = "\u034f"
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
"""What ends a line elsewhere (Unicode 16.0, section 5.8): Word's and Apple Notes' own among them."""
WITHOUT_SHAPE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers of Hangul and the blank of Braille: letters by their category, and white on the page."""
_UNSEEN = frozenset({"Cf", "Cc", "Mn", "Zs", "Zl", "Zp"})
_LINE_ENDS = frozenset("\r\x0b\x0c\x85\u2028\u2029")


def whole_number(text: str, most: int) -> int | None:
    """Return the number that ASCII digits write, None for anything else and for more than `most`; of any length it costs as little."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most else None


def clean(text: str) -> str:
    r"""Return `text` as it is stored: with `\n` line ends, without what PostgreSQL cannot hold, and in Stream-Safe form.

    Nothing that both databases hold is dropped. The last (UAX #15, section 13) puts an invisible joiner into runs of more than 30
    combining marks, which would otherwise keep a normalisation busy for minutes.
    """
    characters = set(text)
    if characters & _LINE_ENDS:
        text = _LINE_END.sub("\n", text)
    if not characters <= _PLAIN and _NOWHERE_HELD.search("".join(characters)):
        text = _NOWHERE_HELD.sub("", text)
    return _LONG_RUN.sub(rf"\g<0>{_GRAPHEME_JOINER}", text) if characters & _MARK_SET else text


def clean_line(text: str) -> str:
    """Return `text` as one clean line: every run of white space and control characters is one space, none at the ends."""
    return " ".join(_CONTROL.sub(" ", clean(text)).split())


def is_blank(text: str) -> bool:
    """Say whether nothing of a text can be seen: it is empty, or all of it is space, marks of direction, or letters without a shape."""
    return all(letter.isspace() or letter in WITHOUT_SHAPE or unicodedata.category(letter) in _UNSEEN for letter in text)


def for_xml(text: str) -> str:
    """Return a document without what XML 1.0 cannot hold (2.2), each such character marked as one that was lost."""
    return _NO_XML.sub("\ufffd", text)


def fold(text: str) -> str:
    """Return the form in which two names count as the same: Unicode NFKC and case folding (UAX #15, UAX #31)."""
    return clean_line(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", clean(text)).casefold()))
