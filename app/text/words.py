"""What a letter, a word and an emoji is: the one definition that counting, excerpts, search and the browser's counter share.

A letter has its marks with it (Hindi's vowels, Hebrew's points). Most scripts part words with spaces. Chinese and Japanese do not, and
people count their letters; Thai, Lao, Khmer and Burmese do not either, and people count their words, which a model has to find
(https://github.com/google/budoux). An emoji, however many characters it is made of, can be looked for and is no word.
The patterns are understood by `regex` and by browsers alike (Unicode Technical Standard 18, properties of level 1).
"""

from collections.abc import Iterator
from functools import cache

import budoux
import regex

LETTERS = r"\p{L}\p{N}"
MARKS = r"\p{M}\u200c\u200d"
LETTER_SCRIPTS = r"\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\u30fc\uff70"
"""Scripts without spaces whose letters are counted; the long vowel mark of Japanese is among them."""
WORD_SCRIPTS = r"\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}"
"""Scripts without spaces whose words are counted."""
RUN = rf"(?:(?=[{LETTERS}])[{LETTER_SCRIPTS}{WORD_SCRIPTS}])(?:[{LETTER_SCRIPTS}{WORD_SCRIPTS}\p{{M}}])*"
SPACED = rf"(?:(?![{LETTER_SCRIPTS}{WORD_SCRIPTS}])[{LETTERS}])(?:(?![{LETTER_SCRIPTS}{WORD_SCRIPTS}])[{LETTERS}{MARKS}])*"
WITHIN = rf"""(?:['’ʼ׳״"‑-](?=[{LETTERS}])|[.,:](?=\p{{N}}))"""
"""What a word that is counted may have between its letters: O'Reilly, well-kept, 13:09."""
EMOJI = (
    r"(?:\p{Regional_Indicator}{2}|(?![\p{L}\p{N}©®])\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?"
    r"(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)*)"
)
ADDRESS = r"https?://[\x21-\x7e]+"
COUNTED = rf"{ADDRESS}|{RUN}|{SPACED}(?:{WITHIN}{SPACED})*"
MOST_MODELLED = 5_000
LETTERS_A_WORD = 4
"""Of a text in Thai that is longer than what the model is asked about, a word is taken to have so many letters."""

_COUNTED = regex.compile(COUNTED)
_FOUND = regex.compile(rf"{RUN}|{SPACED}|{EMOJI}")
_SHOWN = regex.compile(rf"{RUN}|{SPACED}(?:['’ʼ]{SPACED})*|{EMOJI}")
_RUN = regex.compile(rf"[{LETTER_SCRIPTS}{WORD_SCRIPTS}]")
_WORDS_OF_RUN = regex.compile(rf"[{WORD_SCRIPTS}]")
_MARK = regex.compile(r"\p{M}")
_CLUSTER = regex.compile(r"\P{M}\p{M}*")
_BEGINNING = regex.compile(r"\X")


@cache
def _model() -> budoux.Parser:
    return budoux.load_default_thai_parser()


def count(text: str) -> int:
    """Return how many words a text has: letters of Chinese and Japanese, words of all other scripts, no emoji and no sign."""
    return sum(_words_in_run(found[0]) if is_run(found[0]) else 1 for found in _COUNTED.finditer(text))


def _words_in_run(run: str) -> int:
    if not _WORDS_OF_RUN.search(run):
        return len(run) - sum(1 for _mark in _MARK.finditer(run))
    letters = clusters(run)
    of_words = [letter for letter in letters if _WORDS_OF_RUN.match(letter)]
    modelled = "".join(of_words[:MOST_MODELLED])
    return len(letters) - len(of_words) + len(_model().parse(modelled)) + len(of_words[MOST_MODELLED:]) // LETTERS_A_WORD


def for_browsers() -> dict[str, str]:
    """Return the patterns that a page counts with while one types."""
    return {"counted": COUNTED, "letters": f"[{LETTER_SCRIPTS}]", "words": f"[{WORD_SCRIPTS}]"}


def found_in(text: str) -> Iterator[str]:
    """Yield what can be found of a folded text, in its order: words, runs without spaces, emoji."""
    return (match[0] for match in _FOUND.finditer(text))


def shown_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield the words, runs and emoji of a text as it is shown, each with where it begins; one may fold to several."""
    return ((match[0], match.start()) for match in _SHOWN.finditer(text))


def is_run(word: str) -> bool:
    """Say whether a word is a run of letters without spaces, that has words of its own."""
    return _RUN.match(word) is not None


def clusters(run: str) -> list[str]:
    """Return the letters of a run, each with its marks."""
    return list(_CLUSTER.findall(run))


def beginning(text: str, longest: int) -> str:
    """Return so many characters of a text at most, and no letter without its marks, no half of an emoji."""
    if len(text) <= longest:
        return text
    end = 0
    for match in _BEGINNING.finditer(text[: longest + 64]):
        if match.end() > longest:
            break
        end = match.end()
    return text[: end or longest]
