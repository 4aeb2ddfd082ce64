"""What a search shows of a text without spaces, and of words that were asked for by their beginnings."""

import pytest

from app.search import snippets, terms
from app.search.languages import DEFAULT
from app.text import search_query

FILLING = {"我们在": "天气很好的一个下午", "今日は": "とても暑い夏の一日", "ฉันไป": "วันนี้อากาศดีมาก", "ខ្ញុំ": "ថ្ងៃនេះអាកាសធាតុល្អ"}


def shown(text: str, query: str) -> str:
    return str(snippets.snippet(text, snippets.wanted(search_query.parse(query), DEFAULT)))


@pytest.mark.parametrize(
    ("before", "word", "asked"),
    [
        ("我们在", "图书馆", "图书馆"),
        ("我们在", "图书馆", "图书*"),
        ("我们在", "图书馆", "图*"),
        ("今日は", "ガッコウ", "ｶﾞｯｺｳ"),
        ("今日は", "ｶﾞｯｺｳ", "ガッコウ"),
        ("今日は", "学校", "学校*"),
        ("ฉันไป", "ห้องสมุด", "ห้องสมุด"),
        ("ฉันไป", "ห้องสมุด", "ห้อง*"),
        ("ខ្ញុំ", "បណ្ណាល័យ", "បណ្ណាល័យ"),
    ],
)
@pytest.mark.parametrize("number", [0, 1, 20, 2000])
def test_a_word_in_the_middle_of_a_text_without_spaces_is_shown(before: str, word: str, asked: str, number: int) -> None:
    filling = FILLING[before] * number
    found = shown(filling + before + word + filling, asked)
    assert f"<mark>{word[0]}" in found and len(found) < snippets.MAX_SNIPPET_LENGTH + 100


def test_a_letter_keeps_its_marks_where_a_text_is_cut() -> None:
    for number in range(200, 260):
        found = shown("ก" + "น้ำ" * number + "ห้องสมุด" + "น้ำ" * 300, "ห้องสมุด").strip("…")
        assert "<mark>ห้องสมุด</mark>" in found and found[0] != "\u0e49"


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("A well-kept secret.", "well-ke*", "<mark>well</mark>-<mark>kept</mark>"),
        ("The snake_case of it.", "snake_ca*", "<mark>snake</mark>_<mark>case</mark>"),
        ("Runners ran.", "runn*", "<mark>Runners</mark>"),
    ],
)
def test_a_beginning_of_two_words_marks_both(text: str, query: str, marked: str) -> None:
    assert marked in shown(text, query)


def test_what_was_found_stands_near_the_beginning_where_lists_are_narrow() -> None:
    for before in ("ห้อง" * 100, "我们" * 200, "We walked along. " * 30, "a" * 500 + " ", "b " * 90):
        assert 0 < shown(f"{before}harbour {before}", "harbour").find("<mark>") <= 60
    assert shown("Rain since the night. We walked to the pier.", "pier").startswith("Rain since")


def test_a_mark_that_is_longer_than_a_snippet_is_shown_as_far_as_it_goes() -> None:
    assert "<mark>aaa" in shown("a" * 300 + " b" * 300, "a" * 300)


def test_runs_of_a_page_cost_a_bounded_amount(monkeypatch: pytest.MonkeyPatch) -> None:
    folded: list[int] = []
    fold = terms.fold_text

    def counted(text: str, codes: str = DEFAULT) -> str:
        folded.append(len(text))
        return fold(text, codes)

    marks = snippets.wanted(search_query.parse("然后 朋友"), DEFAULT)
    monkeypatch.setattr(terms, "fold_text", counted)
    text = "".join(chr(0x4E00 + number % 20_000) for number in range(100_000))
    for _entry in range(20):
        snippets.snippet(text.replace("朋友", ""), marks)
    assert sum(folded) <= 2 * snippets.MAX_LETTERS_JUDGED
    assert len(folded) < 100
