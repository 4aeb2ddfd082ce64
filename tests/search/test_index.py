"""Search: the same entries in the same order on both databases."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.queries import searching
from app.search import index, languages, matching, snippets, terms
from app.search.languages import DEFAULT
from app.text import search_query
from tests.factories import Factory

TEXTS = {
    "ru-networks": "Нейронные сети для обработки русского языка",
    "ru-tree": "Журнал публикует статьи о сетях и языках. Ёлка зелёная",
    "zh-learning": "深度学习在自然语言处理中的应用",
    "zh-review": "机器学习 期刊 审稿流程",
    "en-learning": "Deep learning for natural language processing",
    "odd": "C++ O'Reilly 2026-11 йога",
    "accents": "Café Ångström",
    "great-fire": "The great fire of London, a great great fire",
    "fire-great": "A fire, and great sorrow; the King's own boats",
}
QUERIES = {
    "сеть": {"ru-networks", "ru-tree"},
    "ЯЗЫКОВ": {"ru-networks", "ru-tree"},
    "елка": {"ru-tree"},
    "ёлка": {"ru-tree"},
    "learned": {"en-learning"},
    "学习": {"zh-learning", "zh-review"},
    "深度学习": {"zh-learning"},
    "审稿": {"zh-review"},
    "学": {"zh-learning", "zh-review"},
    "йога": {"odd"},
    "cafe": {"accents"},
    "angstrom": {"accents"},
    "C++": {"odd"},
    "O'Reilly": {"odd"},
    "o’reilly": {"odd"},
    "нейронная сеть": {"ru-networks"},
    "great fire": {"great-fire", "fire-great"},
    '"great fire"': {"great-fire"},
    '"fire great"': set(),
    "fire -london": {"fire-great"},
    'great -"great fire"': {"fire-great"},
    "обраб*": {"ru-networks"},
    "обраб": {"ru-networks"},
    "king": {"fire-great"},
    "lond*": {"great-fire"},
    "comet": set(),
    "-fire": {*TEXTS} - {"great-fire", "fire-great"},
    "-—": set(),
    '"': set(),
}


@pytest.fixture
def texts(factory: Factory) -> dict[int, str]:
    return {factory.entry(body=body, day=date(2026, 1, 1)).id: name for name, body in TEXTS.items()}


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_found(context: Flask, factory: Factory, texts: dict[int, str], query: str) -> None:
    results = searching.search(factory.ada, query)
    assert {texts[result.id] for result in results.found} == QUERIES[query]


def test_the_best_come_first_and_of_equals_the_newest(context: Flask, factory: Factory) -> None:
    once = factory.entry(body="fire " + "and more words " * 200, day=date(2026, 1, 3))
    often = factory.entry(body="fire fire fire", day=date(2026, 1, 1))
    titled = factory.entry(title="Fire", body="It was warm.", day=date(2026, 1, 2))
    older, newer = factory.entry(body="fire x", day=date(2025, 1, 1)), factory.entry(body="fire y", day=date(2025, 1, 2))
    found = [result.id for result in searching.search(factory.ada, "fire").found]
    assert found == [titled.id, often.id, newer.id, older.id, once.id]


def test_tags_and_dates_narrow(context: Flask, factory: Factory) -> None:
    church = factory.entry(body="Sermon.", day=date(1666, 9, 2), tags=["Church"])
    navy = factory.entry(body="Sermon.", day=date(1667, 1, 1), tags=["navy"])

    def found(query: str) -> list[int]:
        return [result.id for result in searching.search(factory.ada, query).found]

    assert found("sermon tag:church") == [church.id] and found("tag:CHURCH") == [church.id]
    assert found("sermon -tag:church") == [navy.id] and found("-tag:church") == [navy.id]
    assert found("from:1666-09 to:1666") == [church.id] and found("sermon from:1667") == [navy.id] and found("to:1665") == []


def test_a_tag_is_found_with_those_nested_in_it(context: Flask, factory: Factory) -> None:
    for tag in ("sea", "sea/harbour", "seaside", "lake"):
        factory.entry(body=tag, tags=[tag])

    def found(query: str) -> set[str]:
        return {result.excerpt for result in searching.search(factory.ada, query).found}

    assert found("tag:sea") == {"sea", "sea/harbour"} and found("tag:sea/harbour") == {"sea/harbour"}
    assert found("-tag:sea") == {"seaside", "lake"}


@pytest.mark.parametrize("query", ["from:yesterday", "to:1987-13", "from:1987-02-30"])
def test_what_is_no_date_is_told(context: Flask, factory: Factory, query: str) -> None:
    assert searching.search(factory.ada, f"{query} {query}").not_dates == [query.split(":")[1]]


def test_only_ones_own_entries_out_of_the_trash_are_found(context: Flask, factory: Factory) -> None:
    factory.entry(factory.ben, body="comet", visibility="public")
    factory.entry(body="comet", trashed=True)
    assert searching.search(factory.ada, "comet").found == []


def test_pages_of_results(context: Flask, factory: Factory) -> None:
    for number in range(25):
        factory.entry(body=f"comet {number}")
    first, second = searching.search(factory.ada, "comet"), searching.search(factory.ada, "comet", 2)
    assert (len(first.found), first.has_more, len(second.found), second.has_more) == (20, True, 5, False)
    assert not {r.id for r in first.found} & {r.id for r in second.found}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_nothing_typed_is_an_error(context: Flask, factory: Factory, query: str) -> None:
    matching.find(factory.ada.id, DEFAULT, search_query.parse(query), limit=5)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_every_word_of_a_text_finds_it(text: str) -> None:
    stored = terms.terms_of(text)
    joined = index.join(7, stored)
    for word in terms.split(text):
        (row, *_others) = terms.alternatives(word)
        assert index.join(7, row) in joined and set(row) <= set(stored)


def test_a_snippet_shows_the_place_and_is_escaped() -> None:
    marks = snippets.wanted(search_query.parse("comet"), DEFAULT)
    text = "<b> " + "before " * 80 + "two comets & a comet <i> " + "after " * 80
    shown = str(snippets.snippet(text, marks))
    assert "<mark>comets</mark> &amp; a <mark>comet</mark> &lt;i&gt;" in shown
    assert shown.startswith("…") and shown.endswith("…") and len(shown) < 400
    assert str(snippets.snippet("short <", marks)) == "short &lt;"
    chinese = snippets.wanted(search_query.parse("深度学习"), DEFAULT)
    assert str(snippets.snippet("我们深度学习了", chinese)) == "我们<mark>深度学习</mark>了"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["comet", "Comets,", "comely", "Café", "was", "深度学习", "İstanbul", "x" * 30]), max_size=300),
    st.sampled_from(["comet", "comet was", "comets", "cafe was", "深度", "com*", "istanbul comet", "comet cafe*"]),
)
def test_a_part_of_a_long_text_shows_its_marks_as_the_whole_would(pieces: list[str], query: str) -> None:
    text = " ".join(pieces)
    marks = snippets.wanted(search_query.parse(query), DEFAULT)
    without_hints = replace(marks, hints=())
    some, most = (snippets.snippet(text, one) for one in (marks, without_hints))
    assert some.count("<mark>") >= 0.5 * most.count("<mark>") and ("<mark>" in some) == ("<mark>" in most)
    assert some.startswith("…") or text.startswith(some.striptags()[:10])
    assert len(some.striptags()) <= snippets.MAX_SNIPPET_LENGTH + 2


@given(st.lists(st.sampled_from(["comet", "Comets,", "(comet)", "co", "深度学习了", "深度", "O’Reilly", "х", "☄️", ""]), max_size=30))
def test_marks_are_where_the_words_are_however_often_they_come(pieces: list[str]) -> None:
    marks = snippets.wanted(search_query.parse("comet 深度"), DEFAULT)
    text = " ".join(pieces)
    found = [text[first:last] for first, last in marks.spots_in(text)]
    assert found == re.findall("comet|Comets|深度", text)


PIECES = st.text(st.sampled_from("aAgG3-_'.(é我 "), max_size=12) | st.sampled_from(
    ["3pm", "e-mail", "O'Garden", "gardens.Garden", "A4", "ǅ"]
)


@given(st.lists(PIECES, max_size=12), PIECES, st.sampled_from(["en ru", "de fr", "nl", "ga en", "id"]))
def test_where_words_begin_hides_no_mark(pieces: list[str], query: str, codes: str) -> None:
    marks, text = snippets.wanted(search_query.parse(query), codes), " ".join(pieces)
    assert marks.spots_in(text) == replace(marks, may_begin=None, _judged={}, _held={}).spots_in(text)


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=14), st.sampled_from(sorted(languages.LANGUAGES)))
def test_stems_begin_as_their_words_do_but_in_some_languages(word: str, code: str) -> None:
    if languages.keep_first_letters(code):
        assert languages.stem(word, code, 0)[:1] == word[:1]


def test_of_texts_without_end_so_much_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    marks = snippets.wanted(search_query.parse("a*"), DEFAULT)
    assert len(marks.hinted_in("a " * 100_000)) == snippets.MAX_PLACES
    assert len(snippets.wanted(search_query.parse("a " * 200), DEFAULT).hints) == 1
    many = snippets.wanted(search_query.parse(" ".join(f"a{number}" for number in range(60))), DEFAULT)
    assert len(many.hints) == snippets.MAX_HINTS and len(many.whole) > snippets.MAX_HINTS
    once = snippets.wanted(search_query.parse("a*"), DEFAULT)
    assert len(once.spots_in("**a" * 1000)) == 1000 and len(once._held) == 1
    monkeypatch.setattr(snippets, "MAX_JUDGED", 10)
    assert len(marks.spots_in(" ".join(f"a{number}" for number in range(100)))) == 10
    assert len(marks._judged) == 10


def test_a_phrase_is_found_whole_and_counted_in_the_beginning(context: Flask, factory: Factory) -> None:
    together = factory.entry(body="red sky, red sky, RED SKY at night")
    factory.entry(body="red and blue sky")
    late = factory.entry(body="word " * 15_000 + "red sky")
    found = [result.id for result in searching.search(factory.ada, '"red sky"').found]
    assert found == [together.id, late.id], "what comes late is found, and counts for nothing"


def test_threads_do_not_disturb_each_others_stemming() -> None:
    def stem(word: str) -> str:
        return languages.stem(word, DEFAULT, 0)

    words = [f"{start}{end}" for start in ("walk", "гуля", "happi") for end in ("ing", "ed", "ness", "ем", "ла", "ational")] * 50
    alone = [stem(word) for word in words]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(stem, words)) == alone


def test_a_widened_search_has_further_pages(context: Flask, factory: Factory) -> None:
    for number in range(25):
        factory.entry(body=f"thunderstorms {number}")
    first, second = searching.search(factory.ada, "thunderst"), searching.search(factory.ada, "thunderst", 2)
    assert first.is_widened and second.is_widened and first.has_more
    assert len(first.found) == 20 and len(second.found) == 5


def test_what_is_asked_for_again_costs_and_changes_nothing(context: Flask, factory: Factory) -> None:
    entry = factory.entry(body="harbour and sea")
    many = searching.search(factory.ada, "harbour " * 130)
    assert [row.id for row in many.found] == [entry.id]
    asked = matching.question(factory.ada.id, DEFAULT, search_query.parse("harbour harbour " + " ".join(map(str, range(100)))))
    assert asked and len(asked.often) == matching.MAX_ASKED and len(asked.values) < 3 * matching.MAX_ASKED


def test_a_sentence_that_heads_an_entry_is_not_said_again(context: Flask, factory: Factory) -> None:
    factory.entry(body="Rain since the night. We walked to the harbour.")
    factory.entry(title="Rain", body="Rain since the night. We walked to the pier.")

    def shown(query: str) -> str:
        (result,) = searching.search(factory.ada, query).found
        return str(result.snippet)

    assert shown("harbour") == "We walked to the <mark>harbour</mark>."
    assert shown("rain harbour") == "We walked to the <mark>harbour</mark>."
    assert shown("night harbour -pier") == "We walked to the <mark>harbour</mark>."
    assert shown("rain -pier") == "<mark>Rain</mark> since the night. We walked to the harbour."
    assert shown("pier") == "Rain since the night. We walked to the <mark>pier</mark>."
