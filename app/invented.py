"""An invented journal of three people, the same each time: what `demo` shows."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from app import timezones
from app.formats.record import EntryRecord

PASSWORD = "a quiet harbour at dawn"  # noqa: S105  # the demo's own, told to whoever runs it
LAST_DAY = date(2026, 10, 31)


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

OPENINGS = (
    "Up before the others, and the kitchen to myself for an hour.",
    "Rain since the night; the gutters sang.",
    "A slow day, which I needed.",
    "The light this morning was the colour of weak tea.",
    "Slept badly and woke with half a sentence in my head.",
    "Nothing on the calendar, for once.",
)
SENTENCES = {
    "garden": (
        "The first beans are through, eleven of them in a crooked row.",
        "Cut back the rosemary and smelled of it all day.",
        "A blackbird has decided that the compost is hers.",
        "Planted garlic in the bed by the wall, a month late.",
    ),
    "harbour": (
        "Walked to the harbour and counted masts until I lost count.",
        "The ferry was late; a child waved at every boat, just in case.",
        "Fog so thick that the lighthouse was only a sound.",
        "Bought sardines from the man who never remembers me.",
    ),
    "work": (
        "The long meeting became two short ones, which is progress.",
        "Finished the report, or at least stopped.",
        "R. asked the question nobody wanted to ask, and it helped.",
        "Deleted more than I wrote; a good day.",
    ),
    "reading": (
        "Fifty pages of the Pepys: he has buried his cheese in the garden.",
        "Started the novel again from the beginning and liked the beginning better.",
        "> A journal is a letter to somebody who will know how it ends.",
    ),
    "music": (
        "Practised the slow movement until the neighbour knocked, with praise.",
        "An old recording on the radio; had to sit down for it.",
        "New strings. Everything sounds like somebody else's house.",
    ),
    "walk": (
        "Went the long way round by the lake, eight kilometres.",
        "Snow on the path and one set of prints before mine.",
        "Met an old dog and an older man; both said good morning.",
    ),
    "cooking": (
        "Made 饺子 with too much ginger. Nobody complained.",
        "The soup needed an hour more than the recipe says, as always.",
        "Learned grandmother's braise by telephone, one ingredient at a time.",
    ),
    "family": (
        "Called home. They told me the same story, and it has grown.",
        "L. took her first steps, away from me.",
        "Everyone at one table, first time since spring.",
    ),
}
CLOSINGS = ("To bed early.", "Tomorrow: the letter.", "Enough.", "Note to self: **ring the dentist**.", "I want to remember this one.")
TITLES = ("First frost", "The wrong train", "A visitor", "What the sea left", "Half a birthday", "Small repairs")


def entries_of(person: InventedPerson) -> Iterator[EntryRecord]:
    """Yield a person's entries, latest day first."""
    chance = random.Random(person.username)  # noqa: S311  # the same each time, and no secret
    day = LAST_DAY
    for number in range(person.entries):
        subject = chance.choice(person.subjects)
        clock_time = time(chance.randint(6, 23), chance.randrange(60)) if chance.random() < 0.8 else None
        written = timezones.to_instant(day, clock_time or time(21), person.timezone)
        yield EntryRecord(
            title=chance.choice(TITLES) if chance.random() < 0.3 else "",
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
    sentences = chance.sample(SENTENCES[subject], k=2)
    other = chance.choice([name for name in SENTENCES if name != subject])
    paragraphs = [f"{chance.choice(OPENINGS)} {sentences[0]}", f"{chance.choice(SENTENCES[other])}\n\n{sentences[1]}"]
    if number % 9 == 0:
        paragraphs.append("- [x] water the plants\n- [ ] answer K.\n- [ ] find the other glove")
    if chance.random() < 0.5:
        paragraphs.append(chance.choice(CLOSINGS))
    return "\n\n".join(paragraphs)


def _uid(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
