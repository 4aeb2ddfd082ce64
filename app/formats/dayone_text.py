"""The Markdown of Day One's texts: its escapes, which nobody typed, and its links between entries."""

import re

from app.text import entry_links, markdown_code

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKS = r"[ \t]{0,50}(?:(?:>|[-*+](?=[ \t])|[0-9]{1,9}[.)](?=[ \t])|\[[ xX]\](?=[ \t]))[ \t]{0,9}){0,20}"
_PLAIN = re.compile(rf"""(?P<start>(?:^|(?<=\n)){_MARKS}(?:[0-9]{{1,9}})?)?\\(?P<sign>[-.!#()+%"',/:;=?@&${{}}^>])(?P<next>\[?)""")
_AT_A_START = set("-+#>.=)")
_BEHIND_BRACKET = set("(:")
ADDRESS = r"(?:https?://|(?<![\w/.])www\.)[^\s<>]{1,2000}"
"""An address that stands alone, in which no sign is a mark."""
_ADDRESS = re.compile(ADDRESS, re.IGNORECASE)
_IN_ADDRESS = re.compile(r"\\([_*~])")
_VIEW = r"dayone2?://view/?\?(?:[\w=%.-]{1,100}&){0,5}entryId=([\w-]{1,100})(?:&[\w=&%.-]{0,300})?"
_LINK = re.compile(rf"""\]\(<?{_VIEW}>?(?:[ \t]+(?:"[^"\n]{{0,300}}"|'[^'\n]{{0,300}}'))?[ \t]*\)""", re.IGNORECASE)
_ANGLED = re.compile(rf"(?<!\()<{_VIEW}>", re.IGNORECASE)
_BARE = re.compile(rf"(?<![(<\[\w]){_VIEW}", re.IGNORECASE)
_SHOWN = re.compile(r"(!?)\[([^\[\]\n]{0,500})\]\((?:[^()\s]|\([^()\s]{0,100}\)){1,500}\)")
_OTHER = re.compile(r"\[([^\[\]\n]{1,500})\]\(dayone2?://(?!view)[^)\s]{1,500}\)", re.IGNORECASE)


def words_of(text: str) -> str:
    """Return a line without pictures, and of its links the words; a link may be round a picture."""
    for _depth in range(2):
        text = _SHOWN.sub(lambda found: "" if found[1] else found[2], text)
    return text


def plain(text: str) -> str:
    """Return a heading's words without any escape."""
    return _ESCAPED.sub(r"\1", text)


def unescaped(text: str) -> str:
    """Return a text without the backslashes that mean nothing in Markdown; code, and what would become a mark, stay as they are."""
    if "\\" not in text:
        return text
    return markdown_code.outside(text, lambda part: _ADDRESS.sub(_address, _PLAIN.sub(_one, part)))


def _one(found: re.Match[str]) -> str:
    start, sign, following = found["start"], found["sign"], found["next"]
    backslash = found.start("sign") - 1
    is_behind_bracket = sign in _BEHIND_BRACKET and found.string[backslash - 1 : backslash] == "]"
    is_mark = (start is not None and sign in _AT_A_START) or (sign == "!" and following) or is_behind_bracket
    return found[0] if is_mark else f"{start or ''}{sign}{following}"


def _address(found: re.Match[str]) -> str:
    """Return an address as it is: its underscores and stars are no marks, whoever escaped them."""
    return _IN_ADDRESS.sub(r"\1", found[0])


def linked(text: str) -> str:
    """Return a text whose links name entries as `entry_links.elsewhere` does; those to other places of the program are their words.

    Code stays as it is.
    """
    if "dayone" not in text.lower():
        return text
    return markdown_code.outside(text, _linked)


def _linked(text: str) -> str:
    text = _LINK.sub(lambda found: f"]({entry_links.elsewhere(found[1])})", text)
    for alone in (_ANGLED, _BARE):
        text = alone.sub(lambda found: f"[{found[1]}]({entry_links.elsewhere(found[1])})", text)
    return _OTHER.sub(r"\1", text)
