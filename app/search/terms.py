"""From text to search terms, the same for every database: fold, then stem English and Russian, and pair up Chinese.

Unicode NFKC and case folding make spellings equal, marks are dropped (é is e, ё is е, but й stays й), the Snowball stemmers
take endings off, and a run of Chinese or Japanese becomes its overlapping pairs of characters.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

LONGEST_TERM = 64
MOST_TERMS = 200_000
"""Of one text, in its order: a book has half as many words. What comes later is kept and shown, and not found by its words."""
LONGEST_CACHED = 24

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\U00020000-\U0002fa1f"
_CJK_FIRST = re.compile(f"[{_CJK}]")
_WORD = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_SHOWN_WORD = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:['’ʼ][^\W_{_CJK}]+)*")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")
_MARK = re.compile("(?<!и)[\u0300-\u036f]")


class _Own(threading.local):
    """Each thread's own stemmers: a stemmer holds the word it works on."""

    def __init__(self) -> None:
        self.russian, self.english = snowballstemmer.stemmer("russian"), snowballstemmer.stemmer("english")


_own = _Own()


def words_in(text: str) -> Iterator[re.Match[str]]:
    """Yield the words of `text` in order, as they stand there; each may give several terms once folded."""
    return _SHOWN_WORD.finditer(text)


def terms_of(text: str) -> list[str]:
    """Return the terms of a text in its order, repeats and all."""
    found: list[str] = []
    for word in _WORD.finditer(fold_text(text)):
        room = MOST_TERMS - len(found)
        if room <= 0:
            break
        found += terms_of_word(word[0][:room])[:room]
    return found


def phrase_terms(text: str) -> list[str]:
    """Return the terms that stand side by side in every text in which `text` does."""
    found: list[str] = []
    for word in _WORD.finditer(fold_text(text)):
        terms = terms_of_word(word[0])
        found += terms[: len(word[0]) - 1] if is_cjk(word[0]) and len(word[0]) > 1 else terms
    return found


def fold_text(text: str) -> str:
    """Return the text with case, width and marks levelled, as it is before stemming."""
    level = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return _APOSTROPHE.sub("", unicodedata.normalize("NFC", _MARK.sub("", level)))


def terms_of_word(word: str) -> tuple[str, ...]:
    """Return the terms of one folded word: its stem, or the pairs and then the single characters of a Chinese run."""
    return _terms_of_short(word) if len(word) <= LONGEST_CACHED else _terms_of(word)


@lru_cache(maxsize=65_536)
def _terms_of_short(word: str) -> tuple[str, ...]:
    return _terms_of(word)


def _terms_of(word: str) -> tuple[str, ...]:
    if is_cjk(word):
        pairs = tuple(word[index : index + 2] for index in range(len(word) - 1))
        return (*pairs, *word)
    word = word[:LONGEST_TERM]
    if "а" <= word[0] <= "я":
        return (str(_own.russian.stemWord(word)),)
    if "a" <= word[0] <= "z":
        return (str(_own.english.stemWord(word)),)
    return (word,)


def is_cjk(word: str) -> bool:
    """Say whether a word from `words_in` is a run of Chinese or Japanese characters."""
    return _CJK_FIRST.match(word) is not None
