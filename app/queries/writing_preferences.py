"""What helps a person to write: templates and prompts of their own."""

import random
from datetime import date

from sqlalchemy import func, select

from app.extensions import db
from app.models import Template, User
from app.queries.accounts import CurrentUser


def templates_of(user_id: int) -> list[Template]:
    """Return a person's templates by name."""
    return list(db.session.scalars(select(Template).where(Template.user_id == user_id).order_by(func.lower(Template.name), Template.id)))


def template(user_id: int, template_id: int) -> Template | None:
    """Return a person's own template."""
    return db.session.scalars(select(Template).where(Template.id == template_id, Template.user_id == user_id)).one_or_none()


def prompts_of(user_id: int) -> list[str]:
    """Return a person's prompts, in order."""
    return (db.session.scalar(select(User.prompts).where(User.id == user_id)) or "").splitlines()


def prompt_for(writer: CurrentUser, day: date) -> str:
    """Return the prompt for a new entry: the day's or the week's, each in its turn, or any; none on days of rest, or for who wants none."""
    is_wanted = writer.prompt_mode != "never" and str(day.weekday()) not in writer.prompt_rest_days
    prompts = prompts_of(writer.id) if is_wanted else []
    if not prompts:
        return ""
    turn = {"daily": day.toordinal(), "weekly": (day.toordinal() - 1 - writer.week_begins_on) // 7}.get(writer.prompt_mode)
    return random.choice(prompts) if turn is None else prompts[turn % len(prompts)]  # noqa: S311  # no secret
