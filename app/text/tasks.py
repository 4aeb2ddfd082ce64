"""Tasks of a text, ticked while it is read: buttons where the stored HTML has boxes, and the text with one mark changed."""

import re
from itertools import count

from app.text import markdown

_BOX = re.compile(r'<input (?=[^>]*class="task-list-item-checkbox")[^>]*>')


def with_buttons(html: str) -> str:
    """Return an entry's HTML whose boxes are buttons of a form: pressed, each sends its number, from 1, and what it is to be (0 or 1)."""
    numbers = count(1)
    return _BOX.sub(lambda box: _button(next(numbers), is_done="checked" in box[0]), html)


def has_any(html: str) -> bool:
    """Say whether an entry's HTML shows a task."""
    return _BOX.search(html) is not None


def ticked(body: str, number: int, *, is_done: bool) -> str | None:
    """Return a Markdown text whose task of this number, from 1, is done or not; None where it has no such task."""
    marks = markdown.task_marks(body)
    if not 1 <= number <= len(marks):
        return None
    at = marks[number - 1]
    text = f"{body[:at]}{'x' if is_done else ' '}{body[at + 1 :]}"
    return text if markdown.task_marks(text) == marks else None


def _button(number: int, *, is_done: bool) -> str:
    named, state = f'id="task-{number}" name="task" value="{number}-{int(not is_done)}"', "true" if is_done else "false"
    return f'<button class="task" {named} role="checkbox" aria-checked="{state}"></button>'
