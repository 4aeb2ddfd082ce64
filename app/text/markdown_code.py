"""Code in a Markdown text, as far as its fences and backticks tell: what stands there is meant as it is."""

import re
from collections.abc import Callable

_CODE = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}+(?=[^`\n]*$)|~{3,}+(?![^\n]*[~`]{3}[ \t]*$))[^\n]*(?:\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t\r]*$|\Z)|\Z)"
    r"|(?<![\\`])(?P<span>`++)(?:[^`\n]|\n(?![ \t>]*(?:\n|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\||`{3}|~{3})))+(?P=span)(?!`)",
    re.DOTALL | re.MULTILINE,
)
"""A fenced block (CommonMark 0.31, 4.5), in a quotation or a list too, or a span within a paragraph (6.1).

A line between marks (`~~~ morning ~~~`) is no fence."""


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return a text of which all but the code is what `change` makes of it."""
    pieces, at = [], 0
    for code in _CODE.finditer(text):
        pieces += [change(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*pieces, change(text[at:])])
