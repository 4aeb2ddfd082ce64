"""What helps a person to write: templates and prompts of their own."""

import random
from datetime import date

from sqlalchemy import func, select

from app.extensions import db
from app.models import Template, User


def templates_of(user_id: int) -> list[Template]:
    """Return a person's templates by name."""
    return list(db.session.scalars(select(Template).where(Template.user_id == user_id).order_by(func.lower(Template.name), Template.id)))


def template(user_id: int, template_id: int) -> Template | None:
    """Return a person's own template."""
    return db.session.scalars(select(Template).where(Template.id == template_id, Template.user_id == user_id)).one_or_none()


def prompts_of(user_id: int) -> list[str]:
    """Return a person's prompts, in order."""
    return (db.session.scalar(select(User.prompts).where(User.id == user_id)) or "").splitlines()


def prompt_for(user_id: int, prompt_mode: str, day: date) -> str:
    """Return the prompt for a new page: the day's, each in its turn, or any; nothing for who wants none."""
    prompts = prompts_of(user_id) if prompt_mode != "never" else []
    if not prompts:
        return ""
    return prompts[day.toordinal() % len(prompts)] if prompt_mode == "daily" else random.choice(prompts)  # noqa: S311  # no secret
