"""Day One's rich text as Markdown: the only words that some exports have of an entry.

Nodes and attributes as in `Automattic/DayOne-Cli`, `rtjson-format.md`; the document says `nodes` where exports say `contents`.
"""

import json
import re
from collections.abc import Iterable
from itertools import groupby, pairwise
from typing import Any

from app.formats.dayone_text import ADDRESS
from app.text.folding import clean_line

LISTS = {"bulleted": "- ", "numbered": "1. ", "checkbox": "- [ ] "}
MARKS = (("strikethrough", "~~"), ("italic", "*"), ("bold", "**"))
MOMENTS = {"photo", "video", "audio", "pdfAttachment"}
RULES = {"horizontalLineRule", "horizontalRuleLine"}
MAX_INDENTED = 8

_EMPTY = re.compile(r"\n{3,}")
_SPECIAL = re.compile(rf"({ADDRESS})|([\\`*_\[\]~]|&(?=#?\w{{1,32}};))", re.IGNORECASE)
"""Addresses, in which no sign is a mark, and signs that could be one."""
_RULED = re.compile(r"[-=|: \t]+")
_TRAILING, _LEADING = re.compile(r"\s?[^\w\s]{1,20}$"), re.compile(r"[^\w\s]{1,20}\s?")
_NOT_BARE = re.compile(r"[\s()<>]")
_RUN = re.compile(r"`+")
_BRACKET = re.compile(r"[\[\]]")
_BEGINNING = re.compile(r"(\s*)(?:(#{1,6}(?=\s|$)|[-+](?=\s|$)|>)|([0-9]{1,9})(?=[.)](?:\s|$)))")
_FENCE = re.compile(r"`{3,}")


class Code(str):
    """A line of a block of code."""

    __slots__ = ()


def to_markdown(value: Any) -> str:
    """Return the Markdown of a rich text, a string of JSON or what it says; nothing where it is none that can be read."""
    try:
        document = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return ""
    nodes = (document.get("contents") or document.get("nodes")) if isinstance(document, dict) else None
    lines: list[str] = []
    current = ""
    line: dict[str, Any] = {}
    nodes = [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []
    for node, following in pairwise([*nodes, {}]):
        objects = node.get("embeddedObjects")
        for embedded in objects if isinstance(objects, list) else []:
            lines += [_finished(current, line), *_embedded(embedded)]
            current, line = "", {}
        said = node.get("attributes")
        attributes: dict[str, Any] = said if isinstance(said, dict) else {}
        pieces = str(node.get("text") or "").split("\n")
        for number, piece in enumerate(pieces):
            here, is_ended = attributes.get("line"), number < len(pieces) - 1
            if isinstance(here, dict) and (piece or is_ended):
                line = here
            if piece:
                is_joined = not is_ended and str(following.get("text") or " ")[0].isalnum() and not following.get("embeddedObjects")
                current += piece if line.get("codeBlock") else _inline(piece, attributes, current[-1:].isalnum(), is_joined)
            if is_ended:
                lines.append(_finished(current, line))
                current, line = "", {}
    lines.append(_finished(current, line))
    return _EMPTY.sub("\n\n", "\n".join(_apart(lines))).strip("\n")


def _inline(text: str, attributes: dict[str, Any], goes_on: bool, is_joined: bool) -> str:
    """Return words with their marks.

    Signs at the edge of words that touch other words there stand outside of the marks, which could neither open nor close at them.
    """
    core = text.strip()
    if not core:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    marks = [mark for name, mark in MARKS if attributes.get(name)]
    if marks and not attributes.get("inlineCode"):
        if is_joined and not after and (signs := _TRAILING.search(core)):
            core, after = core[: signs.start()], _escaped(signs[0], attributes)
        if goes_on and not before and (signs := _LEADING.match(core)):
            core, before = core[signs.end() :], _escaped(signs[0], attributes)
        marks = marks if core else []
    core = _code(core) if attributes.get("inlineCode") else _escaped(core, attributes)
    for mark in marks:
        core = f"{mark}{core}{mark}"
    if attributes.get("linkURL") and not attributes.get("autolink"):
        core = f"[{core}]({_target(str(attributes['linkURL']))})"
    return f"{before}{core}{after}"


def _escaped(text: str, attributes: dict[str, Any]) -> str:
    """Return words whose signs are no marks; in an address none is one, but for brackets within a link's words."""
    is_linked = bool(attributes.get("linkURL")) and not attributes.get("autolink")

    def one(found: re.Match[str]) -> str:
        if found[2]:
            return f"\\{found[2]}"
        return _BRACKET.sub(r"\\\g<0>", found[1]) if is_linked else found[1]

    return _SPECIAL.sub(one, text)


def _code(text: str) -> str:
    """Return words as code, between more backticks than they have (CommonMark 0.31, 6.1)."""
    fence = "`" * (max(map(len, _RUN.findall(text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"


def _target(address: str) -> str:
    """Return where a link leads as Markdown takes it: between angle brackets where it has spaces or brackets."""
    if not _NOT_BARE.search(address):
        return address
    return f"<{' '.join(address.split()).replace('<', '%3C').replace('>', '%3E')}>"


def _finished(text: str, line: dict[str, Any]) -> str:
    """Return a line with what stands at its beginning: a heading, a list, a quotation; words that would become one stay words."""
    if line.get("codeBlock"):
        return Code(text)
    if not text.strip():
        return text
    level, indent = line.get("header"), line.get("indentLevel")
    depth = min(MAX_INDENTED, max(0, indent - 1)) if isinstance(indent, int) else 0
    if isinstance(level, int) and 0 < level <= 6:
        return f"{'#' * level} {text}"
    if mark := LISTS.get(str(line.get("listStyle"))):
        mark = "- [x] " if mark.startswith("- [") and line.get("checked") else mark
        return f"{'   ' * depth}{mark}{_no_mark(text)}"
    return f"> {_no_mark(text)}" if line.get("quote") else _no_mark(text)


def _no_mark(text: str) -> str:
    """Return a line whose words would begin a list, a heading, a line or a table with a backslash before them."""
    rest = text.lstrip(" \t")
    if _RULED.fullmatch(rest) and ("-" in rest or "=" in rest):
        return f"{text[: len(text) - len(rest)]}\\{rest}"
    return _BEGINNING.sub(_as_words, text, count=1) if _BEGINNING.match(text) else text


def _as_words(found: re.Match[str]) -> str:
    space, mark, number = found.groups()
    return f"{space}{number}\\" if number else f"{space}\\{mark}"


def _embedded(embedded: Any) -> list[str]:
    if not isinstance(embedded, dict):
        return []
    kind, name = str(embedded.get("type")), str(embedded.get("identifier") or "")
    if kind in MOMENTS and name:
        return ["", f"![](dayone-moment:/{kind}/{name})", ""]
    if kind in RULES:
        return ["", "---", ""]
    address = embedded.get("url") or embedded.get("entryURL")
    words = str(embedded.get("contents") or embedded.get("title") or address or "")
    if "code" in kind.lower() and words:
        return ["", *map(Code, words.split("\n")), ""]
    if words == address and words:
        return ["", f"<{words}>", ""]
    lines = [_no_mark(_escaped(line, {})) for line in words.split("\n")] if words else [f"*(Not taken over: {clean_line(kind)[:40]}.)*"]
    return ["", *lines, ""]


def _apart(lines: list[str]) -> list[str]:
    """Return lines with an empty one round each heading, list, quotation and block of code, which Markdown asks for."""
    found: list[str] = []
    for is_code, block in groupby(lines, key=lambda one: isinstance(one, Code)):
        if is_code:
            found += _fenced(list(block))
        else:
            _add_apart(found, block)
    return found


def _fenced(code: list[str]) -> list[str]:
    """Return a block of code between fences that are longer than any in it (CommonMark 0.31, 4.5)."""
    fence = "`" * max([3, *(len(run) + 1 for text in code for run in _FENCE.findall(text))])
    return ["", fence, *code, fence, ""]


def _add_apart(found: list[str], lines: Iterable[str]) -> None:
    for text in lines:
        if found and found[-1] and text and _kind(found[-1]) != _kind(text):
            found.append("")
        found.append(text)


def _kind(line: str) -> str:
    text = line.lstrip()
    if text.startswith("#"):
        return line
    return next((mark for mark in ("- ", "1. ", "> ") if text.startswith(mark)), "")
