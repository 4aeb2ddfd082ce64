"""What photos cost on the pages that show them: `python -m benchmarks.photos`, 2,000 entries of one person with 5,000 photos, and without.

Both are the same journal in one run, the photos hidden and shown in turn; printed are the medians and their ratio.
"""

import os
import secrets
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select, update

from app import create_app
from app.database.transactions import writing
from app.extensions import db
from app.models import Attachment, AttachmentVariant, Entry, User, entry_attachment
from benchmarks.seeding import LAST_DAY, fill
from tests.page_client import PageClient

ENTRIES, PHOTOS, ROUNDS, REQUESTS = 2000, 5000, 9, 30
WIDTHS = (480, 960, 1600)


def main() -> None:
    """Measure the pages that show photos."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/journal.db",
            "DATA_DIR": folder,
            "SECRET_KEY": secrets.token_urlsafe(32),
            "FLASK_CONFIG": "testing",
        }
        app = create_app()
        with app.app_context():
            upgrade()
            reader_id = fill(2 * ENTRIES, 2)
            add_photos(reader_id)
            reader = db.session.get_one(User, reader_id)
        browser = PageClient(app).signed_in_as(reader)
        day = LAST_DAY
        pages = {
            "journal page": "/",
            "a month": f"/calendar/{day.year}/{day.month}",
            "a year": f"/calendar/{day.year}",
            "photos": "/photos",
        }
        for name, path in pages.items():
            with_photos, without = compared(app, lambda path=path: browser.client.get(path).get_data())  # type: ignore[misc]
            print(f"{name:15} {1000 * with_photos:7.1f} ms with, {1000 * without:7.1f} ms without: {with_photos / without:5.2f}")


def add_photos(user_id: int) -> None:
    """Give the newest entries of a person photos, two or three each."""
    with writing() as session:
        entries = list(session.scalars(select(Entry.id).where(Entry.user_id == user_id).order_by(Entry.sort_key.desc())))
        facts = {
            "user_id": user_id,
            "kind": "photo",
            "width": 1600,
            "height": 1067,
            "size": 1,
            "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        }
        rows = [{**facts, "uid": f"photo{number:07}", "key": f"{number:022}", "name": f"{number}.jpg"} for number in range(PHOTOS)]
        session.execute(insert(Attachment), rows)
        ids = list(session.scalars(select(Attachment.id).where(Attachment.user_id == user_id).order_by(Attachment.id)))
        session.execute(
            insert(AttachmentVariant),
            [
                {
                    "attachment_id": one,
                    "is_original": False,
                    "media_type": "image/webp",
                    "width": width,
                    "height": width * 2 // 3,
                    "size": 1,
                    "digest": "0" * 64,
                }
                for one in ids
                for width in WIDTHS
            ],
        )
        links = [{"entry_id": entries[number % ENTRIES], "attachment_id": one, "is_shown": True} for number, one in enumerate(ids)]
        session.execute(insert(entry_attachment), links)


def compared(app: Flask, act: Callable[[], object]) -> tuple[float, float]:
    """Return the median seconds of an act with photos shown, and with none."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for _round in range(ROUNDS):
        for is_shown in (True, False):
            with app.app_context(), writing() as session:
                session.execute(update(entry_attachment).values(is_shown=is_shown).execution_options(synchronize_session=False))
            act()
            begun = time.perf_counter()
            for _request in range(REQUESTS):
                act()
            seconds[is_shown].append((time.perf_counter() - begun) / REQUESTS)
    return median(seconds[True]), median(seconds[False])


if __name__ == "__main__":
    main()
