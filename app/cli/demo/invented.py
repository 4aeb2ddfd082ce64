"""An invented journal of three people, the same each time; its sentences are files in `texts/`, one a line."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from pathlib import Path

from app import timezones
from app.formats.record import EntryRecord

PASSWORD = "a quiet harbour at dawn"  # noqa: S105  # the demo's own, told to whoever runs it


@dataclass(frozen=True)
class InventedPerson:
    """Somebody in the demo: how often they write, and what about."""

    username: str
    timezone: str
    entries: int
    every: int
    subjects: tuple[str, ...]


PEOPLE = (
    InventedPerson("marta", "Europe/Lisbon", 220, 3, ("garden", "harbour", "work", "reading")),
    InventedPerson("ilya", "Europe/Riga", 120, 5, ("music", "work", "walk")),
    InventedPerson("wen", "Asia/Shanghai", 60, 11, ("cooking", "family", "walk")),
)

SUBJECTS = ("garden", "harbour", "work", "reading", "music", "walk", "cooking", "family")
TEXTS = Path(__file__).with_name("texts")


@lru_cache
def lines(name: str) -> list[str]:
    """Return the lines of one of the texts."""
    return (TEXTS / f"{name}.txt").read_text("utf-8").splitlines()


def text(name: str) -> str:
    """Return a whole entry's text, without the end of its last line."""
    return (TEXTS / f"{name}.md").read_text("utf-8").rstrip("\n")


def sentences_about(subject: str) -> list[str]:
    """Return what can be said about one of SUBJECTS."""
    return lines(f"about-{subject}")


def entries_of(person: InventedPerson, last_day: date) -> Iterator[EntryRecord]:
    """Yield a person's entries, latest day first: that of `last_day`."""
    chance = random.Random(person.username)  # noqa: S311  # the same each time, and no secret
    day = last_day
    for number in range(person.entries):
        subject = chance.choice(person.subjects)
        clock_time = time(chance.randint(6, 23), chance.randrange(60)) if chance.random() < 0.8 else None
        written = timezones.to_instant(day, clock_time or time(21), person.timezone)
        yield EntryRecord(
            title=chance.choice(lines("titles")) if chance.random() < 0.3 else "",
            body=_body(chance, subject, number),
            entry_date=day,
            entry_time=clock_time,
            timezone=person.timezone,
            created_at=written,
            updated_at=written,
            tags=sorted({subject, *([] if chance.random() < 0.7 else [chance.choice(person.subjects)])}),
            visibility=chance.choices(("private", "members", "public"), (85, 10, 5))[0],
            uid=_uid(chance),
            origin=f"demo:{person.username}:{number}",
        )
        day -= timedelta(days=chance.randint(1, person.every * 2 - 1))


def _body(chance: random.Random, subject: str, number: int) -> str:
    sentences = chance.sample(sentences_about(subject), k=2)
    other = chance.choice([name for name in SUBJECTS if name != subject])
    paragraphs = [f"{chance.choice(lines('openings'))} {sentences[0]}", f"{chance.choice(sentences_about(other))}\n\n{sentences[1]}"]
    if number % 9 == 0:
        paragraphs.append("- [x] water the plants\n- [ ] answer K.\n- [ ] find the other glove")
    if chance.random() < 0.5:
        paragraphs.append(chance.choice(lines("closings")))
    return "\n\n".join(paragraphs)


def _uid(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
