"""What is being typed, kept before anybody presses Save."""

from datetime import timedelta

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, event, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.text import digest, places


class Draft(Base):
    """The fields of one writing form as they were typed, right or wrong; `form_id` names the form, `version` what it opened.

    A draft has little more characters than an entry may have, and all drafts of a person together `MAX_CHARACTERS`.

    `revision_number` counts the states of the form: a state that comes late never takes the place of a newer one. `entry_id` is the
    entry that is being changed, None for a new one and for one that is gone. Once the form is saved, an empty row with
    `finished_at` stays for a day and turns away what was still on its way.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "form_id"), NEVER_REUSE_IDS)

    SNAPSHOT_EVERY = timedelta(minutes=10)
    REMEMBERED = timedelta(days=1)
    MAX_PER_USER = 500
    MAX_CHARACTERS = 20_000_000
    MAX_LENGTH = 2_100_000
    MAX_FORM_ID_LENGTH = 64

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="SET NULL"), index=True)
    form_id: Mapped[str] = mapped_column(String(MAX_FORM_ID_LENGTH))
    revision_number: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    entry_date: Mapped[str] = mapped_column(String(40))
    entry_time: Mapped[str] = mapped_column(String(40))
    tags: Mapped[str] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(String(10))
    mood: Mapped[str] = mapped_column(String(40), default="", server_default="")
    place: Mapped[str] = mapped_column(String(places.MAX_NAME_LENGTH), default="", server_default="")
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
    excerpt: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="")

    snapshots: Mapped[list["DraftSnapshot"]] = relationship(lazy="raise", order_by="DraftSnapshot.id", passive_deletes=True)


class DraftSnapshot(Base):
    """What a draft was before ten more minutes of typing."""

    __tablename__ = "draft_snapshot"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: Mapped[Identifier]
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"), index=True)
    at: Mapped[Instant]
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="")


_ANYTHING = (Draft.excerpt, Draft.title, Draft.tags, Draft.mood, Draft.place, Draft.body)
HAS_CONTENT = or_(Draft.entry_id.is_not(None), *[column != "" for column in _ANYTHING], Draft.snapshots.any())
"""Whether a draft says anything: of an entry any change does, of a new one a word, or an earlier step of its typing."""


@event.listens_for(Draft, "before_insert")
@event.listens_for(Draft, "before_update")
@event.listens_for(DraftSnapshot, "before_insert")
@event.listens_for(DraftSnapshot, "before_update")
def _vouch(_mapper: object, _connection: object, typed: "Draft | DraftSnapshot") -> None:
    """Keep with what was typed the digest by which it is known to be that."""
    typed.digest = digest.of_words(typed.title, typed.body)
