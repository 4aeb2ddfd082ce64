"""Markdown becomes clean HTML that loads nothing from elsewhere."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.text import markdown, summary, words


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# Day", '<h2 dir="auto">Day</h2>'),
        ("###### Deep", '<h6 dir="auto">Deep</h6>'),
        ("~~gone~~", "<s>gone</s>"),
        ("| a | b |\n|:-:|--:|\n| 1 | 2 |", 'class="align-right">2</td>'),
        ("- [x] done", "checked"),
        ("- [ ] do", "<label><input"),
        ("Text[^1]\n\n[^1]: Note.", 'href="#fn-entry-1"'),
        ("https://example.org/x", 'href="https://example.org/x" class="bare"'),
        ("[x](https://example.org/x)", '<a href="https://example.org/x" rel'),
        ("![a *cat*](https://example.org/c.png)", '<a class="picture" href="https://example.org/c.png"'),
        ("![photo](dayone-moment://ABC)", '<p dir="auto">photo</p>'),
        ("*é* 中文 Ёлка", "<em>é</em> 中文 Ёлка"),
        ("Roses\n    *are* red,\n  violets", "Roses<br>\n&nbsp;&nbsp;&nbsp;&nbsp;<em>are</em> red,<br>\n&nbsp;&nbsp;violets"),
        ("\tФиалки\n    и\n\t\tрозы", '<p dir="auto">Фиалки<br>\nи<br>\n&nbsp;&nbsp;&nbsp;&nbsp;розы</p>'),
        ("> 白日\n>    依山", "白日<br>\n&nbsp;&nbsp;&nbsp;依山"),
        (">    one\n> two", "&nbsp;&nbsp;&nbsp;one<br>\ntwo"),
        ("　　春眠\n　　処処", '<p dir="auto">　　春眠<br>\n　　処処</p>'),
        ("*a\n    b*", "<em>a<br>\n&nbsp;&nbsp;&nbsp;&nbsp;b</em>"),
        ("`a\n    b`", "<code>a     b</code>"),
        ('[x](https://a.example\n    "t")', 'href="https://a.example" title="t"'),
        ("- an item\n      goes on", "an item<br>\ngoes on"),
        ("1987. was a good year", '<p dir="auto">1987. was a good year</p>'),
        ("1987. was good\n1988. was not", '<ol start="1987" dir="ltr" class="wide-numbers">'),
        ("1. one\n2. two", '<ol dir="ltr">'),
        ("1. one\n" * 100, '<ol dir="ltr" class="wide-numbers">'),
    ],
)
def test_what_people_write(source: str, expected: str) -> None:
    assert expected in markdown.render(source).html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,xxx)",
        "![x](/logout)",
        "![x](https://evil.test/t.gif)",
        '<a href="#" onclick="x()">y</a>',
        "<style>*{display:none}</style>",
        "<iframe src=https://evil.test></iframe>",
        '[x](https://a.test "onmouseover=alert(1)")',
        '![x](https://a.test/"onerror=alert(1))',
    ],
)
def test_nothing_that_runs_or_loads_comes_through(source: str) -> None:
    html = markdown.render(source).html
    assert not re.search(r"<(script|img|iframe|style|svg|object|embed)\b", html)
    assert not re.search(r"<[^>]*\son\w+=", html) and 'href="javascript' not in html and 'href="data:' not in html
    assert "style=" not in html


@pytest.mark.parametrize(
    "source",
    [
        "[" * 20_000,
        "![" * 20_000,
        "*a " * 20_000,
        "> " * 5_000,
        "- " * 5_000,
        "`" * 20_000,
        "<" * 20_000,
        "[a](" * 10_000,
        "|" * 20_000,
        "- [ ] a\n" * 8_000,
    ],
)
def test_no_text_keeps_the_renderer_busy(source: str) -> None:
    before = time.process_time()
    markdown.render(source)
    assert time.process_time() - before < 20, "a text this small must not be quadratic"


def test_lines_of_a_very_long_text_stand_in_too() -> None:
    assert "<br>\n\u00a0\u00a0and stands in" in markdown.render("x" * markdown.MAX_PARSED_LENGTH + "\n\nVerse\n  and stands in").html


def test_headings_stay_below_the_page_s_own() -> None:
    assert "<h1" not in markdown.render("# a\n\nb\n===\n").html


def test_plain_words_and_their_number() -> None:
    assert markdown.render("Roses\n    are red").words == "Roses are red"
    plain = markdown.render("# Fog\n\nWe *walked* to [the pier](https://x.test).\nIt's 3 — good-bye.\n\n我们走\n\n```\ncode\n```").words
    assert plain == "Fog\nWe walked to the pier. It's 3 — good-bye.\n我们走\ncode\n"
    assert words.count(plain) == 1 + 5 + 3 + 3 + 1


def test_the_name_of_a_document_is_a_word_only_within_a_sentence() -> None:
    document = "[my tax report 2026.pdf](attachment:abcdefgh2345)"
    assert markdown.render(f"Hello there\n\n{document}\n- {document}\n\nSee [the slip](attachment:abcdefgh2345).").words.split() == [
        *("Hello", "there", "See", "the", "slip.")
    ]
    alone = markdown.render(f"{document}\n\n![a boat](attachment:bcdefgh23456)")
    assert alone.words.strip() == "" and alone.captions == "my tax report 2026.pdf a boat"


def test_the_beginning_of_a_text_is_cut_between_words() -> None:
    assert summary.excerpt("short\ntext") == "short text"
    cut = summary.excerpt("word " * 200, 50)
    assert cut.endswith("word…") and len(cut) <= 51
    assert summary.excerpt("x" * 500, 50) == "x" * 50 + "…"


def test_threads_do_not_disturb_each_other() -> None:
    texts = [f"see https://example.org/{number} and *{number}*[^1]\n\n[^1]: note {number}" for number in range(300)]
    alone = [markdown.render(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(markdown.render, texts)) == alone


def test_task_lists_are_ticks_with_labels_and_other_brackets_are_text() -> None:
    html, words, _captions = markdown.render("1. [X] *milk*\n2. [ ] eggs\n   - [x] brown\n3. [] none\n4. [ ]none\n\n[x] no list")
    assert html.count("<label>") == html.count("</label>") == html.count('type="checkbox"') == 3
    assert html.count(" checked=") == 2 and html.count("contains-task-list") == 2
    assert "milk" in words and "[X]" not in words and "[x] no list" in words
