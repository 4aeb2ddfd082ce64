"""Which files there are: those that a text shows, the one that a reader may have, a person's own."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import selectinload

from app.database.transactions import batches
from app.extensions import db
from app.models import Attachment, AttachmentVariant, Draft, DraftSnapshot, Entry, HasUserId, Template, entry_attachment
from app.queries.entries import readable_by
from app.queries.photos import SMALLEST_WIDTH
from app.text import entry_links
from app.text.attachments import SCHEME, Files, Shown, references

PAGE_SIZE = 48
Links = entry_attachment.c


def shown(user_id: int, *texts: str) -> Files:
    """Return what pages need to show those of a person's files and entries that texts name: one statement each, none without names.

    Files are found by their uid, entries by how a text names them (`entry:<uid>`).
    """
    uids = set[str]().union(*map(references, texts))
    files = {found.uid: shown_as(found) for found in named(user_id, uids)} if uids else {}
    linked = {uid for text in texts for uid in entry_links.references(text)}
    return {**files, **_entries_named(user_id, linked)} if linked else files


def _entries_named(user_id: int, uids: Collection[str]) -> dict[str, Shown]:
    found: dict[str, Shown] = {}
    for some in batches(sorted(uids)):
        mine = (Entry.user_id == user_id, Entry.uid.in_(some))
        for row in db.session.execute(select(Entry.uid, Entry.id).where(*mine)):
            found[f"{entry_links.SCHEME}{row.uid}"] = Shown(f"/entry/{row.id}", "entry", "")
    return found


def shown_as(attachment: Attachment) -> Shown:
    """Return what a page needs to show an attachment, its variants loaded."""
    widths = tuple(variant.width for variant in attachment.variants if variant.width and not variant.is_original)
    return Shown(address_of(attachment.key), attachment.kind, attachment.name, attachment.width, attachment.height, widths)


def address_of(key: str) -> str:
    """Return where a file is found on this server."""
    return f"/file/{key}"


def named(user_id: int, uids: Iterable[str]) -> list[Attachment]:
    """Return those of a person's attachments that have these uids, with their variants."""
    found: list[Attachment] = []
    for some in batches(sorted(uids)):
        mine = select(Attachment).where(Attachment.user_id == user_id, Attachment.uid.in_(some))
        found += db.session.scalars(mine.options(selectinload(Attachment.variants)))
    return found


class Tile(NamedTuple):
    """A file as a small picture or its name stands for it; `smallest` is a photo's smallest width, 0 for what is none."""

    uid: str
    key: str
    name: str
    kind: str
    smallest: int


def tiles(user_id: int, uids: Collection[str]) -> dict[str, Tile]:
    """Return those of a person's attachments that have these uids, by uid."""
    found: dict[str, Tile] = {}
    columns = (Attachment.uid, Attachment.key, Attachment.name, Attachment.kind, func.coalesce(SMALLEST_WIDTH, 0))
    for some in batches(sorted(uids)):
        rows = db.session.execute(select(*columns).where(Attachment.user_id == user_id, Attachment.uid.in_(some)))
        found |= {row.uid: Tile(*row) for row in rows}
    return found


def ids_of(user_id: int, uids: Collection[str]) -> dict[str, int]:
    """Return the ids of those of a person's attachments that have these uids, by uid."""
    found: dict[str, int] = {}
    for some in batches(sorted(uids)):
        mine = (Attachment.user_id == user_id, Attachment.uid.in_(some))
        found |= {row.uid: row.id for row in db.session.execute(select(Attachment.uid, Attachment.id).where(*mine))}
    return found


def readable(key: str, reader: HasUserId | None, *, moderates: bool = False) -> Attachment | None:
    """Return an attachment that this reader may have: an own one, or one that an entry shows which the reader may read."""
    shown_in = select(Links.entry_id).join(Entry, Entry.id == Links.entry_id)
    may_have = exists(
        shown_in.where(
            Links.attachment_id == Attachment.id, Links.is_shown, readable_by(reader.id if reader else None, moderates=moderates)
        )
    )
    if reader is not None:
        may_have = or_(Attachment.user_id == reader.id, may_have)  # type: ignore[assignment]
    found = select(Attachment).where(Attachment.key == key, may_have).options(selectinload(Attachment.variants))
    return db.session.scalars(found).one_or_none()


def space_taken(user_id: int) -> int:
    """Return how many bytes a person's files take."""
    return int(db.session.scalar(select(func.coalesce(func.sum(Attachment.size), 0)).where(Attachment.user_id == user_id)) or 0)


class Own(NamedTuple):
    """A person's own file in a list, with an entry that shows it or did, if any; `is_needed` counts those in the trash too."""

    attachment: Attachment
    entry_id: int | None
    is_needed: bool


def list_files(user_id: int, before: int | None = None) -> list[Own]:
    """Return a page of a person's own files and one more, the one added last first; `before` is the last id of the page before."""
    tied = Links.attachment_id == Attachment.id
    entry_id = select(func.max(Links.entry_id)).join(Entry, Entry.id == Links.entry_id).where(tied, Entry.trashed_at.is_(None))
    is_needed = exists(select(Links.entry_id).where(tied))
    mine = (
        select(Attachment, entry_id.scalar_subquery(), is_needed)
        .where(Attachment.user_id == user_id)
        .options(selectinload(Attachment.variants))
    )
    if before is not None:
        mine = mine.where(Attachment.id < before)
    return [Own(*row) for row in db.session.execute(mine.order_by(Attachment.id.desc()).limit(PAGE_SIZE + 1))]


def unused(attachment_ids: Collection[int]) -> list[int]:
    """Return those of these attachments that belong to no entry and that no draft and no template names."""
    untied = ~exists(select(Links.entry_id).where(Links.attachment_id == Attachment.id))
    rows = db.session.execute(
        select(Attachment.id, Attachment.user_id, Attachment.uid).where(Attachment.id.in_(attachment_ids), untied)
    ).all()
    named = {user_id: _named_elsewhere(user_id) for user_id in {row.user_id for row in rows}}
    return [row.id for row in rows if row.uid not in named[row.user_id]]


def _named_elsewhere(user_id: int) -> set[str]:
    """Return the uids that a person's drafts, their earlier steps, and templates name."""
    texts = (
        select(Draft.body).where(Draft.user_id == user_id, Draft.body.contains(SCHEME)),
        select(DraftSnapshot.body)
        .join(Draft, Draft.id == DraftSnapshot.draft_id)
        .where(Draft.user_id == user_id, DraftSnapshot.body.contains(SCHEME)),
        select(Template.body).where(Template.user_id == user_id, Template.body.contains(SCHEME)),
    )
    return {uid for statement in texts for body in db.session.scalars(statement) for uid in references(body)}


def digests_named(digests: Collection[str]) -> set[str]:
    """Return those of these digests that a variant has."""
    return set(db.session.scalars(select(AttachmentVariant.digest).where(AttachmentVariant.digest.in_(digests))))
