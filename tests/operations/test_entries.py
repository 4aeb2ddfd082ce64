"""Operations on entries, without HTTP."""

from collections.abc import Callable, Sequence
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, event, func, select
from sqlalchemy.exc import IntegrityError

from app import clock, worker
from app.database.transactions import WriteOutsideTransaction, writing
from app.extensions import db
from app.models import Entry, EntrySearch, Revision, Tag, User, entry_tag
from app.models.entry import sort_key_of
from app.operations import entries, trash
from app.operations.errors import StaleEntry
from app.queries import calendar
from app.queries import entries as asking
from app.text import markdown
from tests.factories import Factory, draft


def test_writing_outside_a_write_transaction_is_refused(context: Flask, factory: Factory) -> None:
    with pytest.raises(WriteOutsideTransaction):
        entries.write(factory.ada, draft(), clock.now())
    db.session.rollback()
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(entry_tag.delete())


def test_a_failure_leaves_nothing(context: Flask, factory: Factory) -> None:
    with pytest.raises(RuntimeError), writing():
        entries.write(factory.ada, draft(tags=["sea"]), clock.now())
        raise RuntimeError
    assert [db.session.scalar(select(func.count()).select_from(model)) for model in (Entry, Tag, EntrySearch)] == [0, 0, 0]


def test_an_entry_stands_on_its_day(context: Flask, factory: Factory) -> None:
    with writing():
        timed = entries.write(factory.ada, draft(day=date(2026, 3, 29), at=time(1, 30), timezone="Europe/Lisbon"), clock.now())
        untimed = entries.write(factory.ada, draft(day=date(2026, 3, 29)), clock.now())
    assert timed.starts_at and timed.starts_at.hour == 1 and untimed.starts_at is None
    assert untimed.sort_key == sort_key_of(date(2026, 3, 29)) < timed.sort_key
    assert timed.month_day == 329 and timed.html_version == markdown.RENDERER_VERSION


def test_a_year_without_an_instant_is_kept(context: Flask, factory: Factory) -> None:
    with writing():
        entry = entries.write(factory.ada, draft(day=date(1, 1, 1), at=time(0), timezone="Asia/Shanghai"), clock.now())
    assert entry.starts_at is None and entry.sort_key == sort_key_of(date(1, 1, 1))


def test_a_stale_change_is_refused_before_anything_is_changed(context: Flask, factory: Factory) -> None:
    entry_id = factory.entry(body="One.").id
    with writing():
        entries.revise(_own(entry_id, factory), draft("Two."), 1, clock.now())
    with pytest.raises(StaleEntry), writing():
        entries.revise(_own(entry_id, factory), draft("Three."), 1, clock.now())
    assert db.session.scalars(select(Entry.body)).one() == "Two."
    assert db.session.scalars(select(Revision.body)).all() == ["One."]


def test_tags_are_counted_and_forgotten(context: Flask, factory: Factory) -> None:
    first, second = factory.entry(tags=["sea", "Fog"]), factory.entry(tags=["SEA"])
    assert _counts() == {"Fog": 1, "sea": 2}
    with writing():
        entries.revise(_own(first.id, factory), draft("New.", tags=["sea"]), 1, clock.now())
    assert _counts() == {"sea": 2}
    with writing():
        trash.discard(_own(second.id, factory), clock.now())
    assert _counts() == {"sea": 1}
    with writing():
        trash.restore(_own(second.id, factory, in_trash=True))
    assert _counts() == {"sea": 2}


def test_the_trash_lets_go_after_thirty_days(context: Flask, factory: Factory) -> None:
    entry = factory.entry(trashed=True)
    with writing():
        assert trash.expire(clock.now() + trash.KEPT_FOR) == 0
        assert trash.expire(clock.now() + trash.KEPT_FOR * 1.01) == 1
    assert db.session.get(Entry, entry.id) is None
    assert db.session.scalar(select(func.count()).select_from(EntrySearch)) == 0


def test_ids_are_never_used_again(context: Flask, factory: Factory) -> None:
    last = factory.entry(trashed=True).id
    with writing():
        trash.empty(factory.ada)
    assert factory.entry().id > last


def test_outdated_html_is_made_again(context: Flask, factory: Factory) -> None:
    entry = factory.entry(body="*Text*")
    with writing() as session:
        stored = session.get_one(Entry, entry.id)
        stored.html, stored.html_version = "old", 0
    worker.render_outdated()
    db.session.expire_all()
    assert db.session.get_one(Entry, entry.id).html.strip() == '<p dir="auto"><em>Text</em></p>'


def test_a_rendering_of_an_older_version_is_dropped(context: Flask, factory: Factory) -> None:
    entry = factory.entry(body="Old.")
    rendered = markdown.render("Old.")
    with writing():
        entries.revise(_own(entry.id, factory), draft("New."), 1, clock.now())
    with writing():
        entries.put_rendering(entry.id, 1, rendered)
    db.session.expire_all()
    assert "New." in db.session.get_one(Entry, entry.id).html


def test_an_entry_restored_meanwhile_stays(context: Flask, factory: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = factory.entry(trashed=True)
    remove = trash._remove  # the moment between looking and removing

    def restore_first(ids: Sequence[int], condition: ColumnElement[bool]) -> int:
        trash.restore(_own(entry.id, factory, in_trash=True))
        return remove(ids, condition)

    monkeypatch.setattr(trash, "_remove", restore_first)
    with writing():
        assert trash.empty(factory.ada) == 0
    assert asking.own(entry.id, factory.ada)


def test_days_and_their_neighbours(context: Flask, factory: Factory) -> None:
    for day in (date(1, 1, 1), date(2024, 2, 29), date(2024, 2, 29), date(9999, 12, 31)):
        factory.entry(day=day, body="three little words")
    assert calendar.month(factory.ada.id, 2024, 2) == {date(2024, 2, 29): (2, 6)}
    assert calendar.first_and_last_day(factory.ada.id) == (date(1, 1, 1), date(9999, 12, 31))
    beside = calendar.neighbours(factory.ada.id, date(2024, 2, 29))
    assert (beside.before, beside.after) == (date(1, 1, 1), date(9999, 12, 31))


def _own(entry_id: int, factory: Factory, *, in_trash: bool = False) -> Entry:
    found = asking.own(entry_id, factory.ada, in_trash=in_trash)
    assert found
    return found


def _counts() -> dict[str, int]:
    return dict(db.session.execute(select(Tag.name, Tag.entry_count).order_by(Tag.name)).all())


def test_an_entry_of_nobody_is_refused_as_what_it_is(context: Flask) -> None:
    nobody = User(id=2**30, search_languages="en")
    with pytest.raises(IntegrityError), writing():
        entries.write(nobody, draft("Whose?").prepare(nobody), clock.now(), form_id="f")
        db.session.flush()


def test_tags_are_locked_before_entries(context: Flask, factory: Factory) -> None:
    entry = factory.entry(tags=["sea"])
    statements: list[tuple[str, str]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_others: object) -> None:
        statements.append((statement, str(parameters)))

    def own(*, in_trash: bool = False) -> Entry:
        found = asking.own(entry.id, factory.ada, in_trash=in_trash)
        assert found
        return found

    acts: list[tuple[set[str], Callable[[], object]]] = [
        ({"sea"}, lambda: entries.write(factory.ada, draft("Another.", tags=["sea"]), clock.now())),
        ({"sea", "sky"}, lambda: entries.revise(own(), draft("Two.", tags=["sky"], day=date(2025, 1, 1)), 1, clock.now())),
        ({"sky"}, lambda: entries.revise(own(), draft("Three.", day=date(2025, 1, 2)), 2, clock.now())),
        ({"sea"}, lambda: entries.revise(own(), draft("Four.", tags=["sea"], day=date(2025, 1, 3)), 3, clock.now())),
        (set(), lambda: trash.discard(own(), clock.now())),
        (set(), lambda: trash.restore(own(in_trash=True))),
    ]
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for names, act in acts:
            statements.clear()
            with writing():
                act()
            first = next(number for number, (one, _) in enumerate(statements) if one.startswith(("INSERT INTO entry ", "UPDATE entry SET")))
            locks = [values for one, values in statements[:first] if "tag.name_folded IN" in one or one.startswith("UPDATE tag")]
            assert any(all(repr(name) in values for name in names) for values in locks), statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
