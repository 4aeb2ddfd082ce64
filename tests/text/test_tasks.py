"""Tasks in a text: which there are, where their marks stand, and one of them changed."""

import pytest

from app.text import markdown, tasks

BODY = """Buy:

- [ ] milk
- [x] bread
  1. [ ] rye
- no task [ ] here

> * [X] цитата

```
- [ ] code
```

- [ ]no space, no task
+ [ ] 买 [a link](https://example.org)"""


def test_marks_stand_where_the_page_shows_boxes() -> None:
    marks = markdown.task_marks(BODY)
    assert [BODY[at] for at in marks] == [" ", "x", " ", "X", " "]
    assert markdown.render(BODY).html.count("task-list-item-checkbox") == len(marks)


@pytest.mark.parametrize(
    ("number", "is_done", "before", "after"),
    [
        (1, True, "[ ] milk", "[x] milk"),
        (2, False, "[x] bread", "[ ] bread"),
        (3, True, "[ ] rye", "[x] rye"),
        (5, True, "[ ] 买", "[x] 买"),
    ],
)
def test_one_mark_is_changed_and_nothing_else(number: int, is_done: bool, before: str, after: str) -> None:
    assert tasks.ticked(BODY, number, is_done=is_done) == BODY.replace(before, after)


def test_a_task_that_is_not_there_is_not_changed() -> None:
    assert [tasks.ticked(BODY, number, is_done=True) for number in (0, 6, 99999)] == [None, None, None]
    assert tasks.ticked("[" * 60_000, 1, is_done=True) is None, "what costs too much to read has no tasks"


def test_boxes_become_buttons_that_say_what_they_would_do() -> None:
    html = tasks.with_buttons(markdown.render(BODY).html)
    assert "<input" not in html and html.count("<button") == 5
    assert 'id="task-1" name="task" value="1-1" role="checkbox" aria-checked="false"' in html
    assert 'id="task-2" name="task" value="2-0" role="checkbox" aria-checked="true"' in html
    assert tasks.has_any(markdown.render(BODY).html) and not tasks.has_any(html) and not tasks.has_any("<p>[ ]</p>")


def test_a_task_in_a_footnote_is_changed_where_it_stands() -> None:
    body = "See[^1]\n\n[^1]: - [ ] buy milk"
    assert tasks.ticked(body, 1, is_done=True) == body.replace("[ ]", "[x]")
