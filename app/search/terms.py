"""From text to search terms, the same for every database: fold, take endings off, and pair up what has no spaces.

Unicode NFKC and case folding make spellings equal, marks that a reader would leave out are dropped (é is e, ё is е, but й stays й;
Hebrew points, Arabic vowels), and a run of letters without spaces becomes its overlapping pairs of letters.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

import regex

from app.search import languages
from app.search.languages import DEFAULT
from app.text import words

MAX_TERM_LENGTH = 64
MAX_TERMS = 200_000
"""Of one text, in its order: a book has half as many words. What comes later is kept and shown, and not found by its words."""
MAX_DIFFERENT = 30_000
"""Different words of one text: a long novel has as many. Later ones that are new are not found, whoever makes them up."""
MAX_CACHED_LENGTH = 24
MAX_LETTER_LENGTH = 32
"""Of a letter with its marks, or of an emoji with what is joined to it: nobody types more, and no index takes whatever is sent."""
SHORTEST_BEGINNING = 3
_ENDINGS = {
    "Latin": ("", *["s", "es", "d", "ed", "g", "ng", "ing", "y", "ly", "e", "n", "en", "r", "er", "t"]),
    "Cyrillic": ("", *["и", "й", "а", "у", "е", "о", "м", "х", "я", "ь", "ми", "ами", "ах", "ов", "го", "му", "ть"]),
    "Hebrew": ("", *["ת", "ם", "ה", "ים", "ות"]),
    "Arabic": ("", *["ا", "ة", "ت", "ن", "ه", "ها"]),
}

_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ‘′׳](?=\w)|(?<=[א-ת])[\"״](?=[א-ת])")
"""Also the two strokes within an abbreviation of Hebrew."""
_LATIN_MARK = re.compile("(?<!и)[\u0300-\u036f]|(?<=и)[\u0300-\u0305\u0307-\u036f]")
_OTHER_MARK = re.compile(
    "(?<=[\u0400-\u04ff])[\u0300\u0301]|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u0655\u0670\u06d6-\u06ed"
    "\u093c\u200c\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"
)
"""Stress, points, vowels and dots that readers leave out; what parts words (Hebrew's maqaf, U+05BE) stays."""
_NASAL = re.compile("ङ\u094d(?=[क-घ])|ञ\u094d(?=[च-झ])|ण\u094d(?=[ट-ढ])|न\u094d(?=[त-ध])|म\u094d(?=[प-भ])")
"""Hindi's nasal before a consonant of its own row, which is written as a dot as well."""
_PLAIN = str.maketrans("ıđłøħ", "idloh")
_ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐"
_SPELLED_ALIKE = {ord(letter): plain for letter, plain in {"œ": "oe", "æ": "ae", "ґ": "г", "\u0901": "\u0902"}.items()}
"""Letters that people write in two ways, the second of which every keyboard has; the last are the two dots of Hindi."""
_AS_TYPED = {ord(zero) + number: str(number) for zero in _ZEROS for number in range(10)} | _SPELLED_ALIKE
_INFLECTED = regex.compile(r"([\p{Script=Han}\p{Script=Katakana}\u30fc]+)\p{Script=Hiragana}{1,8}")


def terms_of(text: str, codes: str = DEFAULT) -> list[str]:
    """Return the terms of a text in its order, repeats and all; once for each reading of its words that differs (see `languages`).

    Of what is read in more ways than its languages say there is each stretch once more, with the word behind it.
    """
    level = _level(text, codes)
    folded, most = words.found_in(level), languages.readings(codes)
    rows: list[list[str]] = []
    for reading in range(most):
        _add(rows, _some(folded, codes, reading, MAX_TERMS // most, MAX_DIFFERENT // most))
    if (every := languages.readings_in(codes, level)) > most:
        stretches = _read_besides(folded)
        for reading in range(most, every):
            _add(rows, _some(stretches, codes, reading, MAX_TERMS // 2, MAX_DIFFERENT // 2))
    return [term for row in rows for term in row]


def _add(rows: list[list[str]], row: list[str]) -> None:
    if row not in rows:
        rows.append(row)


def _read_besides(folded: list[str]) -> list[str]:
    """Return the words of such scripts, each stretch with the word behind it, so that no two stretches stand side by side."""
    found, is_before = [], False
    for word in folded:
        is_one = languages.is_read_besides(word)
        if is_one or is_before:
            found.append(word)
        is_before = is_one
    return found


def _some(folded: list[str], codes: str, reading: int, most: int, most_different: int) -> list[str]:
    found: list[str] = []
    known: dict[str, tuple[str, ...]] = {}
    for word in folded:
        room = most - len(found)
        if room <= 0:
            break
        terms = known.get(word)
        if terms is None:
            if len(known) >= most_different:
                continue
            terms = known[word] = terms_of_word(word[:most], codes, reading)
        found += terms[:room]
    return found


def alternatives(text: str, codes: str = DEFAULT, *, is_phrase: bool = False) -> list[list[str]]:
    """Return the rows of terms, any of which stands side by side in every text in which `text` does, one for each reading.

    A Japanese word that ends in kana is found by its other endings, too, unless it is a phrase.
    """
    level = _level(text, codes)
    folded = words.found_in(level)
    rows = [_row(folded, codes, reading) for reading in range(languages.readings_in(codes, level))]
    if not is_phrase and len(folded) == 1 and (inflected := _INFLECTED.fullmatch(folded[0])):
        rows.append(_row([inflected[1]], codes, 0))
    return [list(row) for row in dict.fromkeys(map(tuple, rows)) if row]


def stems_beginning(word: str, codes: str = DEFAULT) -> list[str]:
    """Return the stems of words that begin as a folded word does, where the stems themselves do not: runni is of running, which is run.

    What it could go on with is tried from the endings of its script; a short stem counts where more than a doubled letter is cut then:
    `but` is none of butt, nor `in` of inn.
    """
    if len(word) < SHORTEST_BEGINNING:
        return []
    endings = _ENDINGS.get(languages.script_of(word), ("",))
    readings = range(languages.readings_in(codes, word))
    found: dict[str, None] = {}
    for ending in endings:
        for reading in readings:
            stem = _without_marks(languages.stem(f"{word}{ending}", codes, reading))
            is_short = len(stem) <= SHORTEST_BEGINNING and (ending or len(stem) < SHORTEST_BEGINNING)
            if not stem.startswith(word) and not (is_short and len(word) <= len(stem) + 1):
                found[stem] = None
    return list(found)


def split(text: str, codes: str = DEFAULT) -> list[str]:
    """Return the words, runs and emoji of a text that is looked for."""
    return words.found_in(_level(text, codes))


def _row(folded: list[str], codes: str, reading: int) -> list[str]:
    row: list[str] = []
    for word in folded:
        terms = terms_of_word(word, codes, reading)
        letters = len(words.clusters(word)) if words.is_run(word) else 1
        row += terms[: letters - 1] if letters > 1 else terms
    return row


def fold_text(text: str, codes: str = DEFAULT) -> str:
    """Return the text with case, width and marks levelled, as its terms are."""
    return _without_marks(_level(text, codes))


def _level(text: str, codes: str) -> str:
    """Return the text as stemmers want it: small letters, with the marks that belong to them, and words apart from what is none."""
    text = languages.apart(text, codes)
    if text.isascii():
        return _APOSTROPHE.sub("", text.lower())
    level = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words.UNSEEN.sub("", text)).casefold())
    if not level.isascii():
        level = _NASAL.sub("\u0902", _OTHER_MARK.sub("", unicodedata.normalize("NFKD", level)))
        level = unicodedata.normalize("NFC", level.replace("i\u0307", "i")).translate(_AS_TYPED)
    return _APOSTROPHE.sub("", level)


def _without_marks(level: str) -> str:
    if level.isascii():
        return level
    return unicodedata.normalize("NFC", _LATIN_MARK.sub("", unicodedata.normalize("NFD", level))).translate(_PLAIN)


def terms_of_word(word: str, codes: str = DEFAULT, reading: int = 0) -> tuple[str, ...]:
    """Return the terms of one levelled word: its stem, or the pairs and then the single letters of a run without spaces."""
    return _terms_of_short(word, codes, reading) if len(word) <= MAX_CACHED_LENGTH else _terms_of(word, codes, reading)


@lru_cache(maxsize=65_536)
def _terms_of_short(word: str, codes: str, reading: int) -> tuple[str, ...]:
    return _terms_of(word, codes, reading)


def _terms_of(word: str, codes: str, reading: int) -> tuple[str, ...]:
    if words.is_run(word):
        letters = [letter[:MAX_LETTER_LENGTH] for letter in words.clusters(word)]
        return (*map("".join, pairwise(letters)), *letters)
    return (_without_marks(languages.stem(word[:MAX_TERM_LENGTH], codes, reading))[:MAX_TERM_LENGTH],)
