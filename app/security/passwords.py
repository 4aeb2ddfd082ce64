"""Passwords: hashing them at a bounded rate, checking them in equal time, and judging new ones."""

import os
import threading
import unicodedata
from collections.abc import Iterable
from contextlib import AbstractContextManager

from flask import current_app
from werkzeug.security import check_password_hash, generate_password_hash

from app.gate import Gate
from app.text.folding import clean

MIN_LENGTH = 8
MAX_LENGTH = 1024
LOWEST_SCORE = 3
JUDGED_CHARACTERS = 72
SALT_LENGTH = 16
JOURNAL_WORDS = ("daybook", "journal", "diary")
MIN_OWN_WORD_LENGTH = 3
MIN_OTHER_LETTERS = 4

_judging = threading.Lock()
"""zxcvbn keeps the words of the one it judges in a global."""
MAX_WAITING = 9
MAX_WAIT = 3.0


class TooBusy(Exception):
    """More passwords are being checked than this machine can do; it makes sense again in a moment."""


_gates: dict[int, Gate] = {}


def hash_password(password: str) -> str:
    """Return a salted hash to store. Takes a third of a second of one core and 32 MB: never call it inside a transaction.

    Raises TooBusy where too many wait already.
    """
    with _gate():
        return generate_password_hash(_normal(password), current_app.config["PASSWORD_METHOD"], SALT_LENGTH)


def matches(password: str, password_hash: str | None) -> bool:
    """Say whether the password is the one; with no hash, for who is unknown or has no password yet, take as long and say no."""
    with _gate():
        normal = _normal(password)
        is_right = check_password_hash(password_hash or hash_of_nothing(), normal[:MAX_LENGTH])
        return is_right and bool(password_hash) and len(normal) <= MAX_LENGTH


def needs_upgrade(password_hash: str | None) -> bool:
    """Say whether a hash was made with another method than today's."""
    return password_hash is not None and not password_hash.startswith(current_app.config["PASSWORD_METHOD"] + "$")


def is_made_of(password: str, own_words: Iterable[str]) -> bool:
    """Say whether a password is hardly more than words that anybody would try first, whatever stands between them."""
    left = _plain(password)
    before = len(left)
    for word in sorted({_plain(word) for word in own_words}, key=len, reverse=True):
        left = left.replace(word, "") if len(word) >= MIN_OWN_WORD_LENGTH else left
    letters = sum(character.isalpha() for character in left)
    return len(left) < before and letters < MIN_OTHER_LETTERS and len(left) - letters < MIN_LENGTH


def _plain(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


def weakness(password: str, own_words: Iterable[str]) -> str | None:
    """Return why a password is too easy to guess (`common`, `personal`, `keyboard`, `repeat`, `date` or `short`), None if it is not.

    `own_words` are what a stranger would try first: the person's name and address.
    """
    words = [part for word in own_words for part in (word, *word.replace("@", " ").replace(".", " ").split()) if part]
    if is_made_of(password, [*words, *JOURNAL_WORDS]):
        return "personal"
    with _gate(), _judging:
        from zxcvbn import zxcvbn  # 11 MB of word lists, for the few who choose a password

        result = zxcvbn(_normal(password)[:JUDGED_CHARACTERS], user_inputs=[*words, *JOURNAL_WORDS])
    if result["score"] >= LOWEST_SCORE:
        return None
    longest = max(result["sequence"], key=lambda match: len(match["token"]))
    if longest["pattern"] == "dictionary":
        return "personal" if longest["dictionary_name"] == "user_inputs" else "common"
    kinds = {"spatial": "keyboard", "repeat": "repeat", "sequence": "repeat", "date": "date", "regex": "date"}
    return kinds.get(longest["pattern"], "short")


def _normal(password: str) -> str:
    """Return the password in Unicode NFC, so that one keyboard's é is another's (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFC", clean(password))


def length(password: str) -> int:
    """Return how many characters a password has, however its emails are put together."""
    return len(_normal(password))


def hash_of_nothing() -> str:
    """Return a hash that no password has, and that takes as long to compare as any."""
    return f"{current_app.config['PASSWORD_METHOD']}${'0' * SALT_LENGTH}${'0' * 128}"


def _gate() -> AbstractContextManager[None]:
    """Let no more hashes run at once than there are cores for this process."""
    places = max(1, (os.cpu_count() or 1) // max(1, current_app.config["WEB_CONCURRENCY"]))
    return _gates.setdefault(places, Gate(places, MAX_WAITING, MAX_WAIT, TooBusy)).passed()
