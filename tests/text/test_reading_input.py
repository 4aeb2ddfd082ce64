"""Folding, tags, and the search box."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import names, search_query, tags
from app.text.folding import clean, clean_line, fold


@pytest.mark.parametrize(
    ("one", "other"), [("ADA", "ada"), ("ＡＤＡ", "ada"), ("Straße", "STRASSE"), ("e\u0301mile", "Émile"), (" a  b ", "A B")]
)
def test_names_that_count_as_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_clean_text_can_be_stored(text: str) -> None:
    clean(text).encode("utf-8")
    assert "\x00" not in clean(text) and "\n" not in clean_line(text)


def test_tags_are_tidied_and_kept_once() -> None:
    assert tags.parse("sea, #Harbour,  sea ,SEA, a/b, a/../b, /c,, 海、山") == ["sea", "Harbour", "a/b", "a-..-b", "-c", "海", "山"]
    assert len(tags.parse(", ".join(str(number) for number in range(200)))) == tags.MAX_TAGS
    assert tags.parse(", .., .,#") == []
    assert tags.parse("بحر، سفر､海") == ["بحر", "سفر", "海"] and tags.tidy(["旅行、海", "بحر، سفر"]) == ["旅行 海", "بحر سفر"]


def test_a_query_keeps_what_a_renamed_tag_would_spoil() -> None:
    assert search_query.with_tags_renamed("“a b” -tag:Sea sea", {"sea": "big sea"}) == '"a b" -tag:"big sea" sea'
    assert search_query.with_tags_renamed("tag:#sea", {"sea": "lake"}) == 'tag:"lake"'
    for query, name in (("“a b” tags", "sea"), ("tag:sea", 'say "hi"'), ("tag:sea " * 49, "x" * 60)):
        assert search_query.with_tags_renamed(query, {"sea": name}) == query


def test_a_query_with_everything() -> None:
    query = search_query.parse(
        'great "Pudding Lane" theat* -plague -"high water" tag:church -tag:navy tag:"two words" from:1666-09 to:1667'
    )
    assert query.words == ["great"] and query.phrases == ["Pudding Lane"] and query.prefixes == ["theat"]
    assert query.excluded == ["plague", "high water"]
    assert query.tags == ["church", "two words"] and query.excluded_tags == ["navy"]
    assert (query.since, query.until) == (date(1666, 9, 1), date(1667, 12, 31))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("“great fire”", '"great fire"'),
        ("„großes Feuer“", '"großes Feuer"'),
        ("«grand feu»", '"grand feu"'),
        ("「大火」", '"大火"'),
        ("tag:“deep work” -“great fire”", 'tag:"deep work" -"great fire"'),
        ("tag：海 散步＊ －山", "tag:海 散步* -山"),
    ],
)
def test_signs_of_telephones_and_wide_keyboards_are_understood(typed: str, meant: str) -> None:
    assert search_query.parse(typed) == search_query.parse(meant)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1666", (date(1666, 1, 1), date(1666, 12, 31))),
        ("1664-02", (date(1664, 2, 1), date(1664, 2, 29))),
        ("9999-12", (date(9999, 12, 1), date(9999, 12, 31))),
        ("1", (date(1, 1, 1), date(1, 12, 31))),
        ("2026-13", None),
        ("0", None),
        ("tomorrow", None),
        ("2026-02-30", None),
    ],
)
def test_spans_of_days(text: str, span: tuple[date, date] | None) -> None:
    assert search_query.span_of(text) == span


@given(st.text(max_size=60))
def test_everything_is_a_query(text: str) -> None:
    search_query.parse(text)


def test_long_runs_of_marks_are_broken_up_and_nothing_is_lost() -> None:
    text = "a" + "\u0301\u0327" * 40_000
    before = time.process_time()
    cleaned = clean(text)
    fold(text)
    assert time.process_time() - before < 5, "normalisation of one long run is quadratic"
    assert cleaned.replace("\u034f", "") == text and clean(cleaned) == cleaned
    assert clean("a\0b\ud800") == "ab", "what no database can hold"


def test_names_that_grow_when_folded_stay_within_their_columns() -> None:
    assert not names.is_username("\ufdfa" * 20) and names.is_username("ada")
    (tag,) = tags.parse("\ufdfa" * 40)
    assert len(fold(tag)) <= 255


@pytest.mark.parametrize(("address", "is_one"), [("ada@example.org", True), ("жанна@example.org", False), ("ada@дом.рф", True)])
def test_addresses_that_letters_can_be_sent_to(address: str, is_one: bool) -> None:
    assert names.is_email(address) is is_one


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [("ada", True), ("Юрий", True), ("山田はな", True), ("аda", False), ("αda", False), ("ada-2.b_c", True), ("한글", True)],
)
def test_the_letters_of_a_name_are_of_one_script(name: str, is_fine: bool) -> None:
    assert names.is_of_one_script(name) is is_fine


def test_names_that_would_pass_for_the_journal_are_reserved() -> None:
    assert names.is_reserved("Admin") and names.is_reserved("ＲＯＯＴ") and not names.is_reserved("ada")
