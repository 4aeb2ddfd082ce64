"""Files: made fit to be shown, added to a person's own, tied to the entries that show them, and let go of."""

import re
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import IO, NamedTuple

from flask import current_app
from sqlalchemy import delete, insert, select, update

from app.database import installation
from app.database.transactions import batches
from app.extensions import db
from app.media import kinds, sandbox, videos
from app.media.kinds import Group, Kind
from app.media.renderings import BrokenPicture, TooManyPixels
from app.models import Attachment, AttachmentVariant, Entry, HasUserId, User, entry_attachment
from app.operations.errors import FileRefused, FileRejection
from app.queries import attachments
from app.storage import blobs
from app.text import attachments as texts

SWEPT_AT_ONCE = 500
Links = entry_attachment.c

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Controls of direction (UAX #9): with them `gpj.exe` is read as a photo."""


@dataclass
class PreparedVariant:
    """The bytes of a file in one form, before they are kept."""

    file: IO[bytes]
    media_type: str
    width: int = 0
    height: int = 0
    is_original: bool = False


@dataclass
class PreparedFile:
    """A file that was judged and made fit to be shown; nothing of it is kept yet. `is_cut` says that its end was missing."""

    name: str
    group: Group
    forms: list[PreparedVariant]
    is_cut: bool = False
    uid: str = field(default_factory=texts.new_uid)


class StoredFile(NamedTuple):
    """A form whose bytes are in the store, with their SHA-256 and their number."""

    form: PreparedVariant
    digest: str
    size: int


def prepare(file: IO[bytes], name: str, *, keeps_original: bool, is_ours: bool = False) -> PreparedFile:
    """Judge a file by its bytes and make it fit to be shown: a picture anew from its pixels; raise FileRefused.

    `is_ours` says that it comes from an export of Daybook, whose pictures are ready.
    """
    clean_name = name_of(name)
    kind = kinds.kind_of_file(file)
    file.seek(0)
    if kind is None:
        raise FileRefused(FileRejection.UNKNOWN if file.read(1) else FileRejection.EMPTY)
    named = kinds.named(clean_name, kind)
    if kind.group is Group.PHOTO:
        forms, is_cut = _picture(file, kind, keeps_original=keeps_original, is_ours=is_ours)
        return PreparedFile(named, kind.group, forms, is_cut)
    if kind in {kinds.MP4, kinds.MOV, kinds.M4A}:
        try:
            file = sandbox.strip_metadata(file, current_app.config["DATA_DIR"])
        except videos.InvalidVideo as problem:
            raise FileRefused(FileRejection.BROKEN) from problem
        except sandbox.Busy as problem:
            raise FileRefused(FileRejection.BUSY) from problem
    return PreparedFile(named, kind.group, [PreparedVariant(file, kind.media_type)])


def name_of(name: str) -> str:
    """Return a file's name without the spaces around it; raise FileRefused for one that is no plain name."""
    lowered = name.lower()
    is_path = "/" in name or "\\" in name
    name = name.encode(errors="replace").decode()
    has_controls = any(ord(letter) < 32 or ord(letter) == 127 for letter in name) or any(code in lowered for code in ("%00", "%0a", "%0d"))
    if is_path or has_controls or _TURNING.search(name) or not name.strip(" ."):
        raise FileRefused(FileRejection.NAME)
    return name.strip()


def keep(prepared: PreparedFile) -> list[StoredFile]:
    """Put the bytes of a prepared file into the store, inside `keeping()`, and close the files they came from."""
    store, kept = blobs.files(), []
    for form in prepared.forms:
        with form.file:
            form.file.seek(0)
            kept.append(StoredFile(form, *store.put(form.file)))
    return kept


def add(writer: HasUserId, prepared: PreparedFile, kept: Sequence[StoredFile], quota: int, now: datetime) -> Attachment:
    """Add a file whose bytes are kept to a person's own; raise FileRefused where it would be more than `quota` bytes (0: any)."""
    attachment = row(writer, prepared, kept, now)
    db.session.execute(select(User.id).where(User.id == writer.id).with_for_update(key_share=True))
    if quota and attachments.space_taken(writer.id) + attachment.size > quota:
        raise FileRefused(FileRejection.QUOTA)
    db.session.add(attachment)
    db.session.flush()
    return attachment


def row(writer: HasUserId, prepared: PreparedFile, kept: Sequence[StoredFile], now: datetime) -> Attachment:
    """Return the row of a file whose bytes are kept, in no session yet."""
    first = prepared.forms[0]
    attachment = Attachment(
        user_id=writer.id,
        uid=prepared.uid,
        key=secrets.token_urlsafe(16),
        name=prepared.name,
        kind=prepared.group.value,
        width=first.width,
        height=first.height,
        size=sum(part.size for part in kept),
        created_at=now,
    )
    attachment.variants = [
        AttachmentVariant(
            is_original=part.form.is_original,
            media_type=part.form.media_type,
            width=part.form.width,
            height=part.form.height,
            size=part.size,
            digest=part.digest,
        )
        for part in kept
    ]
    return attachment


def link_to_entry(entry: Entry, before: str) -> None:
    """Let an entry show the files that its text names, and no others; those that only its text `before` named stay its own."""
    uids, earlier = texts.references(entry.body), texts.references(before)
    if uids == earlier:
        return
    shown = list(attachments.ids_of(entry.user_id, uids).values())
    db.session.execute(
        update(entry_attachment)
        .where(Links.entry_id == entry.id)
        .values(is_shown=Links.attachment_id.in_(shown))
        .execution_options(synchronize_session=False)
    )
    known = set(db.session.scalars(select(Links.attachment_id).where(Links.entry_id == entry.id)))
    link_all([(entry.id, attachment_id, True) for attachment_id in shown if attachment_id not in known])


def link_to_versions(entry: Entry, texts_before: Iterable[str]) -> None:
    """Let an entry have the files that its earlier texts name, too; they are shown with those only."""
    uids = set[str]().union(*map(texts.references, texts_before))
    if uids:
        known = set(db.session.scalars(select(Links.attachment_id).where(Links.entry_id == entry.id)))
        ids = attachments.ids_of(entry.user_id, uids).values()
        link_all([(entry.id, attachment_id, False) for attachment_id in ids if attachment_id not in known])


def link_all(links: Iterable[tuple[int, int, bool]]) -> None:
    """Add links of entry, attachment, and whether today's text shows it."""
    rows = [{"entry_id": entry_id, "attachment_id": attachment_id, "is_shown": is_shown} for entry_id, attachment_id, is_shown in links]
    if rows:
        db.session.execute(insert(entry_attachment), rows)


def discard(writer: HasUserId, attachment_id: int) -> bool:
    """Let go of a person's own file that belongs to no entry and stands in no draft, and say whether there was one."""
    own = select(Attachment.id).where(Attachment.id == attachment_id, Attachment.user_id == writer.id)
    return delete_files(db.session.scalars(own).all()) > 0


def belonging_to(entry_ids: Collection[int]) -> list[int]:
    """Return the ids of the attachments that belong to these entries."""
    return list(db.session.scalars(select(Links.attachment_id).where(Links.entry_id.in_(entry_ids)).distinct()))


def delete_files(attachment_ids: Collection[int]) -> int:
    """Remove those of these attachments that nothing needs any more, and return how many; a sweep removes their bytes.

    They are locked before it is asked who needs them: an entry that is just being saved with one is waited for.
    """
    removed = 0
    for some in batches(attachment_ids):
        db.session.execute(select(Attachment.id).where(Attachment.id.in_(some)).order_by(Attachment.id).with_for_update())
        ids = attachments.unused(some)
        untied = ~select(Links.attachment_id).where(Links.attachment_id == Attachment.id).exists()
        gone = delete(Attachment).where(Attachment.id.in_(ids), untied).returning(Attachment.id)
        removed += len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())
    if removed:
        blobs.files().ask_for_sweep()
    return removed


def forget_unused(now: datetime, after: int = 0) -> int | None:
    """Remove some of what was added some days ago and stands nowhere, beyond the id `after`; return where to go on, None at the end."""
    tied = select(Links.attachment_id).where(Links.attachment_id == Attachment.id)
    old = select(Attachment.id).where(Attachment.id > after, Attachment.created_at < now - Attachment.UNUSED_FOR, ~tied.exists())
    ids = db.session.scalars(old.order_by(Attachment.id).limit(SWEPT_AT_ONCE)).all()
    delete_files(ids)
    return ids[-1] if len(ids) == SWEPT_AT_ONCE else None


def delete_orphaned_blobs() -> bool:
    """Remove the bytes that no row names, and say whether that could be done now; it reads the database only.

    Where database and folder are not known to be of one journal nothing is removed.
    """
    store = blobs.files()
    with store.removing() as is_alone:
        if not is_alone or not installation.is_ours(db.session.connection()):
            return False
        for some in batches(store.digests()):
            for digest in set(some) - attachments.digests_named(some):
                store.remove(digest)
        db.session.rollback()
    return True


def _picture(file: IO[bytes], kind: Kind, *, keeps_original: bool, is_ours: bool) -> tuple[list[PreparedVariant], bool]:
    try:
        rendered = sandbox.render(file, is_ours=is_ours)
    except BrokenPicture as problem:
        raise FileRefused(FileRejection.BROKEN) from problem
    except TooManyPixels as problem:
        raise FileRefused(FileRejection.PIXELS) from problem
    except sandbox.Busy as problem:
        raise FileRefused(FileRejection.BUSY) from problem
    forms = [PreparedVariant(BytesIO(size.content), kinds.WEBP.media_type, size.width, size.height) for size in rendered]
    if keeps_original and not _holds(file, rendered[0].content):
        forms.append(PreparedVariant(file, kind.media_type, is_original=True))
    return forms, rendered[0].is_cut


def _holds(file: IO[bytes], content: bytes) -> bool:
    """Say whether a file is these very bytes."""
    file.seek(0)
    return file.read(len(content) + 1) == content
