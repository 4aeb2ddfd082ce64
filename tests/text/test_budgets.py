"""Whatever anybody writes costs a bounded amount: rendering never raises, and what it makes is in proportion to what was typed."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.search import terms
from app.text import differences, markdown

PIECES = (
    *("*a ", "**a", "[a](", "![", "`", "``", "<a ", "[", "](", "&", "~~a", "[^a]", "[^a]: b\n", "> ", "- ", "1. ", "\\", "a_", "\n|", "# "),
    *("<!--", "http://a.", "http://a.b\n\n", "[x] ", "- [ ] a\n", "[a]: b\n", "![a][", "](<", "***a** ", "`a``", "mailto:a@b.c ", "a\n\n"),
    *(
        "[a][a]",
        "^[",
        "[^1]\n\n[^1]: x\n\n",
        "|a|b|\n|-|-|\n",
        "\t- ",
        ">>> a\n",
        "<b>",
        "<a@b.c>",
        "![a](attachment:abcdefgh2345)",
        "我",
        "א",
        " ",
    ),
)
MAX_WORK_SECONDS = 5
"""Far above what is allowed (two seconds of a core), so that a busy machine fails no honest text; quadratic ones take minutes."""
texts = st.lists(st.tuples(st.sampled_from(PIECES), st.integers(1, 12)), max_size=12).map(lambda parts: "".join(p * n for p, n in parts))


@given(texts | st.text())
@settings(max_examples=300)
def test_rendering_never_raises_and_makes_no_more_than_in_proportion(text: str) -> None:
    rendered = markdown.render(text)
    assert len(rendered.html) <= 400 * len(text) + 1000


@pytest.mark.parametrize("piece", PIECES)
def test_a_text_of_one_piece_repeated_is_bounded(piece: str) -> None:
    before = time.thread_time()
    rendered = markdown.render(piece * (150_000 // len(piece)))
    assert time.thread_time() - before < MAX_WORK_SECONDS and len(rendered.html) < 3 * markdown.MAX_HTML_SIZE


@pytest.mark.parametrize(
    "text",
    [
        "photographs[https://a.b https://c.d] of the trip",
        "[a]: http://x/" + "y" * 50_000 + "\n\n" + "[a] " * 1000,
        "|" * 2000 + "\n" + "|-" * 2000 + "\n" + "|\n" * 2000,
        "我们走到港口" * 250_000,
        "We walked to the harbour.\n\n" * 70_000,
    ],
    ids=["brackets", "references", "table", "chinese", "long"],
)
def test_no_text_fails_or_grows_without_end(text: str) -> None:
    before = time.thread_time()
    rendered = markdown.render(text)
    assert rendered.html and len(rendered.html) <= max(markdown.MAX_HTML_SIZE, 3 * len(text))
    assert time.thread_time() - before < MAX_WORK_SECONDS


def test_of_a_long_text_all_of_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MAX_SECONDS", 60)
    text = "".join(f"Line *{number}* of many.\n\n" for number in range(12_000))
    html = markdown.render(text).html
    assert "<em>0</em>" in html and "*11999*" in html and html.count("of many.") == 12_000


def test_words_of_a_text_that_fell_back_are_its_words() -> None:
    assert markdown.render("![" * 60_000 + " harbour").words.endswith("harbour")


def test_links_that_lead_off_the_site_say_so() -> None:
    html = markdown.render("[x](//other.example/x) and [y](https://other.example/y)").html
    assert html.count('rel="noopener noreferrer nofollow"') == 2 and 'href="https://other.example/x"' in html


def test_comparing_is_bounded_and_loses_no_word() -> None:
    pairs = [
        ("word " * 25_600, "word " * 12_800 + "x " + "word " * 12_799),
        ("word " * 25_600, "word " * 25_500),
        ("a " * 64_000, "b" + "a " * 63_000),
        ("word, " * 21_000, "word. " * 21_000),
        ("x\n" * 100_000, "y\n" * 100_000),
        ("我" * 1_000_000, "我" * 999_999),
    ]
    for earlier, later in pairs:
        before = time.thread_time()
        pieces = differences.between(earlier, later)
        assert time.thread_time() - before < MAX_WORK_SECONDS
        assert "".join(piece.text for piece in pieces if piece.kind <= 0) == earlier
        assert "".join(piece.text for piece in pieces if piece.kind >= 0) == later


def test_of_a_text_without_end_so_many_terms_are_kept() -> None:
    assert len(terms.terms_of("我们走到港口" * 250_000)) == terms.MAX_TERMS
    assert len(terms.terms_of("harbour " * 300_000)) == terms.MAX_TERMS
    made_up = " ".join(f"слово{number}" for number in range(40_000)) + " слово7"
    assert len(set(terms.terms_of(made_up))) == terms.MAX_DIFFERENT
    assert terms.terms_of(made_up)[-1] == terms.terms_of("слово7")[0], "a word that is known is found wherever it stands"
    before = terms._terms_of_short.cache_info().currsize
    terms.terms_of("x" * 1000 + " " + "港" * 1000)
    assert terms._terms_of_short.cache_info().currsize == before, "nothing long is remembered"


def test_the_parser_looks_at_the_clock_where_it_walks_past_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter(range(10**6))
    monkeypatch.setattr(time, "thread_time", lambda: 0.0 * next(looks))
    monkeypatch.setattr(markdown, "STEPS_A_LOOK", 10**9)
    markdown.render("![" * 65 + "[a]" * 3000)
    assert next(looks) > 500_000 / markdown.SKIPS_A_LOOK
