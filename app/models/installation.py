"""Which journal a database holds."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class Installation(Base):
    """The one row that says which journal the database holds (see `app.database.installation`)."""

    __tablename__ = "installation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
