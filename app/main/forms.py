"""The writer's forms."""

import uuid
from datetime import date, time
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, MultipleFileField, RadioField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from app.models import Draft, Entry, Visibility
from app.operations.drafts import Typed, tidy_form_id
from app.operations.entries import EntryInput
from app.text import places, tags
from app.text.folding import clean, clean_line, is_blank, whole_number
from app.text.places import NOWHERE, Place
from app.web.form_fields import AUDIENCES, DegreesField, IsoDateField, LineField, NumberField, OptionalTimeField, TextField

MAX_SERIAL = 2**53 - 1
MAX_SENT_LENGTH = 2000
TYPED = ("title", "body", "entry_date", "entry_time", "tags", "visibility", "mood", "place")
MAX_TAGS_TEXT_LENGTH = 2000


class EntryForm(FlaskForm):
    """An entry of the journal.

    `version` says which version was opened, `key` which form this is, `serial` which of its states (0 from a browser that keeps
    no drafts), `writer` who opened it, `begun` the day and the time that were filled in for the writer,
    `base` the latest state that the server had acknowledged, `opened_tags` which tags the page began with.
    """

    title = LineField(
        _("Title"),
        [Length(max=Entry.MAX_TITLE_LENGTH, message=_("A title can have up to %(max)d characters."))],
        render_kw={"autocomplete": "off"},
    )
    body = TextField(
        _("Text"),
        [Length(max=Entry.MAX_BODY_LENGTH, message=_("An entry can have up to %(max)d characters. Split it into several entries."))],
    )
    entry_date = IsoDateField(_("Day"), [InputRequired(_("Choose a date."))], render_kw={"max": date.max.isoformat()})
    entry_time = OptionalTimeField(_("Time"), [Optional()])
    tags = LineField(
        _("Tags"),
        [Length(max=MAX_TAGS_TEXT_LENGTH, message=_("Tags can have up to %(max)d characters in total."))],
        description=_("Separate them with commas."),
        render_kw={"autocomplete": "off"},
    )
    mood = LineField(
        _("Mood"),
        [Length(max=Entry.MAX_MOOD_LENGTH, message=_("A mood can have up to %(max)d characters."))],
        render_kw={"autocomplete": "off"},
    )
    place = LineField(
        _("Place"),
        [Length(max=places.MAX_NAME_LENGTH, message=_("A place can have up to %(max)d characters."))],
        render_kw={"autocomplete": "off", "list": "places"},
    )
    latitude = DegreesField(_("Latitude"), most=places.LATITUDES)
    longitude = DegreesField(_("Longitude"), most=places.LONGITUDES)
    visibility = RadioField(_("Who can read it"), choices=AUDIENCES, default=Visibility.PRIVATE.value, validate_choice=True)
    version = NumberField(widget=HiddenInput(), default=0)
    key = HiddenField(default=lambda: str(uuid.uuid4()))
    serial = NumberField(validators=[Optional()], widget=HiddenInput(), default=0, largest=MAX_SERIAL)
    writer = NumberField(validators=[Optional()], widget=HiddenInput())
    begun = HiddenField()
    base = NumberField(validators=[Optional()], widget=HiddenInput(), largest=MAX_SERIAL)
    opened_tags = HiddenField()
    files = MultipleFileField(_("Photos and files"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with no file refused."""
        super().__init__(*args, **kwargs)
        self.refused: list[str] = []

    def validate_tags(self, field: LineField) -> None:
        """Refuse what would be cut: nothing of what was typed is dropped without a word."""
        names = {name for part in tags.split(field.data or "") if (name := clean_line(part).lstrip("#@").strip())}
        if any(len(name) > tags.MAX_LENGTH for name in names):
            raise ValidationError(_("A tag can have up to %(most)d characters.", most=tags.MAX_LENGTH))
        if len(names) > tags.MAX_TAGS:
            raise ValidationError(_("An entry can have up to %(most)d tags.", most=tags.MAX_TAGS))

    def validate_longitude(self, field: DegreesField) -> None:
        """Refuse one of the degrees without the other: it is no place on earth."""
        if (self.latitude.data is None) != (field.data is None) and not self.latitude.errors and not field.errors:
            raise ValidationError(_("Enter both latitude and longitude, or neither."))

    def validate_files(self, field: MultipleFileField) -> None:
        """Say which files were not taken."""
        if self.refused:
            raise ValidationError(" ".join(self.refused))

    def validate_body(self, field: TextField) -> None:
        """Refuse a page with nothing on it."""
        if is_blank(field.data or "") and is_blank(self.title.data or ""):
            raise ValidationError(_("Write something first: a title or some text."))

    def entry_input(self, zone: str, before: Entry | None = None) -> EntryInput:
        """Return what the form says, for an operation.

        An untouched time keeps the seconds it was stored with; one that was filled in is none of another day.
        """
        title = self.title.data or ""
        clock_time: time | None = self.entry_time.data
        day: date = self.entry_date.data  # type: ignore[assignment]  # the form was judged
        filled_day, _t, filled_time = (self.begun.data or "").partition("T")
        if clock_time and f"{clock_time:%H:%M}" == filled_time and filled_day != day.isoformat():
            clock_time = None
        if before and before.entry_time and clock_time == before.entry_time.replace(second=0, microsecond=0):
            clock_time = before.entry_time
        return EntryInput(
            uid=before.uid if before else str(uuid.uuid4()),
            title="" if is_blank(title) else title,
            body=self.body.data or "",
            entry_date=day,
            entry_time=clock_time,
            timezone=before.timezone if before else zone,
            visibility=self.visibility.data,
            tags=self._tags(before),
            mood=self.mood.data or "",
            place=self._place(before.place if before else NOWHERE),
        )

    def _tags(self, before: Entry | None) -> list[str]:
        typed = tags.parse(self.tags.data or "")
        if before is None or not self.opened_tags.raw_data:
            return typed
        return tags.followed(typed, tags.parse(self.opened_tags.data or ""), before.tag_names)

    def _place(self, before: Place) -> Place:
        """Return the place that the form says; one that keeps its name is still where it was."""
        name, north, east = self.place.data or "", self.latitude.data, self.longitude.data
        if north is not None and east is not None:
            return Place(places.read(name).name, north, east)
        return before if name == before.label else places.read(name)

    def beside_the_text(self) -> list[Field]:
        """Return the fields that a page about the text alone sends on as they are."""
        return [self.entry_date, self.entry_time, self.tags, self.mood, self.place, self.latitude, self.longitude]

    def leave(self, entry: Entry) -> None:
        """Leave as it is in the entry what the form has no fields for: an older page, or a program, knows nothing of it."""
        for field, value in ((self.mood, entry.mood), (self.place, entry.place.label)):
            if not field.raw_data:
                field.data = value
        if self.place.data == entry.place.label and not (self.latitude.raw_data or self.longitude.raw_data):
            self.latitude.data, self.longitude.data = entry.place.latitude, entry.place.longitude

    def last_acknowledged(self) -> int:
        """Return the latest of the form's states that its window knew the server to have."""
        return self.base.data if self.base.data is not None else self.serial.data or 0

    def form_id(self) -> str | None:
        """Return the key of this form, None where it was sent without one."""
        return tidy_form_id(self.key.data or "") or None

    def typed(self, before: Entry | None = None) -> Typed:
        """Return the state of the form, right or wrong, for keeping as a draft; what it leaves out is as it is in the entry `before`."""
        left_out = {"mood": before.mood, "place": before.place.label} if before else {}
        sent = {name: clean(request.form.get(name, left_out.get(name, ""))) for name in TYPED}
        last_known = whole_number(request.form.get("known", ""), MAX_SERIAL)
        numbers = {whole_number(number, MAX_SERIAL) for number in request.form.get("sent", "")[:MAX_SENT_LENGTH].split(",")}
        own = frozenset(number for number in numbers if number is not None)
        return Typed(self.form_id() or "", self.serial.data or 0, self.version.data or 0, **sent, last_known=last_known, sent_before=own)

    def is_somebody_elses(self, person_id: int) -> bool:
        """Say whether another person opened the form, in this browser, before this one signed in."""
        return self.writer.data is not None and self.writer.data != person_id


class TagForm(FlaskForm):
    """Another name for a tag."""

    name = LineField(_("Name"), [InputRequired(_("Enter a name."))], render_kw={"autocomplete": "off"})

    def validate_name(self, field: LineField) -> None:
        """Refuse what is no name of one tag."""
        if len(field.data or "") > tags.MAX_LENGTH:
            raise ValidationError(_("A tag can have up to %(most)d characters.", most=tags.MAX_LENGTH))
        if len(tags.parse(field.data or "")) != 1:
            raise ValidationError(_("Enter one tag, without commas."))

    def tidy_name(self) -> str:
        """Return the name in its stored form, once the form is valid."""
        return tags.parse(self.name.data or "")[0]


def form_for_draft(draft: Draft, writer_id: int) -> EntryForm:
    """Return a form filled with a draft as it was typed; it goes on as the same form."""
    kept = {name: getattr(draft, name) for name in (*TYPED, "version")} | {"serial": draft.revision_number}
    form = EntryForm(formdata=MultiDict({name: str(value) for name, value in kept.items()}), meta={"csrf": False})
    form.writer.data, form.key.data = writer_id, draft.form_id
    return form


def form_for(entry: Entry) -> EntryForm:
    """Return a form filled with an entry; what was posted goes before that."""
    return EntryForm(
        writer=entry.user_id,
        title=entry.title,
        body=entry.body,
        entry_date=entry.entry_date,
        entry_time=entry.entry_time,
        tags=", ".join(entry.tag_names),
        opened_tags=entry.tags_text,
        visibility=entry.visibility,
        mood=entry.mood,
        place=entry.place.label,
        version=entry.version,
    )
