"""Journals of any size, the same each time, put into an empty database of their own."""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import Column, Date, Integer, MetaData, Table, Text, insert, select

from app import create_app
from app.cli.demo import invented
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, Role, Tag, entry_tag
from app.models.entry import sort_key_of
from app.operations import registration
from app.search import index
from app.search.languages import DEFAULT
from app.security import passwords
from app.text import markdown, summary, words

READER = "reader"
PASSWORD = "the benchmark of a quiet harbour"
LAST_DAY = date(2026, 10, 31)
CHUNK = 5000
WORDS = [word for subject in invented.SUBJECTS for line in invented.sentences_about(subject) for word in line.split()]
TEXTS = 200
TAGS = ("garden", "harbour", "work", "reading", "walk")


def seed(entries: int, people: int, share: int = 2) -> int:
    """Fill the empty database that the settings name, and return the reader's id; every `share`-th entry is the reader's.

    Of the others' entries one in ten is for members and one in ten public.
    """
    app = create_app("production")
    with app.app_context():
        upgrade()
        reader = fill(entries, people, share)
        with writing() as session:
            note = Table("bare_note", MetaData(), Column("id", Integer, primary_key=True), Column("title", Text), Column("body", Text),
                         Column("entry_date", Date))  # fmt: skip
            note.create(session.connection())
        settle()
        return reader


def settle() -> None:
    """Let PostgreSQL count what it has, as it does by itself after a while."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def fill(entries: int, people: int, share: int = 2) -> int:
    """Put people and entries into a migrated database that has none, and return the reader's id; inside an application context.

    Every `share`-th entry is the reader's.
    """
    writers = _people(people)
    tags = _tags(writers)
    samples = [_sample(number) for number in range(TEXTS)]
    rows = _rows(entries, writers, share)
    for first in range(0, entries, CHUNK):
        _add([next(rows) for _ in range(min(CHUNK, entries - first))], samples, tags, first)
    return writers[0]


def _people(number: int) -> list[int]:
    password_hash = passwords.hash_password(PASSWORD)
    with writing():
        people = [
            registration.create(
                name,
                f"{name}@example.org",
                password_hash,
                timezone="UTC",
                locale="en",
                now=datetime(2020, 1, 1, tzinfo=UTC),
                role_name=Role.USER,
                confirmed=True,
            )
            for name in [READER, *(f"writer{count}" for count in range(1, number))]
        ]
        db.session.flush()
        return [person.id for person in people]


def _tags(writers: list[int]) -> dict[int, list[int]]:
    with writing() as session:
        session.execute(insert(Tag), [{"user_id": who, "name": name, "name_folded": name} for who in writers for name in TAGS])
        found: dict[int, list[int]] = {who: [] for who in writers}
        for tag_id, who in session.execute(select(Tag.id, Tag.user_id)):
            found[who].append(tag_id)
        return found


def _sample(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    body = "\n\n".join(" ".join(chance.choices(WORDS, k=60)) for _ in range(chance.randint(1, 5))) + f"\n\nRare{number % 100} word."
    html, plain, _captions = markdown.render(body, "seed")
    return {
        "body": body,
        "html": html,
        "html_version": markdown.RENDERER_VERSION,
        "excerpt": summary.excerpt(plain),
        "word_count": words.count(plain),
        "words": index.words_of("", body, DEFAULT),
    }


def _rows(entries: int, writers: list[int], share: int) -> Iterator[dict[str, Any]]:
    """Yield who writes what when: the days go back ten entries at a time, so that many days have several."""
    chance = random.Random(entries)
    for number in range(entries):
        is_readers = number % share == 0
        day = LAST_DAY - timedelta(days=number // 10)
        visibility = "private" if is_readers else chance.choices(("private", "members", "public"), (8, 1, 1))[0]
        yield {
            "user_id": writers[0] if is_readers or len(writers) == 1 else chance.choice(writers[1:]),
            "title": f"Entry {number}" if number % 3 == 0 else "",
            "entry_date": day,
            "sort_key": sort_key_of(day) + number % 10,
            "month_day": day.month * 100 + day.day,
            "visibility": visibility,
            "tags_text": TAGS[(number + 1) % len(TAGS)],
        }


def _add(rows: list[dict[str, Any]], samples: list[dict[str, Any]], tags: dict[int, list[int]], first: int) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    common = {"timezone": "UTC", "created_at": now, "updated_at": now, "version": 1}
    entries, tagged = [], []
    words: dict[int, list[tuple[int, index.Words]]] = {}
    for number, row in enumerate(rows, start=first + 1):
        sample = samples[number % TEXTS]
        text = {name: sample[name] for name in ("body", "html", "html_version", "excerpt", "word_count")}
        published = {"published_at": now if row["visibility"] == "public" else None}
        entries.append({"id": number, "uid": str(uuid.UUID(int=number)), **row, **text, **common, **published})
        words.setdefault(row["user_id"], []).append((number, sample["words"]))
        tagged.append({"entry_id": number, "tag_id": tags[row["user_id"]][number % len(TAGS)]})
    with writing() as session:
        session.execute(insert(Entry), entries)
        for user_id, findable in words.items():
            index.put_all(user_id, findable)
        session.execute(insert(entry_tag), tagged)
        for tag_id in {row["tag_id"] for row in tagged}:
            session.execute(
                Tag.__table__.update()  # type: ignore[attr-defined]
                .where(Tag.id == tag_id)
                .values(entry_count=Tag.entry_count + sum(row["tag_id"] == tag_id for row in tagged))
            )
