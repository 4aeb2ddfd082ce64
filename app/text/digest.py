"""The digest by which a text is known to be what was saved."""

import hashlib
from datetime import date, time


def of_text(title: str, body: str, entry_date: date, entry_time: time | None) -> str:
    """Return the SHA-256, in hexadecimal, of what a person wrote: title, text, day and time."""
    clock_time = entry_time.isoformat() if entry_time else ""
    return hashlib.sha256("\x1f".join([title, entry_date.isoformat(), clock_time, body]).encode()).hexdigest()


def of_words(*words: str) -> str:
    """Return the SHA-256 of texts that belong together, such as the title and the body of a draft."""
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def of_shown(html: str, excerpt: str, word_count: int) -> str:
    """Return the SHA-256 of what is stored of a text beside itself: its HTML, its beginning, the number of its words."""
    return hashlib.sha256(f"{word_count}\n{excerpt}\n{html}".encode()).hexdigest()
