"""Texts that entries begin with."""

from sqlalchemy import ForeignKey, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.base import NEVER_REUSE_IDS, Identifier, Instant
from app.text import digest


class Template(Base):
    """A text of a person's own that a new entry can begin with; `tags` as they are written, comma separated."""

    __tablename__ = "template"
    __table_args__ = (NEVER_REUSE_IDS,)

    MAX_NAME_LENGTH = 80
    MAX_BODY_LENGTH = 20_000
    MAX_TAGS_LENGTH = 500
    MAX_PER_USER = 50

    id: Mapped[Identifier]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Instant]
    digest: Mapped[str] = mapped_column(String(64), default="", server_default="")


@event.listens_for(Template, "before_insert")
@event.listens_for(Template, "before_update")
def _vouch(_mapper: object, _connection: object, template: Template) -> None:
    """Keep with a template the digest by which it is known to be what was written."""
    template.digest = digest.of_words(template.name, template.body, template.tags)
