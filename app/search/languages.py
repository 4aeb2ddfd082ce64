"""Which endings are taken off a word, by its script and by the languages that a person writes in.

Most scripts are of one language or nearly, and need no choice. For those that many share, the languages chosen in Settings
count: a word is then found by its stem in any of them.
"""

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import regex
import Stemmer

from app.search import light_stems

Stem = Callable[[str], str]
TERMS_VERSION = 7
"""Raised whenever the same text would give other terms, so that an index that is out of date is made anew."""
MAX_OF_A_SCRIPT = 4
DEFAULT = "en ru"


@dataclass(frozen=True)
class Language:
    """A language that endings are known of: its Snowball algorithm, and a letter of its script."""

    algorithm: str
    script: str


LANGUAGES = {
    "ar": Language("arabic", "Arabic"),
    "ca": Language("catalan", "Latin"),
    "cs": Language("czech", "Latin"),
    "da": Language("danish", "Latin"),
    "de": Language("german", "Latin"),
    "el": Language("greek", "Greek"),
    "en": Language("english", "Latin"),
    "es": Language("spanish", "Latin"),
    "et": Language("estonian", "Latin"),
    "eu": Language("basque", "Latin"),
    "fa": Language("persian", "Arabic"),
    "fi": Language("finnish", "Latin"),
    "fr": Language("french", "Latin"),
    "ga": Language("irish", "Latin"),
    "hi": Language("hindi", "Devanagari"),
    "hu": Language("hungarian", "Latin"),
    "hy": Language("armenian", "Armenian"),
    "id": Language("indonesian", "Latin"),
    "it": Language("italian", "Latin"),
    "lt": Language("lithuanian", "Latin"),
    "nb": Language("norwegian", "Latin"),
    "ne": Language("nepali", "Devanagari"),
    "nl": Language("dutch", "Latin"),
    "pl": Language("polish", "Latin"),
    "pt": Language("portuguese", "Latin"),
    "ro": Language("romanian", "Latin"),
    "ru": Language("russian", "Cyrillic"),
    "sr": Language("serbian", "Cyrillic"),
    "sv": Language("swedish", "Latin"),
    "ta": Language("tamil", "Tamil"),
    "tr": Language("turkish", "Latin"),
}
TAKE_BEGINNINGS = frozenset({"ga", "id", "nl"})
"""Languages of the Latin script whose algorithms change how a word begins; those of the others take off endings alone."""
UNCHOSEN = {"Cyrillic": "ru", "Arabic": "ar", "Devanagari": "hi", "Greek": "el", "Armenian": "hy", "Tamil": "ta"}
"""What stands for a script where none of its languages is chosen. Of Latin there is none: nobody can tell."""
_LIGHT: dict[str, Stem] = {"Hangul": light_stems.korean, "Hebrew": light_stems.hebrew}
_BESIDES: dict[str, tuple[Callable[[str, Stem], str], ...]] = {
    "Hangul": (lambda word, _stem: word, lambda word, _stem: light_stems.korean_noun(word)),
    "Hebrew": (lambda word, _stem: light_stems.hebrew_without_prefixes(word), lambda word, _stem: word),
    "Arabic": (
        lambda word, stem: stem(light_stems.without_possessive(word)),
        lambda word, stem: stem(light_stems.arabic_as_meant(word)),
    ),
    "Cyrillic": (lambda word, _stem: light_stems.ukrainian(word),),
    "Greek": (lambda word, _stem: light_stems.greek(word),),
}
"""How else a word is read, from itself and its stem, where taking endings off goes wrong more often: a word is found by any reading."""
_LETTER_OF = {
    "Hangul": re.compile("[\u1100-\u11ff\uac00-\ud7a3]"),
    "Hebrew": re.compile("[\u05d0-\u05ea]"),
    "Arabic": re.compile("[\u0620-\u064a]"),
    "Cyrillic": re.compile("[іїє]"),
    "Greek": re.compile("[\u0370-\u03ff]"),
}
_ELIDED = {
    "ca": "l|d|m|t|s|n",
    "fr": "l|d|j|m|t|s|c|n|qu|jusqu|lorsqu|puisqu|quoiqu|presqu",
    "ga": "b|d|m",
    "it": "l|d|c|n|s|t|m|v|un|gl|all|dell|nell|sull|dall|coll|quest|quell|quant|tutt|bell|sant|dov|cos|ch",
}
"""Words that end in an apostrophe before a vowel and belong to no word behind it, by language."""
_SUFFIXED = regex.compile(
    r"(?<![\p{L}\p{M}])(\p{L}{2,41})['’](?!(?:t|ll|re|ve|m|d|s)(?!\p{L}))\p{L}{1,10}(?![\p{L}\p{M}])", regex.IGNORECASE
)
"""A name of Turkish, which its suffixes follow behind an apostrophe; what English joins so is none."""
_SCRIPTS = sorted({language.script for language in LANGUAGES.values()} | set(_LIGHT))
_SCRIPT = regex.compile("|".join(rf"(?P<{script}>\p{{Script={script}}})" for script in _SCRIPTS))


class _Own(threading.local):
    """Each thread's own stemmers: a stemmer holds the word it works on."""

    def __init__(self) -> None:
        self.stemmers: dict[str, Stem] = {}


_own = _Own()


def tidy(codes: Sequence[str]) -> str:
    """Return languages as an account keeps them: known ones, each once, in order, no more of a script than there may be."""
    kept: list[str] = []
    for code in sorted(set(codes) & set(LANGUAGES)):
        same = [one for one in kept if LANGUAGES[one].script == LANGUAGES[code].script]
        if len(same) < MAX_OF_A_SCRIPT:
            kept.append(code)
    return " ".join(kept)


def rules_of(codes: str) -> str:
    """Return what an index made for these languages is known by."""
    return f"{TERMS_VERSION} {codes}"


def readings(codes: str) -> int:
    """Return in how many ways each text is read: as many as languages of one script are chosen, at least one."""
    return max([len(found) for found in _by_script(codes).values()], default=1)


def readings_in(codes: str, text: str) -> int:
    """Return in how many ways words of a text are read: of some scripts in more than its languages say, of most in no more."""
    most = readings(codes)
    if text.isascii():
        return most
    by_script = _by_script(codes)
    chosen = {script: by_script.get(script, []) for script, letter in _LETTER_OF.items() if letter.search(text)}
    return max([most, *(max(1, len(found)) + len(_besides(script, found)) for script, found in chosen.items())])


def is_read_besides(word: str) -> bool:
    """Say whether a folded word is of a script that is read in more ways than its languages say."""
    return script_of(word) in _BESIDES


def _besides(script: str, chosen: list[str]) -> tuple[Callable[[str, Stem], str], ...]:
    return _BESIDES.get(script, ()) if script != "Arabic" or chosen[-1:] == ["ar"] else ()


def apart(text: str, codes: str) -> str:
    """Return a text with its words apart from what an apostrophe joins to them in these languages: l'école, Ankara'da."""
    if elided := _elided(codes):
        text = elided.sub("", text)
    return _SUFFIXED.sub(r"\1", text) if "tr" in codes.split() else text


@lru_cache(maxsize=64)
def _elided(codes: str) -> "regex.Pattern[str] | None":
    found = "|".join(_ELIDED[code] for code in codes.split() if code in _ELIDED)
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?:{found})['’ʼ‘](?=\p{{L}})", regex.IGNORECASE) if found else None


def keep_first_letters(codes: str) -> bool:
    """Say whether the stem of each word in plain Latin letters begins as the word does, in all of these languages."""
    return TAKE_BEGINNINGS.isdisjoint(codes.split())


def stem(word: str, codes: str, reading: int) -> str:
    """Return the stem of a folded word in one of its readings; a script with fewer of them is read by its last.

    A word that is nothing but endings is its own stem.
    """
    script = script_of(word)
    chosen = _by_script(codes).get(script, [])
    besides = _besides(script, chosen)
    languages = max(1, len(chosen))
    if besides and reading >= languages:
        stem_by_last = partial(_stem_of, script=script, chosen=chosen, number=languages - 1)
        return besides[min(reading - languages, len(besides) - 1)](word, stem_by_last) or word
    return _stem_of(word, script, chosen, min(reading, languages - 1)) or word


def _stem_of(word: str, script: str, chosen: list[str], number: int) -> str:
    if script in _LIGHT:
        return _LIGHT[script](word)
    if not chosen:
        return word
    algorithm = LANGUAGES[chosen[number]].algorithm
    return _stemmer(algorithm)(light_stems.without_arabic_and(word) if algorithm == "arabic" else word)


def script_of(word: str) -> str:
    """Return the script that a folded word begins in, nothing for one whose endings are not known, or a number."""
    if word.isascii():
        return "" if word[:1].isdigit() else "Latin"
    found = _SCRIPT.match(word)
    return found.lastgroup or "" if found else ""


@lru_cache(maxsize=256)
def _by_script(codes: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in codes.split():
        found.setdefault(LANGUAGES[code].script, []).append(code)
    return {**{script: [code] for script, code in UNCHOSEN.items()}, **found}


def _stemmer(algorithm: str) -> Stem:
    if algorithm not in _own.stemmers:
        _own.stemmers[algorithm] = Stemmer.Stemmer(algorithm, 0).stemWord
    return _own.stemmers[algorithm]
