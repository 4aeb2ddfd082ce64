"""Stems of languages that Snowball does not know, and one prefix that it leaves: what is put before or behind a word is taken off.

Nothing is looked up.

Korean particles are those of the Standard Korean Language Dictionary; Hebrew prefixes are the letters called moshe vekalev, and its
final letters count as what they are elsewhere in a word.
"""

import re

import regex

_SPELLED = """
은 는 이 가 을 를 의 에 와 과 도 로 만 야 께 서 랑 들 께서 에서 에게 에는 에도 에만 으로 부터 까지
처럼 보다 마다 조차 한테 에서는 에서도 으로는 에게서 한테서 이나 나마 들이 들은 들을 들의 들도 들에게
이다 입니다 이었다 였다 라고 이라고 하고 이랑 에선 에겐 한텐 으론 에서만 까지도
"""
_PARTICLES = frozenset(_SPELLED.split())
MAX_PARTICLE_LENGTH = max(map(len, _PARTICLES))
_AFTER_CONSONANT, _AFTER_VOWEL = frozenset("은이을과"), frozenset("는가를와")
"""Particles of one syllable that say by themselves which words they stand behind (the Dictionary's entries for them)."""
_DONE = re.compile("(?:했(?:습니다|어요|었다|다|고|던)|합니다|하(?:였다|는|다|고|며|기)|해(?:요|서|야))$")
"""Forms of hada, to do, which makes a verb of a noun that stands before it."""
_FIRST_SYLLABLE, _SYLLABLES_OF_A_VOWEL = 0xAC00, 28
"""Of Hangul syllables (Unicode Standard, 3.12): those that end in a vowel are the first of each 28."""
MIN_KOREAN_LENGTH = 2
_PREFIXES = "ובהכלמש"
_FINAL = str.maketrans("ךםןףץ", "כמנפצ")
MIN_HEBREW_LENGTH, MIN_GREEK_LENGTH = 3, 3
_CASE = re.compile("(?<=.{3})(?:[ая]ми|[ая]х|[ая]м|ого|ому|ими|[іиїе]й|ий|[ії]в|[оеє]ю|[оеє]м|[аяоеуюіїиєьй])$")
_ENDING_TYPED = re.compile("(?<=.{2})[هى]$")
_FRIENDS = re.compile("(?<=.{2}ا)ي(?=(?:ي|ك|ه|ها|نا|هم|كم|هن)$)")
_POSSESSED = regex.compile(r"(?<=\p{Arabic}{2})ت(?:ي|ك|ه|ها|نا|هم|كم|هن)$")
_JOINED = regex.compile(r"[وف](?=ال\p{Arabic}{3})(?!الد(?:ي?(?:ها|هما?|هن|ك|كما?|كن|نا|[هة])|ان|ين|ات|ت\p{Arabic}+)$)")
"""Arabic's "and" and "so" before the article; parents (walidan, walidayn, my mother and so on) only look like that."""


def korean(word: str) -> str:
    """Return a word without the particle that stands behind it; of what may be a noun of its own, two syllables at least."""
    longest = min(MAX_PARTICLE_LENGTH, len(word) - 1)
    return next((word[:-size] for size in range(longest, 0, -1) if _is_particle(word[:-size], word[-size:])), word)


def korean_noun(word: str) -> str:
    """Return a word without all particles that stand behind each other, nor the verb that was made of it: two syllables at least."""
    verb = _DONE.search(word)
    if verb and verb.start() >= MIN_KOREAN_LENGTH:
        return word[: verb.start()]
    while len(shorter := korean(word)) >= MIN_KOREAN_LENGTH and shorter != word:
        word = shorter
    return word


def _is_particle(before: str, ending: str) -> bool:
    if ending not in _PARTICLES:
        return False
    ends_in_vowel = (ord(before[-1]) - _FIRST_SYLLABLE) % _SYLLABLES_OF_A_VOWEL == 0
    if ending in _AFTER_CONSONANT or ending in _AFTER_VOWEL:
        return ends_in_vowel == (ending in _AFTER_VOWEL)
    return len(ending) > 1 or len(before) >= MIN_KOREAN_LENGTH


def hebrew(word: str) -> str:
    """Return a word without its prefixes and the ending of its plural or gender, three letters at least."""
    for ending in ("יים", "ים", "ות", "יה", "ה", "ת", "י"):
        if word.endswith(ending) and len(word) - len(ending) >= MIN_HEBREW_LENGTH:
            word = word[: -len(ending)]
            break
    while word[0] in _PREFIXES and len(word) > MIN_HEBREW_LENGTH:
        word = word[1:]
    return word.translate(_FINAL)


def hebrew_without_prefixes(word: str) -> str:
    """Return a word without its prefixes and with its ending: three letters at least, or two of a word of three."""
    shortest = min(MIN_HEBREW_LENGTH, max(2, len(word) - 1))
    while word[0] in _PREFIXES and len(word) > shortest:
        word = word[1:]
    return word.translate(_FINAL)


def greek(word: str) -> str:
    """Return a word without the vowels, ς and ν that it ends in, three letters at least: what is left of all its cases."""
    return word[:MIN_GREEK_LENGTH] + word[MIN_GREEK_LENGTH:].rstrip("αεηιουωςσνάέήίόύώϊϋΐΰ")


def without_possessive(word: str) -> str:
    """Return an Arabic word of feminine ending without its possessive (my car, sayyarati, is sayyara), else the word as it is."""
    return _POSSESSED.sub("ة", word)


def arabic_as_meant(word: str) -> str:
    """Return an Arabic word as the dictionary spells it where people leave off dots, and with the hamza that a possessive changes."""
    return _FRIENDS.sub("ء", _ENDING_TYPED.sub(lambda letter: "ة" if letter[0] == "ه" else "ي", word))


def ukrainian(word: str) -> str:
    """Return a Ukrainian word without the ending of its case, three letters at least: where no і is, Russian's algorithm does the same."""
    return _CASE.sub("", word)


def without_arabic_and(word: str) -> str:
    """Return an Arabic word without the "and" or "so" that is written as one with it before its article, which Snowball leaves there."""
    found = _JOINED.match(word)
    return word[found.end() :] if found else word
