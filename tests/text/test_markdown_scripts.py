"""Markdown of people who write Chinese, Japanese, Korean, Arabic, Hebrew, Russian; verse and dialogue; lines as they were typed."""

import re

import pytest

from app.text import markdown
from app.text.folding import clean, clean_line, for_xml


def body(source: str) -> str:
    """Return what a one-paragraph text becomes, without the paragraph round it."""
    html = markdown.render(source).html.strip()
    assert html.startswith('<p dir="auto">') and html.endswith("</p>")
    return html[len('<p dir="auto">') : -len("</p>")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("今天**很重要。**后来我们回家了。", "今天<strong>很重要。</strong>后来我们回家了。"),
        ("**该星号不会被识别。**这是", "<strong>该星号不会被识别。</strong>这是"),
        ("これは**「重要」**です。", "これは<strong>「重要」</strong>です。"),
        ("~~削除（古い）。~~この", "<s>削除（古い）。</s>この"),
        ("**이 용어(This term)**를 강조", "<strong>이 용어(This term)</strong>를 강조"),
        ("a**b。**c", "a<strong>b。</strong>c"),
        ("价格*（含税）*是", "价格<em>（含税）</em>是"),
        ("**“引用”**后", "<strong>“引用”</strong>后"),
        ("snake_case_名字_x", "snake_case_名字_x"),
        ("a * b 中 * c", "a * b 中 * c"),
        ("**bold**text", "<strong>bold</strong>text"),
        ("a**(b)**c", "a**(b)**c"),
    ],
)
def test_emphasis_needs_no_space_beside_wide_letters_and_is_as_ever_elsewhere(source: str, expected: str) -> None:
    assert body(source) == expected


@pytest.mark.parametrize(
    ("source", "addresses"),
    [
        ("看https://example.org/a。后面 (https://example.org/b)", ["https://example.org/a", "https://example.org/b"]),
        ("看https://example.org/a和https://example.org/b吧", ["https://example.org/a", "https://example.org/b"]),
        ("（https://example.org/a）", ["https://example.org/a"]),
        ("https://example.org에서 보자", ["https://example.org"]),
        ("سلام https://example.org/a، بعد", ["https://example.org/a"]),
        ("https://example.org/a?b=1#c, and", ["https://example.org/a?b=1#c"]),
        ("https://zh.wikipedia.org/wiki/北京", ["https://zh.wikipedia.org/wiki/北京"]),
        ("https://ru.wikipedia.org/wiki/Москва_(город)", ["https://ru.wikipedia.org/wiki/Москва_(город)"]),
        ("https://пример.рф/путь.", ["https://пример.рф/путь"]),
        ("https://example.org/café-über", ["https://example.org/café-über"]),
    ],
)
def test_a_bare_link_ends_where_the_script_changes(source: str, addresses: list[str]) -> None:
    html = body(source)
    assert [part.partition("</a>")[0].partition(">")[2] for part in html.split("<a ")[1:]] == addresses


def test_lines_end_where_they_were_typed_to_end() -> None:
    assert body("Roses are red\nViolets are blue") == "Roses are red<br>\nViolets are blue"
    assert body("— Идём?\n— Идём.") == "— Идём?<br>\n— Идём."
    assert markdown.render("one\n\n\n\nfour blank lines above").html.count("<p") == 2


def test_an_indented_paragraph_is_a_paragraph() -> None:
    assert body("    My paragraph begins indented as in a book.").startswith("My paragraph")
    assert body("\tSo does mine.") == "So does mine."
    assert "<pre" in markdown.render("```\ncode\n```").html


@pytest.mark.parametrize("source", ["שלום", "# שלום", "- שלום", "1. שלום", "> שלום", "|א|ב|\n|-|-|\n|ג|ד|", "שלום\n\n" * 60_000])
def test_every_block_is_read_from_the_side_it_asks_for(source: str) -> None:
    html = markdown.render(source).html
    for tag in ("<p", "<h2", "<ul", "<ol", "<li", "<blockquote", "<table", "<th", "<td", "<pre"):
        told = html.count(f'{tag} dir="auto"') + html.count(f'{tag} dir="rtl"')
        assert html.count(f"{tag}>") == html.count(f"{tag} ") - told == 0, tag


@pytest.mark.parametrize(
    ("source", "sides"),
    [
        ("- שלום\n- hello", ["ul rtl", "li rtl", "li ltr"]),
        ("- hello\n- مرحبا", ["ul ltr", "li ltr", "li rtl"]),
        ("1. **مرحبا**\n\n   and Latin below", ["ol rtl", "li rtl", "p auto", "p auto"]),
        ("> - مرحبا", ["blockquote rtl", "ul rtl", "li rtl"]),
        ("| ١ |\n|---|\n| מים |", ["table rtl", "th auto", "td auto"]),
        ("- 12:30\n- ![Quay](https://example.org/a.jpg)مرحبا", ["ul rtl", "li auto", "li rtl"]),
        ("- 12\n  - שלום\n- x", ["ul rtl", "li rtl", "ul rtl", "li rtl", "li ltr"]),
        ("- 12\n\n> שלום", ["ul auto", "li auto", "blockquote rtl", "p auto"]),
        ("مرحبا[^1]\n\n[^1]: שלום", ["p auto", "section rtl", "p auto"]),
        ("- [ ] שלום", ["ul rtl", "li rtl"]),
        ("- [x] שלום\n- [ ] milk", ["ul rtl", "li rtl", "li ltr"]),
        ("- [X] milk\n- [ ] שלום", ["ul ltr", "li ltr", "li rtl"]),
        ("> - [x] שלום", ["blockquote rtl", "ul rtl", "li rtl"]),
    ],
)
def test_lists_quotations_and_tables_begin_where_their_words_do(source: str, sides: list[str]) -> None:
    told = re.findall(r'<(\w+)[^>]*? dir="(\w+)"', markdown.render(source).html)
    assert [" ".join(one) for one in told] == sides


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\r\n", "\r"])
def test_whatever_ends_a_line_elsewhere_ends_one_here(end: str) -> None:
    assert clean(f"Word{end}Notes") == "Word\nNotes" and clean_line(f"Word{end}Notes") == "Word Notes"


def test_nothing_that_both_databases_hold_is_dropped() -> None:
    everything = "".join(chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000)
    kept = clean("\u034f".join(everything[start : start + 20] for start in range(0, len(everything), 20)))
    assert set(everything) - set(kept) == set("\r\x0b\x0c\x85\u2028\u2029")
    assert clean("a\0b\ud800c") == "abc"


def test_a_feed_holds_only_what_xml_can() -> None:
    assert for_xml("a\x1bb\tc\ufffe") == "a\ufffdb\tc\ufffd"
