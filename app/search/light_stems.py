"""Stems of languages that Snowball does not know, and one prefix that it leaves: what is put before or behind a word is taken off.

Nothing is looked up.

Korean particles are those of the Standard Korean Language Dictionary; Hebrew prefixes are the letters called moshe vekalev, and its
final letters count as what they are elsewhere in a word.
"""

import regex

_SPELLED = """
은 는 이 가 을 를 의 에 와 과 도 로 만 야 께 서 랑 들 에서 에게 에는 에도 에만 으로 부터 까지
처럼 보다 마다 조차 한테 에서는 에서도 으로는 에게서 한테서 이나 나마 들이 들은 들을 들의 들도 들에게
이다 입니다 이었다 였다 라고 이라고 하고 이랑
"""
_PARTICLES = frozenset(_SPELLED.split())
MAX_PARTICLE_LENGTH = max(map(len, _PARTICLES))
_PREFIXES = "ובהכלמש"
_FINAL = str.maketrans("ךםןףץ", "כמנפצ")
MIN_HEBREW_LENGTH = 3
_JOINED = regex.compile(r"[وف](?=ال\p{Arabic}{3})(?!الد(?:ي?(?:ها|هما?|هن|ك|كما?|كن|نا|ه)|ان|ين|ات|ت\p{Arabic}+)$)")
"""Arabic's "and" and "so" before the article; parents (walidan, walidayn, my mother and so on) only look like that."""


def korean(word: str) -> str:
    """Return a word without the particle that stands behind it."""
    longest = min(MAX_PARTICLE_LENGTH, len(word) - 1)
    return next((word[:-size] for size in range(longest, 0, -1) if word[-size:] in _PARTICLES), word)


def hebrew(word: str) -> str:
    """Return a word without its prefixes and the ending of its plural or gender, three letters at least."""
    for ending in ("יים", "ים", "ות", "יה", "ה", "ת", "י"):
        if word.endswith(ending) and len(word) - len(ending) >= MIN_HEBREW_LENGTH:
            word = word[: -len(ending)]
            break
    while word[0] in _PREFIXES and len(word) > MIN_HEBREW_LENGTH:
        word = word[1:]
    return word.translate(_FINAL)


def without_arabic_and(word: str) -> str:
    """Return an Arabic word without the "and" or "so" that is written as one with it before its article, which Snowball leaves there."""
    found = _JOINED.match(word)
    return word[found.end() :] if found else word
