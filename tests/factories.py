"""The people of the tests, and builders for what they write.

Ada writes, Ben is another writer, Cleo is an administrator, Dan has not confirmed his address.
"""

from datetime import date, time, timedelta
from functools import cached_property
from io import BytesIO
from typing import Any

import pyotp
from flask import Flask
from PIL import Image

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import Attachment, Entry, Role, User
from app.operations import attachments, entries, registration, trash
from app.operations.entries import EntryInput
from app.queries import second_factors
from app.security import passwords, tokens
from app.storage import blobs
from app.text.places import NOWHERE, Place

PASSWORD = "seven lamps of architecture"


class Factory:
    """Makes people and entries, each in an application context of its own; what it returns is detached from any session."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    @cached_property
    def ada(self) -> User:
        """A writer in Lisbon."""
        return self.person("ada", timezone="Europe/Lisbon")

    @cached_property
    def ben(self) -> User:
        """Another writer."""
        return self.person("ben")

    @cached_property
    def cleo(self) -> User:
        """An administrator."""
        return self.person("cleo", role_name=Role.ADMINISTRATOR)

    @cached_property
    def dan(self) -> User:
        """Somebody who has not confirmed yet."""
        return self.person("dan", confirmed=False)

    def person(
        self,
        name: str,
        *,
        role_name: str = Role.USER,
        confirmed: bool = True,
        timezone: str = "UTC",
        password: str = PASSWORD,
        email: str = "",
    ) -> User:
        """Make an account whose address is `name@example.org`."""
        with self.app.app_context():
            password_hash = passwords.hash_password(password)
            with writing():
                return registration.create(
                    name,
                    email or f"{name}@example.org",
                    password_hash,
                    timezone=timezone,
                    locale="en",
                    now=clock.now(),
                    role_name=role_name,
                    confirmed=confirmed,
                )

    def entry(self, writer: User | None = None, body: str = "We walked to the harbour.", *, trashed: bool = False, **facts: Any) -> Entry:
        """Make an entry; Ada's, private and of 1 March 2026 unless something else is said."""
        writer = writer or self.ada
        with self.app.app_context():
            text = draft(body, **facts).prepare(writer)
            with writing():
                entry = entries.write(writer, text, clock.now())
                if trashed:
                    trash.discard(entry, clock.now())
            return entry

    def picture(
        self, owner: User | None = None, content: bytes = b"", name: str = "boat.jpg", *, keeps_original: bool = False
    ) -> Attachment:
        """Make a file of somebody's own, a small picture unless something else is said."""
        owner, file = owner or self.ada, BytesIO(content or jpeg())
        with self.app.app_context(), blobs.files().keeping():
            prepared = attachments.prepare(file, name, keeps_original=keeps_original)
            kept = attachments.keep(prepared)
            with writing():
                return attachments.add(owner, prepared, kept, 0, clock.now())

    def again(self, entry: Entry) -> Entry:
        """Return the entry as the database has it now, with its tags and revisions."""
        with self.app.app_context():
            found = db.session.get_one(Entry, entry.id)
            db.session.refresh(found, ["tags", "revisions"])
            return found


def jpeg(width: int = 60, height: int = 40, **facts: Any) -> bytes:
    """Return a JPEG of one colour; `facts` are what Pillow takes beside the pixels, such as `exif`."""
    out = BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG", **facts)
    return out.getvalue()


def email_of(person: User) -> str:
    """Return the email address of a person who has one."""
    assert person.email
    return person.email


def code_for(user_id: int, later_steps: int = 0) -> str:
    """Return the code that the person's app shows now, or so many steps of 30 seconds later; needs an application context."""
    found = second_factors.authenticator_of(user_id) or second_factors.offered_to(user_id)
    assert found
    moment = clock.now() + timedelta(seconds=30 * later_steps)
    return pyotp.TOTP(tokens.decrypt(found.encrypted_secret)).at(moment)


def draft(
    body: str = "We walked to the harbour.",
    *,
    title: str = "",
    day: date = date(2026, 3, 1),
    at: time | None = None,
    timezone: str = "UTC",
    visibility: str = "private",
    tags: list[str] | None = None,
    mood: str = "",
    place: Place = NOWHERE,
) -> EntryInput:
    """Return a draft of an entry."""
    facts: dict[str, Any] = {
        "entry_date": day,
        "entry_time": at,
        "timezone": timezone,
        "visibility": visibility,
        "mood": mood,
        "place": place,
    }
    return EntryInput(title=title, body=body, tags=tags or [], **facts)
