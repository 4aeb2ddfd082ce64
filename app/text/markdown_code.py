"""Code in a Markdown text, as far as its fences and backticks tell: what stands there is meant as it is."""

import re
from collections.abc import Callable

_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return a text of which all but the code is what `change` makes of it."""
    return "".join(part if number % 2 else change(part) for number, part in enumerate(_CODE.split(text)))
