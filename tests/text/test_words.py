"""What a word is, told twice: once for every text, and once with its sets written out, which is quick and knows no emoji."""

import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.text import words

LETTERS = st.characters(max_codepoint=0x12FF) | st.characters(min_codepoint=0x2000, max_codepoint=0x30FF)
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
def test_usual_characters_are_read_as_all_are(text: str) -> None:
    usual = words._written_out()
    if usual.characters.fullmatch(text):
        assert usual.counted.findall(text) == words._COUNTED.findall(text)
        assert usual.found.findall(text) == words._FOUND.findall(text)


def test_each_usual_character_is_one_for_both() -> None:
    usual = words._written_out()
    everything = "".join(one for one in map(chr, range(0x10000)) if usual.characters.fullmatch(one))
    assert len(everything) > 65_000 and {"a", "ё", "한", "我", "๑", "\u0e31", "©"} < set(everything) and "☄" not in everything
    for text in (everything, "".join(f"a{one}b {one}.{one} 1:{one} {one}\u0301ก{one} " for one in everything)):
        assert usual.counted.findall(text) == words._COUNTED.findall(text)
        assert usual.found.findall(text) == words._FOUND.findall(text)


@settings(max_examples=500)
@given(st.text() | TEXTS | st.text(alphabet="ab-'’.,: 0๑กา我かー한й\u0301\u200d\u0e31☄😀🇩🇪"))
def test_the_server_reads_words_as_browsers_do(text: str) -> None:
    assert words._COUNTED.findall(text) == regex.findall(words.COUNTED, text)
    assert words._FOUND.findall(text) == regex.findall(rf"{words.RUN}|{words.SPACED}|{words.EMOJI}", text)


def test_letters_beside_other_letters_are_counted_as_before() -> None:
    assert words.count("It's a well-kept diary, 13:09") == 5
    assert words.count("Это дневник, 13:09 🙂") == 3
    assert words.count("我们 и they") == 4
