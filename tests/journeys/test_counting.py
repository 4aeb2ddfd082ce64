"""The number of words under the text, while one types: what a person counts and what the server says."""

import pytest
from playwright.sync_api import Page

from app.text import markdown, words
from tests.search.test_languages import LANGUAGES

COUNT = """async ([script, texts]) => {
  const { Counter } = await import(script);
  const counter = new Counter(JSON.parse(document.querySelector("[data-words]").dataset.patterns));
  return texts.map((text) => counter.count(text));
}"""
ODD = [
    "![a photo](attachment:abcdefgh2345)\n\nOne *two* [three](https://example.org/four)",
    "https://example.org/a-b/c and 3.5 km at 13:09",
    "O'Reilly's well-kept e-mail — 100 %",
    "🎉👨‍👩‍👧 no words",
    "我们walked到港口 2026",
    "",
    "Hello there\n\n[my tax.pdf](attachment:abcdefgh2345)\n- [it](attachment:abcdefgh2345)\n\nSee [the slip](attachment:abcdefgh2345)",
]


MARKED = {
    "1. milk\n2. bread\n3. eggs": 3,
    "- [x] milk\n- [ ] bread": 2,
    "Text[^1] more[^2]\n\n[^1]: One note.\n[^2]: Two.": 5,
    "a &nbsp; b &amp; c": 3,
    '[link][ref] text\n\n[ref]: https://e.org "title words"': 2,
    "```python\nx = 1\n```": 2,
    "te**xt** and **bold**face": 3,
    "don\\'t": 1,
    "a[b](http://c.d)e": 1,
    "Donau\u00addampf\u00adschiff un\u200bter\u2060wegs": 2,
    "*a* **b** [c](x) _d_": 4,
    "27. November 2024 war schön.": 5,
    "1986. Born\n1990. School\n2001. Work": 6,
    "2) foo": 2,
    "- 2024. was\n- 2025. is": 4,
    "Br[other] and Scott[ish]": 5,
    "foo&shy;bar": 1,
    "1. a\n2. b\n\ntext\n\n1. c": 4,
}
"""What stands between words and is none, and how many words a person counts."""
LONG = ["![", "](", "![a](attachment:a ", "[a](attachment:", "[a", "*", "~~", "- ", "[^", "&a", "\\", "> ", "1. ", "```"]


def counted(page: Page, texts: list[str]) -> list[int]:
    page.goto("/entry")
    script = page.locator("script[type=module][src*=writing]").get_attribute("src") or ""
    found: list[int] = page.evaluate(COUNT, [script.replace("writing.js", "words.js"), texts])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_counts_as_the_server_does(marta: Page, language: str) -> None:
    sentences = LANGUAGES[language][1]
    page = counted(marta, [sentence.text for sentence in sentences])
    for sentence, number in zip(sentences, page, strict=True):
        difference = abs(number - words.count(sentence.text))
        assert difference <= (2 if language == "th" else 0) and abs(number - sentence.number) <= 1, sentence


def test_odd_texts_are_counted_alike(marta: Page) -> None:
    server = [words.count(markdown.render(text).words) for text in ODD]
    assert counted(marta, ODD) == server == [3, 6, 4, 2, 7, 0, 5]


def test_marks_are_counted_as_little_as_the_server_counts_them(marta: Page) -> None:
    server = [words.count(markdown.render(text).words) for text in MARKED]
    assert server == list(MARKED.values())
    wrong = [(text, page) for text, page, right in zip(MARKED, counted(marta, list(MARKED)), server, strict=True) if abs(page - right) > 1]
    assert not wrong


def test_no_text_keeps_the_page_from_counting(marta: Page) -> None:
    marta.set_default_timeout(20_000)
    assert len(counted(marta, [piece * (200_000 // len(piece)) for piece in LONG])) == len(LONG)
