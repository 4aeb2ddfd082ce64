"""What is typed of a word finds it, however much of its ending is there and whatever its script."""

import unicodedata
from datetime import date
from itertools import cycle, islice

import pytest
from flask import Flask

from app.queries import searching
from app.search import terms
from tests.factories import Factory

TEXT = (
    "I was running and reading stories happily; universities and gardening. 図書館で勉強した。ผลไม้ อร่อย. "
    "Гуляли прогулками, солёный ветер. כתיבה מחברות. كتابها الجديد. ёлка Straße naïve"
)
WORDS = [
    *("running", "reading", "stories", "happily", "universities", "gardening"),
    *("図書館", "勉強した", "ผลไม้", "прогулками", "солёный", "ветер", "כתיבה", "מחברות", "كتابها", "ёлка", "Straße", "naïve"),
]
SHORTEST = {"כתיבה": 4, "מחברות": 4}
"""In Hebrew a first letter may be a word of its own, and is taken off: some beginnings are of the word without it."""


def found(factory: Factory, query: str) -> int:
    return searching.search(factory.ada, query).total


@pytest.mark.parametrize("word", WORDS)
def test_each_beginning_of_a_word_finds_it(context: Flask, factory: Factory, word: str) -> None:
    factory.entry(body=TEXT)
    shortest = SHORTEST.get(word, 1)
    for length in range(shortest, len(word) + 1):
        if word[:length] != "runn" and not unicodedata.category(word[length : length + 1] or "x").startswith("M"):
            assert found(factory, f"{word[:length]}*") == 1, word[:length]
            assert found(factory, f"wind {word[:length]}*") == 0


@pytest.mark.parametrize("beginning", ["runx", "readings", "storm", "図書室", "прогулкой", "gardener", "univers3"])
def test_a_beginning_of_no_word_finds_none_of_another_beginning(context: Flask, factory: Factory, beginning: str) -> None:
    factory.entry(body="carp, harbour, 図書. прог")
    assert found(factory, f"{beginning}*") == 0


def test_words_that_begin_otherwise_do_not_come_between(context: Flask, factory: Factory) -> None:
    """The stem of butted is but: nobody who types butt means that."""
    factory.entry(title="Butterflies", day=date(2020, 1, 1))
    for _number in range(10):
        factory.entry(body="I can see it, but not up in the rain. Apple.")
    assert [one.title for one in searching.offered(factory.ada, "butt")] == ["Butterflies"]
    assert [found(factory, query) for query in ("butt", "butt*", "butte*", "inn*", "nott*", "upp*")] == [1, 1, 1, 0, 0, 0]
    assert [found(factory, query) for query in ("apple -butt*", "apple -inn*", "apple -!!*", "-!!*", "apple -but*")] == [10, 10, 10, 0, 0]


def test_an_excluded_beginning_of_several_words_is_all_of_them(context: Flask, factory: Factory) -> None:
    factory.entry(body="We walk and use the boat.")
    factory.entry(body="We walk and re-used it.")
    assert [found(factory, query) for query in ("walk -re-use*", "walk -use*", "walk -re*")] == [1, 0, 1]


@pytest.mark.parametrize(("excluded", "left"), [("gardenin", "second"), ("garden", "second"), ("図書館", "second"), ("x", "both")])
def test_what_begins_so_is_left_out(context: Flask, factory: Factory, excluded: str, left: str) -> None:
    factory.entry(body=f"walk {TEXT}")
    factory.entry(body="walk second")
    assert found(factory, f"walk -{excluded}*") == {"second": 1, "both": 2}[left]
    assert found(factory, f"-{excluded}*") == {"second": 1, "both": 2}[left]


@pytest.mark.parametrize("kind", ["marks", "emoji"])
def test_a_letter_without_end_is_kept_and_found(context: Flask, factory: Factory, kind: str) -> None:
    marks = [chr(code) for code in range(0x300, 0x370) if unicodedata.combining(chr(code)) == 230]
    animals = [chr(code) for code in range(0x1F400, 0x1F4FF)]
    letter = {
        "marks": "漢" + "".join(islice(cycle(marks), 2500)),
        "emoji": "\u200d".join(islice(cycle(animals), 1500)),
    }[kind]
    factory.entry(body=f"walk {letter} harbour {letter}{letter}")
    assert found(factory, "walk harbour") == 1
    assert max(map(len, terms.terms_of(letter))) <= 2 * terms.MAX_LETTER_LENGTH
