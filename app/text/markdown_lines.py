"""Lines as they were typed: how far those of a paragraph stand in, and numbers of lists that take room."""

from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

TAB, MAX_INDENT = 4, 60
SHORT = 2
"""Digits for which a list has room at its side."""
_BLANKS, _NO_BREAK = " \t", "\u00a0"


def as_typed(parser: MarkdownIt) -> None:
    """Have a parser keep lines as they were typed; a plugin of markdown-it's."""
    parser.core.ruler.before("inline", "indents", _keep_indents)
    parser.core.ruler.push("wide_numbers", _give_numbers_room)


def indent(lines: list[str]) -> list[str]:
    """Return lines that stand in as far as they do beyond the one that does least, in spaces that HTML keeps."""
    widths = [len(line.expandtabs(TAB)) - len(line.expandtabs(TAB).lstrip(_BLANKS)) for line in lines]
    least = min((width for width, line in zip(widths, lines, strict=True) if line.strip(_BLANKS)), default=0)
    return [_NO_BREAK * min(max(width - least, 0), MAX_INDENT) + line.lstrip(_BLANKS) for width, line in zip(widths, lines, strict=True)]


def _keep_indents(state: StateCore) -> None:
    """Indent the lines of verse; what stands in within a list's item only goes on with it."""
    source: list[str] = []
    lists = 0
    for before, token in pairwise(state.tokens):
        lists += _step(token)
        if token.type == "inline" and before.type == "paragraph_open" and "\n" in token.content and not lists:
            lines = token.content.split("\n")
            if not before.level and token.map:
                source = source or state.src.split("\n")
                first = source[token.map[0]]
                lines[0] = first[: len(first) - len(first.lstrip(_BLANKS))] + lines[0]
            token.content = "\n".join(indent(lines))


def _step(token: Token) -> int:
    return {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)


def _give_numbers_room(state: StateCore) -> None:
    """Mark lists whose typed numbers are long, as in a list that begins with a year."""
    lists: list[Token] = []
    for token in state.tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append(token)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "list_item_open" and len(token.info) > SHORT:
            lists[-1].attrSet("class", "wide-numbers")
