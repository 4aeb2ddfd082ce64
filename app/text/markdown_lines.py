"""Lines as they were typed: how far those of a paragraph stand in, and numbers of lists that take room."""

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.lheading import lheading
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.newline import newline
from markdown_it.token import Token

TAB, MAX_INDENT = 4, 60
MOST_SHORT = 99
"""The largest number of a list for which there is room at its side."""
_BLANKS, _NO_BREAK = " \t", "\u00a0"
_UNDERLINE = re.compile(r"={3,}[ \t]*")
_QUOTES = re.compile(r"(?: {0,3}> ?)*")


def as_typed(parser: MarkdownIt) -> None:
    """Have a parser keep lines as they were typed; a plugin of markdown-it's."""
    parser.core.ruler.before("inline", "indents", _find_indents)
    parser.inline.ruler.at("newline", _newline_and_indent)
    parser.core.ruler.push("wide_numbers", _give_numbers_room)
    parser.block.ruler.at("lheading", _underlined)


def _underlined(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take one line above three equals signs or more for a heading; dashes beneath a text are a line, as whoever types them means."""
    following = start + 1
    if following >= end:
        return False
    line = state.src[state.bMarks[following] + state.tShift[following] : state.eMarks[following]]
    return _UNDERLINE.fullmatch(line) is not None and lheading(state, start, end, silent)


def indent(lines: list[str]) -> list[str]:
    """Return lines that stand in as far as they do beyond the one that does least, in spaces that HTML keeps."""
    return [_NO_BREAK * width + line.lstrip(_BLANKS) for width, line in zip(_widths(lines), lines, strict=True)]


def _widths(lines: list[str]) -> list[int]:
    expanded = [line.expandtabs(TAB) for line in lines]
    widths = [len(line) - len(line.lstrip(" ")) for line in expanded]
    least = min((width for width, line in zip(widths, expanded, strict=True) if line.strip(" ")), default=0)
    return [min(max(width - least, 0), MAX_INDENT) for width in widths]


def _find_indents(state: StateCore) -> None:
    """Leave before each line of verse the spaces that it stands in by; what does so within a list's item only goes on with it."""
    source: list[str] = []
    lists = 0
    for before, token in pairwise(state.tokens):
        lists += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type != "inline" or before.type != "paragraph_open" or not token.map:
            continue
        lines = token.content.split("\n")
        if lists:
            token.content = "\n".join(line.lstrip(_BLANKS) for line in lines)
            continue
        source = source or state.src.split("\n")
        first = source[token.map[0]]
        first = first[_QUOTES.match(first).end() :]  # type: ignore[union-attr]  # it matches nothing, too
        lines[0] = first[: len(first) - len(first.lstrip())] + lines[0]
        widths = _widths(lines)
        spaces = [_NO_BREAK * widths[0], *(" " * width for width in widths[1:])]
        token.content = "\n".join(space + line.lstrip(_BLANKS) for space, line in zip(spaces, lines, strict=True))


def _newline_and_indent(state: StateInline, silent: bool) -> bool:
    """End a line as the parser does, and keep the spaces before the next; those in code or in a link's address are none of this."""
    end = state.pos + 1
    if not newline(state, silent):
        return False
    if not silent and state.pos > end:
        state.push("text", "", 0).content = _NO_BREAK * (state.pos - end)
    return True


def _give_numbers_room(state: StateCore) -> None:
    """Mark lists with long numbers, as one that begins with a year."""
    lists: list[tuple[Token, int]] = []
    for token in state.tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append((token, int(token.attrGet("start") or 1) - 1))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "list_item_open":
            lists[-1] = (lists[-1][0], int(token.attrGet("value") or lists[-1][1] + 1))
            if lists[-1][1] > MOST_SHORT and lists[-1][0].type == "ordered_list_open":
                lists[-1][0].attrSet("class", "wide-numbers")
