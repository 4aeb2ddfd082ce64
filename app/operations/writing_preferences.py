"""Templates, prompts and the other helps of writing, as a person wants them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from app.extensions import db
from app.models import HasUserId, Template, User
from app.operations.errors import TooManyTemplates


@dataclass(frozen=True)
class WritingPreferences:
    """What a person wants: `lock_after_days` in days (0: never), `prompt_mode` one of `User.PROMPT_MODES`, `prompts` one a line.

    `prompt_rest_days` are the digits of the weekdays without a prompt, 0 for Monday.
    """

    lock_after_days: int
    mood_enabled: bool
    prompt_mode: str
    prompts: str
    prompt_rest_days: str = ""


def want(user: User, helps: WritingPreferences) -> None:
    """Set which helps a person wants."""
    user.lock_after_days, user.mood_enabled, user.prompt_mode = helps.lock_after_days, helps.mood_enabled, helps.prompt_mode
    user.prompts = "\n".join(line.strip() for line in helps.prompts.splitlines() if line.strip())
    user.prompt_rest_days = helps.prompt_rest_days


def add_template(writer: HasUserId, name: str, body: str, tags: str, now: datetime) -> Template:
    """Add a template; raise TooManyTemplates."""
    if (db.session.scalar(select(func.count()).select_from(Template).where(Template.user_id == writer.id)) or 0) >= Template.MAX_PER_USER:
        raise TooManyTemplates
    template = Template(user_id=writer.id, name=name, body=body, tags=tags, created_at=now)
    db.session.add(template)
    db.session.flush()
    return template


def change_template(template: Template, name: str, body: str, tags: str) -> None:
    """Change a template; entries that began with it stay as they are."""
    template.name, template.body, template.tags = name, body, tags


def remove_template(writer: HasUserId, template_id: int) -> bool:
    """Remove a person's own template, and say whether there was one."""
    gone = delete(Template).where(Template.id == template_id, Template.user_id == writer.id).returning(Template.id)
    return db.session.scalar(gone.execution_options(synchronize_session=False)) is not None
