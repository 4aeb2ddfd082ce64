"""Whatever somebody writes, each of its words stands on the page, in the excerpt and in the count."""

import html
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text import markdown, words


def shown(text: str) -> str:
    """Return what a reader sees of a text."""
    return html.unescape(re.sub(r"<[^>]+>", " ", markdown.render(text).html))


@pytest.mark.parametrize(
    "text",
    [
        "[10:30]: breakfast\n[11:00]: lunch",
        "[Mum]: Hello\n[Me]: Hi",
        '[Me]: yes "really"',
        "> [mood]: happy",
        "* [mood]: happy",
        "- [mood]: happy\n- [sleep]: bad",
        "```Hello",
        "We swam.\n\n[^1]: The water was cold.\nThen we slept.",
        "a[^1]\n\n[^1]: first\n[^1]: second",
        "[a]: https://example.org/one\n[a]: https://example.org/two",
        "~~~ Part two ~~~\nThe text goes on.",
        "```Dear diary\nmilk\n```",
        "| a | b |\n|---|---|\n| 1 | 2 | lost | more |\n3 | 4 | extra words",
        "![](photo.png)",
        "- [10:30]: breakfast\n- see `[10:30]`",
        "[10:30]: breakfast\n\n```\n[10:30]\n```",
        "[10:30]: breakfast\n\nAbout \\[10:30] more",
        "[x]: mark\n\n- [x] done",
        "[](http://example.org/y)",
    ],
)
def test_no_word_is_dropped(text: str) -> None:
    rendered = markdown.render(text)
    for word in re.findall(r"\w+", text):
        assert word in shown(text) and (word == "1" or word in rendered.words), word


PIECES = (
    *("walk", "sea", "[walk]", "[walk]: ", "[sea]:", "[^1]", "[^1]: ", "[a](b)", "![", "](", "> ", "- ", "1. ", "12. ", "\n", "\n\n", " "),
    *("|", "|-|-|\n", "```", "~~~", "# ", "*", "**", "_", "~~", "`", "    ", "---\n", "===\n", "- [ ] ", '"sea"', ": ", "12", "x"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=1000, derandomize=True)
def test_no_mixture_of_marks_drops_a_word(text: str) -> None:
    hidden = re.sub(r"\]\[\w+\]|\]\([^()\n]*\)|(?:```|~~~)[`~]*\w+|\]: *\n? *\S+", " ", text)
    for word in ("walk", "sea"):
        assert shown(text).count(word) >= min(1, hidden.count(word)), markdown.render(text).html


def test_definitions_that_are_referred_to_are_none_of_the_text() -> None:
    rendered = markdown.render('See [it][ref] and [that].\n\n[ref]: https://example.org/a "A"\n[that]: <https://example.org/b>')
    assert rendered.html.count("href=") == 2 and rendered.words == "See it and that."
    assert markdown.render("Noted[^n].\n\n[^n]: A note.").html.count("A note.") == 1


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See [b].\n\n[a]: http://a.example\n[b]: http://b.example", 2),
        ("[a][1] [c][4]\n\n[1]: http://a.example/1\n[3]: http://a.example/3\n[4]: http://a.example/4", 3),
        ("[10:30]: breakfast, see [a]\n\n[a]: http://a.example", 1),
        ("- [Ann]: see [the map] too\n\n[the map]: http://m.example", 1),
        ("See [a\\]b].\n\n[a\\]b]: http://x.example", 1),
        ("> see [foo bar]\n>\n> [foo\n> bar]: http://u.example", 1),
        ("[10:30]: breakfast[^1]\n\n[^1]: eggs", 2),
    ],
)
def test_what_stands_round_them_leaves_other_definitions_as_they_are(text: str, links: int) -> None:
    assert markdown.render(text).html.count("href=") == links


@pytest.mark.parametrize(
    "text", ["We met.\n```python\n```\nThen *home*.", "~~~ python ~~~\ncode\n~~~\nThen *home*.", "- a\n  ```\n  ```\n\nThen *home*."]
)
def test_what_follows_code_is_none_of_it(text: str) -> None:
    assert "<em>home</em>" in markdown.render(text).html


def test_a_link_by_itself_refers_to_nothing() -> None:
    assert "hello" in shown("[Anna](http://example.org) came.\n\n[Anna]: hello")


def test_a_line_between_marks_is_a_line() -> None:
    html = markdown.render("~~~ morning ~~~\n\n*hi*\n\n```\ncode\n```\n\n*later*").html
    assert html.count("<em>") == 2 and "<pre><code>code" in html


@pytest.mark.parametrize("piece", ["[\\", "\\[", "[^a]: ", "[a]: b\n", "~~~ a ~~~\n", "[a]: \n"])
def test_definitions_without_end_are_bounded(piece: str) -> None:
    before = time.thread_time()
    markdown.render("[a]: b\n\n" + piece * (90_000 // len(piece)))
    assert time.thread_time() - before < 5


def test_cells_beyond_the_head_stay_as_they_were_typed() -> None:
    html = markdown.render("| a | b |\n|-|-|\n| 1 | 2 |  |\n| 1 | `x|y` | z |").html
    assert ">2</td>" in html and "<code>x|y</code> | z" in html


def test_a_link_without_words_to_an_entry_says_no_name_of_ours() -> None:
    assert "entry:" not in markdown.render("[](entry:abcdefgh)").html


def test_code_stays_code_and_a_language_is_no_word_of_it() -> None:
    assert markdown.render("```python\nx = 1\n```").words == "x = 1\n"
    assert 'class="language-python"' in markdown.render("~~~python\nx = 1\n~~~").html


@pytest.mark.parametrize("text", ['เขาพูดว่า**"สวัสดี"**แล้วก็ไป', "ฉันชอบ**กาแฟ (เย็น)**มาก", "ฉัน**(ไม่)**ไป", "ខ្ញុំ**(ហៅ)**ទៅ", "ຂ້ອຍ**(ໄປ)**ແລ້ວ"])
def test_emphasis_beside_brackets_in_scripts_without_spaces(text: str) -> None:
    assert "<strong>" in markdown.render(text).html and words.count(markdown.render(text).words) > 1
