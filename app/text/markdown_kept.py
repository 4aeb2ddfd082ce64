"""Nothing that was written is dropped: definitions nobody refers to, cells beyond a table's head, words behind a fence.

CommonMark (4.5, 4.7) and tables of GitHub Flavored Markdown (4.10) leave such words out of what they show. A line of an
hour or of somebody's words (`[10:30]: breakfast`) looks like a definition to them, and is none here until a text refers to it.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock, fence, reference, table
from markdown_it.rules_block.table import getLine
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_def

from app.text import markdown_code

Rule = Callable[[StateBlock, int, int, bool], bool]
MAX_LABEL = 999
_NAME = r"(?:\\.|[^\[\]\\]){1,999}+"
_LABEL = re.compile(rf"\[({_NAME})\]")
_DEFINED = re.compile(
    rf"^[ \t]*(?:(?:[>*+-]|\d{{1,9}}[.)]|\[\^{_NAME}\]:)[ \t]*)*\[(?!\^){_NAME}\]:"
    r"(?:[ \t]*+(?:\n[ \t]*+)?(?:<[^<>\n]*>|(?:(?!\[\^)\S)+)(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*(?=\n|\Z))?"
    rf"|^[ \t]*(?:(?:[>*+-]|\d{{1,9}}[.)]|\[\^{_NAME}\]:)[ \t]*)*\[\^{_NAME}\]:",
    re.MULTILINE,
)
"""Where something is said of a label: all of a definition, but of a note or of a line of words only its beginning."""
_CLOSING = re.compile(r"\S.*(?:~{3,}|`{3,})[ \t]*$")
_CLOSED = re.compile(r"^[ \t>]*(~{3,}|`{3,})[ \t]*$", re.MULTILINE)
_BRACKET = re.compile(r"\\.|[\[\]]")
_BOX = re.compile(r"^([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)\[[ xX]\]", re.MULTILINE)
_NEXT_LINE, _BAR = re.compile(r"\n[ \t>]*"), re.compile(r"(?<!\\)\|")
_LANGUAGE = re.compile(r"[\w+#.-]*")
_NO_LABEL = ""


def nothing_dropped(parser: MarkdownIt) -> None:
    """Have a parser show all words of a text; a plugin of markdown-it's, which comes after that of footnotes."""
    parser.block.ruler.at("reference", _if_referred_to(reference), {"alt": ["paragraph"]})
    parser.block.ruler.at("footnote_def", _if_referred_to(footnote_def), {"alt": ["paragraph", "reference"]})
    parser.block.ruler.at("fence", _with_words_behind_it, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.block.ruler.at("table", _with_all_cells, {"alt": ["paragraph", "reference"]})
    parser.core.ruler.after("inline", "wordless_links", _name_wordless_links)


def _if_referred_to(rule: Rule) -> Rule:
    """Let a rule of definitions take only the first one of a label, and that where the text refers to it."""

    def define(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        label = _label_of(state, start)
        is_footnote = label.startswith("^")
        if not label or is_footnote != (rule is footnote_def) or not _referred_to(state)[label]:
            return False
        if silent and not is_footnote and not _label_of(state, start - 1):
            # A definition cannot interrupt a paragraph (CommonMark 0.31, 4.7), but for one that would have been a definition.
            return False
        defined: set[str] = state.env.setdefault("defined", set())
        if label in defined or not rule(state, start, end, silent):
            return False
        if not silent:
            defined.add(label)
        return True

    return define


def _label_of(state: StateBlock, line: int) -> str:
    found = _LABEL.match(state.src, state.bMarks[line] + state.tShift[line])
    return _normal(found[1]) if found and state.src[found.end() : found.end() + 1] == ":" else _NO_LABEL


def _normal(label: str) -> str:
    return normalizeReference(_NEXT_LINE.sub(" ", label))


def _referred_to(state: StateBlock) -> Counter[str]:
    """Return how often each label stands in the text elsewhere than where something is said of it."""
    found: Counter[str] | None = state.env.get("referred_to")
    if found is None:
        found = state.env["referred_to"] = Counter()
        markdown_code.outside(_BOX.sub(r"\1", _DEFINED.sub("", state.src)), partial(_count_labels, found))
    return found


def _count_labels(found: Counter[str], text: str) -> str:
    """Count what stands in brackets and is no link by itself; each bracket is looked at once."""
    start = None
    for bracket in _BRACKET.finditer(text):
        if bracket[0] == "[":
            start = bracket.end()
        elif bracket[0] == "]" and start is not None:
            if bracket.start() - start <= MAX_LABEL and text[bracket.end() : bracket.end() + 1] != "(":
                found[_normal(text[start : bracket.start()])] += 1
            start = None
    return text


def _with_words_behind_it(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a fence for one, with what stands behind it where that is more than a language; a line between marks is a line."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    opening = line.lstrip("~`")
    if _CLOSING.match(opening.strip()) and not _is_closed_after(state, start, line):
        return False
    if not fence(state, start, end, silent):
        return False
    if silent:
        return True
    token = state.tokens[-1]
    if opening.strip() and not token.content.strip() and not _is_closed_after(state, start, line):
        state.tokens.pop()
        state.line = start
        return False
    if not _LANGUAGE.fullmatch(opening.strip()):
        token.info, token.content = "", f"{opening.strip()}\n{token.content}"
    return True


def _is_closed_after(state: StateBlock, line: int, opening: str) -> bool:
    """Say whether a line behind this one could close a fence that opens so."""
    last: dict[str, tuple[int, int]] | None = state.env.get("last_closing")
    if last is None:
        ends = {found[1][0]: found for found in _CLOSED.finditer(state.src)}
        last = state.env["last_closing"] = {mark: (state.src.count("\n", 0, end.start()), len(end[1])) for mark, end in ends.items()}
    number, length = last.get(opening[:1], (-1, 0))
    return number > line and length >= len(opening) - len(opening.lstrip("~`"))


def _with_all_cells(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table, and leave what a row has beyond its head in its last cell."""
    first = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    if silent:
        return True
    last_of: dict[int, Token] = {}
    cells: Counter[int] = Counter()
    for token in state.tokens[first:]:
        if token.type == "inline" and token.map:
            last_of[token.map[0]] = token
            cells[token.map[0]] += 1
    for line, token in last_of.items():
        row = getLine(state, line).strip().removeprefix("|")
        beyond = _BAR.split(row)[cells[line] - 1 :]
        if any(cell.strip() for cell in beyond[1:]):
            token.content = "|".join(beyond).strip().removesuffix("|").strip()
    return True


def _name_wordless_links(state: StateCore) -> None:
    """Let a link without words show where it leads."""
    for token in state.tokens:
        children = token.children or []
        for number in range(len(children) - 1, 0, -1):
            if children[number - 1].type == "link_open" and children[number].type == "link_close":
                children.insert(number, _text(children[number - 1].attrGet("href")))


def _text(content: Any) -> Token:
    address = str(content)
    return Token("text", "", 0, content=address if address.startswith(("http:", "https:", "mailto:", "//")) else "…")
