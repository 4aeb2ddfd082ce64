"""Numbers at the beginning of a line, which Markdown takes for a list: what people wrote is what is shown.

CommonMark (5.3) counts on from a list's first number, so that 1986, 1990 and 2001 were shown as 1986, 1987 and 1988, and a date alone
(27. November) was a list of one.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

NUMBER = "number"
"""Says of a list's item the number that was written for it, where it does not follow from the one before."""
_FIRST = frozenset({"0", "1"})
TASK = re.compile(r"\[([ xX])\]\s")
"""The box that a task begins with (GitHub Flavored Markdown, 5.3), and whether it is ticked."""


def as_written(parser: MarkdownIt) -> None:
    """Let a parser keep the numbers of lists, and read a single line with a number as a line."""
    parser.core.ruler.after("block", "single_numbers", _single_numbers)
    parser.core.ruler.after("single_numbers", "numbers", _numbers)


def _single_numbers(state: StateCore) -> None:
    """Turn ordered lists of one item that do not begin a count into the paragraph that was typed; the innermost first."""
    opened: list[tuple[int, int]] = []
    dropped: set[int] = set()
    reached: dict[int, int] = {}
    for index, token in enumerate(state.tokens):
        if token.type == "ordered_list_open":
            opened.append((index, 0))
        elif token.type == "list_item_open" and opened and state.tokens[opened[-1][0]].level == token.level - 1:
            opened[-1] = opened[-1][0], opened[-1][1] + 1
        elif token.type == "ordered_list_close":
            first, items = opened.pop()
            number = int(state.tokens[first + 1].info)
            goes_on = reached.pop(token.level, None) == number - 1
            if items == 1 and not goes_on and (line := _line_of(state.tokens, first, dropped)) is not None:
                item = state.tokens[first + 1]
                line.content = f"{item.info}{item.markup} {line.content}"
                dropped |= {first, first + 1, index - 1, index}
            else:
                reached[token.level] = number + items - 1
    if dropped:
        state.tokens = [token for index, token in enumerate(state.tokens) if index not in dropped]


def _line_of(tokens: list[Token], first: int, dropped: set[int]) -> Token | None:
    """Return the line that a list of one item begins with, shown as a paragraph from now on; None where it is to stay a list."""
    is_nested = first + 2 in dropped
    paragraph = next(index for index in range(first + 2, len(tokens)) if index not in dropped)
    if tokens[paragraph].type != "paragraph_open" or ((tokens[first + 1].info.lstrip("0") or "0") in _FIRST and not is_nested):
        return None
    line = tokens[paragraph + 1]
    if TASK.match(line.content):
        return None
    if tokens[first - 1].type != "list_item_open" or first == 0:
        tokens[paragraph].hidden = tokens[paragraph + 2].hidden = False
    return line


def _numbers(state: StateCore) -> None:
    """Give each item of a list the number that was written for it, unless it follows from the one before, or all are 1."""
    lists: list[list[Token]] = []
    for token in state.tokens:
        if token.type in {"ordered_list_open", "bullet_list_open"}:
            lists.append([])
        elif token.type == "list_item_open":
            lists[-1].append(token)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            items = lists.pop()
            are_counted_by_markdown = len(items) > 1 and {item.info.lstrip("0") for item in items} <= {"1"}
            if token.type == "ordered_list_close" and not are_counted_by_markdown:
                _number(items)


def _number(items: list[Token]) -> None:
    expected = 1
    for item in items:
        number = int(item.info)
        if number != expected and not (item is items[0] and number == 0):
            item.meta[NUMBER] = f"{item.info}{item.markup}"
            if item is not items[0]:
                item.attrSet("value", str(number))
        expected = number + 1
