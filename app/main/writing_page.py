"""The writing page: what it shows beside its form, for a new entry, an entry that is changed, and a draft."""

from datetime import timedelta
from typing import Any

from flask import render_template

from app import i18n, timezones
from app.main.forms import EntryForm, form_for_draft
from app.models import Draft, DraftSnapshot, Entry, Visibility
from app.queries import entries, suggestions
from app.queries.attachments import Tile, tiles
from app.text import attachments as texts
from app.web import access

FIRST_MINUTES = 10
"""Of a draft, in which the time that it has is the one that its page was opened with."""


def show(form: EntryForm, entry: Entry | None = None, **facts: Any) -> str:
    """Show the writing page with a form, over an entry where it changes one."""
    me = access.current_user_or_401()
    facts = {"today": i18n.today(), "suggestions": suggestions.for_writing(me.id), **facts}
    return render_template("main/entry_form.html", form=form, entry=entry, attached=attached(me.id, form.body.data or ""), **facts)


def show_draft(draft: Draft, snapshot: DraftSnapshot | None = None, *, is_opened_by_itself: bool = False) -> str:
    """Show the writing page with a draft as it was typed, or as it was at a snapshot.

    One that would change an entry in the trash offers to restore that first.
    """
    me = access.current_user_or_401()
    entry = entries.own(draft.entry_id, me) if draft.entry_id else None
    form = form_for_draft(draft, me.id)
    form.begun.data = _filled_in(draft, me.timezone)
    if draft.entry_id and not entry and (trashed := entries.own(draft.entry_id, me, in_trash=True)):
        return show_over_trash(form, trashed)
    form.opened_tags.data = entry.tags_text if entry else ""
    if snapshot is not None:
        form.title.data, form.body.data = snapshot.title, snapshot.body
    return show(form, entry, snapshots=draft.snapshots, snapshot=snapshot, draft=draft, is_opened_by_itself=is_opened_by_itself)


def _filled_in(draft: Draft, zone: str) -> str:
    """Return the day and the time that a new entry was begun with, where the draft still has those of its first minutes."""
    begun = timezones.to_local(draft.created_at, zone)
    minutes = {f"{begun - timedelta(minutes=ago):%Y-%m-%dT%H:%M}" for ago in range(FIRST_MINUTES)}
    has = f"{draft.entry_date}T{draft.entry_time[:5]}"
    return has if not draft.entry_id and has in minutes else ""


def show_over_trash(form: EntryForm, entry: Entry) -> str:
    """Offer to restore an entry and save what was typed over it, or to save that as a new entry; of two audiences the smaller is chosen."""
    form.visibility.data = smaller_audience(entry.visibility, form.visibility.data)
    return render_template("main/conflict_in_trash.html", form=form, entry=entry)


def smaller_audience(stored: str, typed: str | None) -> str:
    """Return which of two visibilities fewer people may read; what was typed may be none."""
    return next(name.value for name in Visibility if name in {stored, typed})


def attached(user_id: int, text: str) -> list[tuple[Tile, str]]:
    """Return those of a person's own files that a text shows, in the order of the text, each with its description."""
    descriptions = texts.descriptions(text)
    found = tiles(user_id, descriptions) if descriptions else {}
    return [(found[uid], words) for uid, words in descriptions.items() if uid in found]
