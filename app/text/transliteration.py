"""Writing names in the Latin letters of user names."""

import re

from anyascii import anyascii

# The table of Russian passports: ICAO Doc 9303, part 3, section 6, table B, for the letters of the Russian alphabet.
_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_SPELLED = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch ie y - e iu ia"
PASSPORT = {ord(letter): latin.strip("-") for letter, latin in zip(_LETTERS, _SPELLED.split(), strict=True)}


def to_latin(text: str) -> str:
    """Return `text` in lower-case ASCII letters and digits and nothing else.

    Russian follows the passport table, every other script the table of the anyascii library.
    """
    return re.sub(r"[^a-z0-9]", "", anyascii(text.casefold().translate(PASSPORT)).lower())
