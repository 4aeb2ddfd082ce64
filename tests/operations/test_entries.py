"""Operations on entries, without HTTP."""

from collections.abc import Sequence
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, func, select

from app import clock, worker
from app.database.transactions import WriteOutsideTransaction, writing
from app.extensions import db
from app.models import Entry, EntrySearch, Revision, Tag, entry_tag
from app.models.entry import sort_key_of
from app.operations import entries, trash
from app.operations.errors import StaleEntry
from app.queries import calendar
from app.queries import entries as asking
from app.text import markdown
from tests.cast import Cast, draft


def test_writing_outside_a_write_transaction_is_refused(context: Flask, cast: Cast) -> None:
    with pytest.raises(WriteOutsideTransaction):
        entries.write(cast.ada, draft(), clock.now())
    db.session.rollback()
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(entry_tag.delete())


def test_a_failure_leaves_nothing(context: Flask, cast: Cast) -> None:
    with pytest.raises(RuntimeError), writing():
        entries.write(cast.ada, draft(tags=["sea"]), clock.now())
        raise RuntimeError
    assert [db.session.scalar(select(func.count()).select_from(model)) for model in (Entry, Tag, EntrySearch)] == [0, 0, 0]


def test_an_entry_stands_on_its_day(context: Flask, cast: Cast) -> None:
    with writing():
        timed = entries.write(cast.ada, draft(day=date(2026, 3, 29), at=time(1, 30), timezone="Europe/Lisbon"), clock.now())
        untimed = entries.write(cast.ada, draft(day=date(2026, 3, 29)), clock.now())
    assert timed.starts_at and timed.starts_at.hour == 1 and untimed.starts_at is None
    assert untimed.sort_key == sort_key_of(date(2026, 3, 29)) < timed.sort_key
    assert timed.month_day == 329 and timed.html_version == markdown.RENDERER_VERSION


def test_a_year_without_an_instant_is_kept(context: Flask, cast: Cast) -> None:
    with writing():
        entry = entries.write(cast.ada, draft(day=date(1, 1, 1), at=time(0), timezone="Asia/Shanghai"), clock.now())
    assert entry.starts_at is None and entry.sort_key == sort_key_of(date(1, 1, 1))


def test_a_stale_change_is_refused_before_anything_is_changed(context: Flask, cast: Cast) -> None:
    entry_id = cast.entry(body="One.").id
    with writing():
        entries.revise(_own(entry_id, cast), draft("Two."), 1, clock.now())
    with pytest.raises(StaleEntry), writing():
        entries.revise(_own(entry_id, cast), draft("Three."), 1, clock.now())
    assert db.session.scalars(select(Entry.body)).one() == "Two."
    assert db.session.scalars(select(Revision.body)).all() == ["One."]


def test_tags_are_counted_and_forgotten(context: Flask, cast: Cast) -> None:
    first, second = cast.entry(tags=["sea", "Fog"]), cast.entry(tags=["SEA"])
    assert _counts() == {"Fog": 1, "sea": 2}
    with writing():
        entries.revise(_own(first.id, cast), draft("New.", tags=["sea"]), 1, clock.now())
    assert _counts() == {"sea": 2}
    with writing():
        trash.discard(_own(second.id, cast), clock.now())
    assert _counts() == {"sea": 1}
    with writing():
        trash.restore(_own(second.id, cast, in_trash=True))
    assert _counts() == {"sea": 2}


def test_the_trash_lets_go_after_thirty_days(context: Flask, cast: Cast) -> None:
    entry = cast.entry(trashed=True)
    with writing():
        assert trash.expire(clock.now() + trash.KEPT_FOR) == 0
        assert trash.expire(clock.now() + trash.KEPT_FOR * 1.01) == 1
    assert db.session.get(Entry, entry.id) is None
    assert db.session.scalar(select(func.count()).select_from(EntrySearch)) == 0


def test_ids_are_never_used_again(context: Flask, cast: Cast) -> None:
    last = cast.entry(trashed=True).id
    with writing():
        trash.empty(cast.ada)
    assert cast.entry().id > last


def test_outdated_html_is_made_again(context: Flask, cast: Cast) -> None:
    entry = cast.entry(body="*Text*")
    with writing() as session:
        stored = session.get_one(Entry, entry.id)
        stored.html, stored.html_version = "old", 0
    worker.render_outdated()
    db.session.expire_all()
    assert db.session.get_one(Entry, entry.id).html.strip() == '<p dir="auto"><em>Text</em></p>'


def test_a_rendering_of_an_older_version_is_dropped(context: Flask, cast: Cast) -> None:
    entry = cast.entry(body="Old.")
    rendered = markdown.render("Old.")
    with writing():
        entries.revise(_own(entry.id, cast), draft("New."), 1, clock.now())
    with writing():
        entries.put_rendering(entry.id, 1, rendered)
    db.session.expire_all()
    assert "New." in db.session.get_one(Entry, entry.id).html


def test_an_entry_restored_meanwhile_stays(context: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = cast.entry(trashed=True)
    remove = trash._remove  # the moment between looking and removing

    def restore_first(ids: Sequence[int], condition: ColumnElement[bool]) -> int:
        trash.restore(_own(entry.id, cast, in_trash=True))
        return remove(ids, condition)

    monkeypatch.setattr(trash, "_remove", restore_first)
    with writing():
        assert trash.empty(cast.ada) == 0
    assert asking.own(entry.id, cast.ada)


def test_days_and_their_neighbours(context: Flask, cast: Cast) -> None:
    for day in (date(1, 1, 1), date(2024, 2, 29), date(2024, 2, 29), date(9999, 12, 31)):
        cast.entry(day=day, body="three little words")
    assert calendar.month(cast.ada.id, 2024, 2) == {date(2024, 2, 29): (2, 6)}
    assert calendar.first_and_last_day(cast.ada.id) == (date(1, 1, 1), date(9999, 12, 31))
    beside = calendar.neighbours(cast.ada.id, date(2024, 2, 29))
    assert (beside.before, beside.after) == (date(1, 1, 1), date(9999, 12, 31))


def _own(entry_id: int, cast: Cast, *, in_trash: bool = False) -> Entry:
    found = asking.own(entry_id, cast.ada, in_trash=in_trash)
    assert found
    return found


def _counts() -> dict[str, int]:
    return dict(db.session.execute(select(Tag.name, Tag.entry_count).order_by(Tag.name)).all())
