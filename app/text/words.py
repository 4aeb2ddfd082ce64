"""What a letter, a word and an emoji is: the one definition that counting, excerpts, search and the browser's counter share.

A letter has its marks with it (Hindi's vowels, Hebrew's points). Most scripts part words with spaces. Chinese and Japanese do not, and
people count their letters; Thai, Lao, Khmer and Burmese do not either, and people count their words, which a model has to find
(https://github.com/google/budoux). An emoji, however many characters it is made of, can be looked for and is no word.
The patterns are understood by `regex` and by browsers alike (Unicode Technical Standard 18, properties of level 1).
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import budoux
import regex

LETTERS = r"\p{L}\p{N}"
MARKS = r"\p{M}\u200c\u200d"
LETTER_SCRIPTS = r"\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\u30fc\uff70\uff9e\uff9f"
"""Scripts without spaces whose letters are counted; the long vowel mark of Japanese and its narrow marks are among them."""
WORD_SCRIPTS = r"\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}"
"""Scripts without spaces whose words are counted."""
RUN = rf"(?:(?=[{LETTERS}])[{LETTER_SCRIPTS}{WORD_SCRIPTS}])(?:[{LETTER_SCRIPTS}{WORD_SCRIPTS}\p{{M}}])*"
SPACED = rf"(?:(?![{LETTER_SCRIPTS}{WORD_SCRIPTS}])[{LETTERS}])(?:(?![{LETTER_SCRIPTS}{WORD_SCRIPTS}])[{LETTERS}{MARKS}])*"
EMOJI = (
    r"(?:\p{Regional_Indicator}{2}|(?![\p{L}\p{N}©®])\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?"
    r"(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)*)"
)
ADDRESS = r"https?://[\x21-\x7e]+"
MAX_MODELLED = 10_000
UNSEEN_SIGNS = r"\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
UNSEEN = re.compile(f"[{UNSEEN_SIGNS}]")
"""Where a line may break, and which way it runs: nobody sees or types them, and they part no words."""
LETTERS_A_WORD = 4
"""Of a text in Thai, Lao, Khmer or Burmese that is longer than what the model is asked about, a word is taken to have so many letters."""

_RUN_SCRIPTS = f"{LETTER_SCRIPTS}{WORD_SCRIPTS}"


def _counted(run: str, spaced: str, letter: str, number: str) -> str:
    """Return what is counted: addresses, runs, and words with what they may have between letters (O'Reilly, well-kept, 13:09)."""
    within = rf"""(?:['’ʼ׳״"‑-](?={letter})|[.,:](?={number}))"""
    return rf"{ADDRESS}|{spaced}(?:{within}{spaced})*|{run}"


COUNTED = _counted(RUN, SPACED, f"[{LETTERS}]", r"\p{N}")


def _spelled(of: Callable[[str], str]) -> tuple[str, str]:
    """Return what is counted, and what is found besides emoji, by sets in place of lookaheads, each as `of` spells it."""
    run = of(f"[[{LETTERS}]&&[{_RUN_SCRIPTS}]]") + of(rf"[{_RUN_SCRIPTS}\p{{M}}]") + "*"
    spaced = of(f"[[{LETTERS}]--[{_RUN_SCRIPTS}]]") + of(f"[[{LETTERS}{MARKS}]--[{_RUN_SCRIPTS}]]") + "*"
    return _counted(run, spaced, of(f"[{LETTERS}]"), of(r"\p{N}")), f"{spaced}|{run}"


_SPELLED = _spelled(str)
_COUNTED = regex.compile(f"(?V1){_SPELLED[0]}")
_FOUND = regex.compile(f"(?V1){_SPELLED[1]}|{EMOJI}")
"""As for browsers, in half the time."""
_SHOWN = regex.compile(rf"""{RUN}|{SPACED}(?:(?:['’ʼ‘′׳{UNSEEN_SIGNS}]|(?<=[א-ת])["״](?=[א-ת])){SPACED})*|{EMOJI}""")
_RUN = regex.compile(rf"[{LETTER_SCRIPTS}{WORD_SCRIPTS}]")
_WORDS_OF_RUN = regex.compile(rf"[{WORD_SCRIPTS}]")
_MARK = regex.compile(r"\p{M}")
_CLUSTER = regex.compile(r"\P{M}[\p{M}\uff9e\uff9f]*")
"""The voiced marks of narrow katakana, which are letters by their category, belong to the letter before them as the wide ones do."""
_BEGINNING = regex.compile(r"\X")

_UNUSUAL = r"[\p{Extended_Pictographic}--[©®]]"


class _Patterns(NamedTuple):
    """The same patterns with their sets written out, for Python's own `re`, which is several times as quick at those."""

    characters: re.Pattern[str]
    """A text of these characters alone: no emoji, and nothing beyond the Basic Multilingual Plane."""
    counted: re.Pattern[str]
    found: re.Pattern[str]


@cache
def _written_out() -> _Patterns:
    plane = "".join(map(chr, range(0x10000)))

    def members(set_: str) -> str:
        stretches = regex.findall(rf"(?V1){set_}+", plane)
        return "[" + "".join(rf"\u{ord(stretch[0]):04x}-\u{ord(stretch[-1]):04x}" for stretch in stretches) + "]"

    counted, found = _spelled(members)
    return _Patterns(re.compile(f"{members(f'[^{_UNUSUAL}]')}*"), re.compile(counted), re.compile(found))


@cache
def _model() -> budoux.Parser:
    return budoux.load_default_thai_parser()


def count(text: str) -> int:
    """Return how many words a text has: letters of Chinese and Japanese, words of all other scripts, no emoji and no sign."""
    text = text if text.isascii() else UNSEEN.sub("", text)
    usual = _written_out()
    found = (usual.counted if usual.characters.fullmatch(text) else _COUNTED).findall(text)
    runs = {letter for letter in {word[0] for word in found} if _RUN.match(letter)}
    runs_of_words = {letter for letter in runs if _WORDS_OF_RUN.match(letter)}
    number, room = 0, MAX_MODELLED
    for word in found:
        if word[0] not in runs:
            number += 1
        elif word[0] in runs_of_words and room <= 0:
            number += -(-len(word) // LETTERS_A_WORD)
        else:
            in_run, modelled = _words_in_run(word, room)
            number, room = number + in_run, room - modelled
    return number


def _words_in_run(run: str, room: int) -> tuple[int, int]:
    """Return how many words a run has, and of how many letters the model was asked, which are `room` at most."""
    if not _WORDS_OF_RUN.search(run):
        return len(run) - sum(1 for _mark in _MARK.finditer(run)), 0
    letters = clusters(run)
    of_words = [letter for letter in letters if _WORDS_OF_RUN.match(letter)]
    modelled, rest = of_words[:room], len(of_words) - len(of_words[:room])
    number = len(_model().parse("".join(modelled))) if modelled else 0
    return len(letters) - len(of_words) + number + -(-rest // LETTERS_A_WORD), len(modelled)


def for_browsers() -> dict[str, str]:
    """Return the patterns that a page counts with while one types."""
    return {"unseen": f"[{UNSEEN_SIGNS}]", "counted": COUNTED, "letters": f"[{LETTER_SCRIPTS}]", "words": f"[{WORD_SCRIPTS}]"}


def found_in(text: str) -> list[str]:
    """Return what can be found of a folded text, in its order: words, runs without spaces, emoji."""
    usual = _written_out()
    return (usual.found if usual.characters.fullmatch(text) else _FOUND).findall(text)


def shown_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield the words, runs and emoji of a text as it is shown, each with where it begins; one may fold to several."""
    return ((match[0], match.start()) for match in _SHOWN.finditer(text))


def is_run(word: str) -> bool:
    """Say whether a word is a run of letters without spaces, that has words of its own."""
    return not word.isascii() and _RUN.match(word) is not None


def is_of_word_script(character: str) -> bool:
    """Say whether a character is of a script without spaces whose words are counted: Thai and its like."""
    return not character.isascii() and _WORDS_OF_RUN.match(character) is not None


def is_mark(character: str) -> bool:
    """Say whether a character belongs to the letter before it."""
    return not character.isascii() and (character in "\u200c\u200d\uff9e\uff9f" or _MARK.match(character) is not None)


def clusters(run: str) -> list[str]:
    """Return the letters of a run, each with its marks."""
    return list(_CLUSTER.findall(run))


def beginning(text: str, longest: int) -> str:
    """Return so many characters of a text at most, and no letter without its marks, no half of an emoji."""
    if len(text) <= longest:
        return text
    if text[: longest + 1].isascii():
        return text[:longest]
    end = 0
    for match in _BEGINNING.finditer(text[: longest + 64]):
        if match.end() > longest:
            break
        end = match.end()
    return text[: end or longest]
