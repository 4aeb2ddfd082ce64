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
