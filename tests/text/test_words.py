"""What a word is, told twice: once for every script, and once for texts of plain letters alone, where it is quick."""

import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.text import words

LETTERS = st.characters(max_codepoint=0x53F) | st.characters(min_codepoint=0x2000, max_codepoint=0x20CF)
PIECES = [
    "don't",
    "well-kept",
    "13:09",
    "3.14",
    "a.b",
    "https://example.org/a?b=c'd",
    "http",
    "x",
    '"',
    "-",
    ",",
    " ",
    "7",
    "об’єкт",
    "½",
    "ё",
]
TEXTS = st.text(alphabet=LETTERS) | st.lists(st.sampled_from(PIECES)).map("".join)


@settings(max_examples=500)
@given(TEXTS)
@example("https://a b https:// x:3 3:x 'a' a'' a-'b x:½ x.² ©a® ‼ \u200d a\u0301")
def test_plain_letters_are_read_as_all_letters_are(text: str) -> None:
    if words._PLAIN.fullmatch(text):
        assert words._PLAIN_COUNTED.findall(text) == words._COUNTED.findall(text)
        assert words._PLAIN_FOUND.findall(text) == words._FOUND.findall(text)


def test_each_plain_letter_is_one_for_both() -> None:
    everything = "".join(chr(code) for code in (*range(0x2100), *range(0xAC00, 0xD7A4)) if words._PLAIN.fullmatch(chr(code)))
    for text in (everything, "".join(f"a{one}b {one}.{one} " for one in everything)):
        assert words._PLAIN_COUNTED.findall(text) == words._COUNTED.findall(text)
        assert words._PLAIN_FOUND.findall(text) == words._FOUND.findall(text)


@settings(max_examples=500)
@given(st.text() | TEXTS | st.text(alphabet="ab-'’.,: 0๑กา我かー한й\u0301\u200d\u0e31☄😀🇩🇪"))
def test_the_server_reads_words_as_browsers_do(text: str) -> None:
    assert words._COUNTED.findall(text) == regex.findall(words.COUNTED, text)
    assert words._FOUND.findall(text) == regex.findall(rf"{words.RUN}|{words.SPACED}|{words.EMOJI}", text)


def test_letters_beside_other_letters_are_counted_as_before() -> None:
    assert words.count("It's a well-kept diary, 13:09") == 5
    assert words.count("Это дневник, 13:09 🙂") == 3
    assert words.count("我们 и they") == 4
