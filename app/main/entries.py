"""Writing and changing entries."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, i18n, timezones
from app.database.transactions import writing
from app.main import files, main, writing_page
from app.main.calendar import day_asked_for
from app.main.forms import EntryForm, form_for
from app.models import Draft, Entry, Template, Visibility
from app.operations import drafts, entries, trash
from app.operations.entries import EntryInput
from app.operations.errors import StaleEntry, WrongAccount
from app.queries import attachments as files_of
from app.queries import drafts as asking
from app.queries import entries as stored
from app.queries import writing_preferences
from app.text import differences, entry_links, markdown
from app.text.folding import clean
from app.urls import public_url
from app.web import access, choices, error_pages, upload_limits
from app.web.one_at_a_time import one_at_a_time

AS_NEW = ".new"
"""What is put behind the key of a form whose text is to be another entry: pressed twice, it makes one."""


@main.get("/entry")
def new() -> ResponseReturnValue:
    """Open an empty entry, dated today and now, or on the day that `?date=` names; without a wish, the only draft of today."""
    me, asked = access.current_user_or_401(), day_asked_for()
    if not request.args and me.drafts and (draft := asking.only_new_one(me, i18n.today())):
        return writing_page.show_draft(draft, is_opened_by_itself=True)
    day, now = asked or i18n.today(), timezones.to_local(clock.now(), me.timezone)
    form = EntryForm(
        formdata=None, entry_date=day, entry_time=_time_of_day(day, me.timezone), visibility=me.default_visibility, writer=me.id
    )
    form.begun.data = f"{day}T{form.entry_time.data:%H:%M}" if form.entry_time.data else ""
    facts: dict[str, Any] = {
        "unfinished": asking.newest(me.id) if me.drafts and not request.args else None,
        "templates": writing_preferences.templates_of(me.id),
        "prompt": writing_preferences.prompt_for(me, day),
    }
    _begin_with(form, facts["templates"])
    if asked is None and now.date() != day:
        facts |= {"day": day, "other_day": now.date(), "ends_at": time(me.day_ends_at)}
    return writing_page.show(form, **facts)


@main.post("/entry")
@error_pages.gives_text_back()
@upload_limits.takes_files("files")
@one_at_a_time
def write() -> ResponseReturnValue:
    """Save a new entry; the same form sent again leads to the same entry."""
    me, form = access.current_user_or_401(), EntryForm()
    if form.is_somebody_elses(me.id):
        raise WrongAccount
    files.take_with(form)
    if not form.validate():
        return writing_page.show(form), 422
    plain_key = form.form_id()
    if "as_new" in request.form:
        form.key.data = f"{form.key.data}{AS_NEW}"[-Draft.MAX_FORM_ID_LENGTH :]
    if is_quick := "quick" in request.form:
        form.entry_date.data, form.entry_time.data = i18n.today(), _time_of_day(i18n.today(), me.timezone)
    entry_input, key = form.entry_input(me.timezone).prepare(me), form.form_id()
    try:
        with writing():
            entry = entries.write(
                me,
                entry_input,
                clock.now(),
                form_id=key,
                seen=lambda found: drafts.seen_version(me, key, form.last_acknowledged(), found.id, 1),
            )
            drafts.finish(me, key, form.serial.data or 0, entry, clock.now())
            if plain_key != key:
                drafts.let_go(me, plain_key, form.serial.data or 0, entry, clock.now())
            entry_id = entry.id
    except StaleEntry as stale:
        return _both_texts(form, stale.entry.id)
    flash(_saved(entry_input.visibility, entry_id))
    return redirect(choices.journal_url() if is_quick else url_for("public.entry", entry_id=entry_id), 303)


def _time_of_day(day: date, zone: str) -> time | None:
    """Return the time it is now, to the minute, for an entry of this day; None where it is another day by now."""
    now = timezones.to_local(clock.now(), zone)
    return now.time().replace(second=0, microsecond=0) if now.date() == day else None


def _saved(visibility: str, entry_id: int) -> str:
    """Return what is told after a save: who can read it now, and where, unless nobody else can."""
    address = public_url("public.entry", entry_id=entry_id)
    if visibility == Visibility.PUBLIC:
        return str(_("Saved. Anyone on the internet can read it: %(address)s", address=address))
    if visibility == Visibility.MEMBERS:
        return str(_("Saved. Anyone with an account here can read it: %(address)s", address=address))
    return str(_("Saved."))


@main.get("/entry/<id:entry_id>/edit")
def edit(entry_id: int) -> ResponseReturnValue:
    """Open an entry for changing; one that is locked asks first."""
    me = access.current_user_or_401()
    entry = access.entry_to_change(me, entry_id)
    if entry.is_locked(me.lock_after_days, clock.now()) and "correct" not in request.args:
        return render_template("main/locked.html", entry=entry)
    return writing_page.show(form_for(entry), entry, waiting=asking.for_entry(me.id, entry_id) if me.drafts else [])


@main.post("/entry/<id:entry_id>/edit")
@error_pages.gives_text_back(instead="main.write")
@upload_limits.takes_files("files")
@one_at_a_time
def save(entry_id: int) -> ResponseReturnValue:
    """Save a changed entry and keep what it was; a stale version is refused with both texts shown."""
    me, form = access.current_user_or_401(), EntryForm()
    if form.is_somebody_elses(me.id):
        raise WrongAccount
    entry = stored.own(entry_id, me) or access.entry_in_trash(me, entry_id)
    is_in_trash = entry.trashed_at is not None
    form.leave(entry)
    files.take_with(form)
    if is_in_trash:
        return _save_from_trash(form, entry)
    if not form.validate():
        return writing_page.show(form, entry), 422
    entry_input = form.entry_input(me.timezone, before=entry).prepare(me)
    try:
        with writing():
            _revise(access.entry_to_change(me, entry_id), form, entry_input)
    except StaleEntry:
        return _both_texts(form, entry_id)
    flash(_saved(entry_input.visibility, entry_id))
    return redirect(url_for("public.entry", entry_id=entry_id), 303)


def _save_from_trash(form: EntryForm, entry: Entry) -> ResponseReturnValue:
    """Offer to save a text as a new entry or to restore the entry it belongs to; do the latter once that was chosen."""
    if "restore" not in request.form or not form.validate():
        return writing_page.show_over_trash(form, entry), 409
    me = access.current_user_or_401()
    entry_input, entry_id = form.entry_input(me.timezone, before=entry).prepare(me), entry.id
    try:
        with writing():
            entry = access.entry_in_trash(access.current_user_or_401(), entry_id)
            trash.restore(entry)
            _revise(entry, form, entry_input)
    except StaleEntry:
        return writing_page.show_over_trash(form, access.entry_in_trash(access.current_user_or_401(), entry_id)), 409
    flash(_("Entry restored and saved."))
    return redirect(url_for("public.entry", entry_id=entry_id), 303)


def _revise(entry: Entry, form: EntryForm, entry_input: EntryInput) -> None:
    """Save a form over an entry, and let go of the form's own draft."""
    now, me = clock.now(), access.current_user_or_401()
    version = drafts.seen_version(me, form.form_id(), form.last_acknowledged(), entry.id, form.version.data or 0)
    entry = entries.revise(entry, entry_input, version, now)
    drafts.finish(me, form.form_id(), form.serial.data or 0, entry, now)


@main.post("/entry/<id:entry_id>/star")
def star(entry_id: int) -> ResponseReturnValue:
    """Give an entry a star, or take it away."""
    with writing():
        entries.star(
            access.entry_to_change(access.current_user_or_401(), entry_id), clock.now() if request.form.get("starred") == "1" else None
        )
    return redirect(url_for("public.entry", entry_id=entry_id, _anchor="star"), 303)


@main.post("/entry/preview")
@upload_limits.takes_text
@one_at_a_time
def preview() -> ResponseReturnValue:
    """Return the clean HTML of a text that is not saved, for the writing page."""
    body = clean(request.form.get("body", ""))
    if len(body) > Entry.MAX_BODY_LENGTH:
        abort(413)
    return render_template(
        "main/_preview.html", html=markdown.render(body, "preview", files_of.shown(access.current_user_or_401().id, body)).html
    )


def _both_texts(form: EntryForm, entry_id: int) -> ResponseReturnValue:
    """Show what is stored beside what was typed, in a form that saves over it knowingly; of two audiences the smaller is chosen."""
    entry = access.entry_to_change(access.current_user_or_401(), entry_id)
    form.version.raw_data = None
    form.version.data = entry.version
    form.visibility.data = writing_page.smaller_audience(entry.visibility, form.visibility.data)
    pieces = differences.between(entry.body, form.body.data or "")
    return render_template("main/conflict.html", form=form, entry=entry, pieces=pieces), 409


def _begin_with(form: EntryForm, templates: Sequence[Template]) -> None:
    """Begin an entry with the template that `?template=` names, or with a link to the own entry that `?about=` names."""
    template = next((one for one in templates if str(one.id) == request.args.get("template")), None)
    if template is not None:
        form.body.data, form.tags.data = template.body, template.tags
    if found := access.own_entry_named(request.args.get("about", "")):
        words = found.title or i18n.format_day(found.entry_date)
        form.body.data = f"{entry_links.reference(found.uid, words)}\n\n"
