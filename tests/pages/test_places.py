"""The place of an entry: typed, kept with every version and in drafts, told to its writer alone, taken along, counted."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from app.database.transactions import writing
from app.extensions import db
from app.formats import daybook
from app.models import Draft, Entry, Revision
from app.queries import statistics, suggestions
from app.text.places import NOWHERE, Place, read, tidy
from tests.cli.test_journals import rewritten, run
from tests.conftest import NewApp
from tests.factories import Factory
from tests.page_client import PageClient
from tests.upgrades import uncopied

FIELDS = {"title": "", "body": "Two boats.", "entry_date": "2026-03-01", "visibility": "private"}
PIER = {"place": "Pier 3, Lisbon", "latitude": "38.7", "longitude": "-9.1"}


def place_of(factory: Factory, path: str) -> Place:
    return kept(factory, path).place


def kept(factory: Factory, path: str) -> Entry:
    with factory.app.app_context():
        return db.session.get_one(Entry, int(path.rpartition("/")[2]))


def test_a_place_is_kept_with_every_version(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    ada.submit("/entry", {**FIELDS, "place": " Café\u00a0A Brasileira ", "visibility": "members"})
    path = ada.location
    assert "Café A Brasileira" in ada.visit(path).text and "Brasileira" not in ben.visit(path).html, "its writer's alone"
    ada.submit(f"{path}/edit", {**FIELDS, "place": "ירושלים", "version": "1"})
    assert "ירושלים" in ada.visit(path).text and "A Brasileira" in ada.visit(f"{path}/history/1").text
    ada.submit(f"{path}/history/1/restore", from_page="/logout")
    assert ada.visit(f"{path}/edit").form(having="body")["place"] == "Café A Brasileira"
    assert kept(factory, path).version == 3


def test_degrees_stay_as_long_as_the_name_does(factory: Factory, ada: PageClient) -> None:
    ada.submit("/entry", {**FIELDS, **PIER})
    path = ada.location
    assert place_of(factory, path) == Place("Pier 3, Lisbon", 38.7, -9.1)
    ada.submit(f"{path}/edit", {**FIELDS, "place": "Pier 3, Lisbon", "body": "Three boats.", "version": "1"})
    assert place_of(factory, path) == Place("Pier 3, Lisbon", 38.7, -9.1)
    ada.submit(f"{path}/edit", {**FIELDS, "place": "Porto", "version": "2"})
    assert place_of(factory, path) == Place("Porto")
    ada.submit(f"{path}/history/2/restore", from_page="/logout")
    assert place_of(factory, path) == Place("Pier 3, Lisbon", 38.7, -9.1), "where it was is not lost"


@pytest.mark.parametrize(
    "wrong", [{"place": "x" * 201}, {"latitude": "91"}, {"longitude": "-181"}, {"latitude": "nan"}, {"longitude": "east"}]
)
def test_a_place_that_is_none_is_refused_and_nothing_lost(factory: Factory, ada: PageClient, wrong: dict[str, str]) -> None:
    page = ada.submit("/entry", {**FIELDS, **PIER, **wrong}, 422)
    assert page.form(having="body")["body"] == "Two boats." and page.form(having="body")["place"] == {**PIER, **wrong}["place"]


def test_a_draft_keeps_its_place(factory: Factory, ada: PageClient) -> None:
    ada.submit("/entry/draft", {**FIELDS, "place": "Sintra", "key": "k", "serial": "1"}, 200, from_page="/entry")
    (path,) = [link for link in ada.visit("/drafts").links() if link.startswith("/drafts/")]
    assert ada.visit(path).form(having="body")["place"] == "Sintra"
    ada.submit(f"{path}/discard", from_page="/drafts")
    with factory.app.app_context():
        assert db.session.scalars(select(Entry.place_name)).all() == ["Sintra"], "it lies in the trash with its place"


def test_what_a_form_leaves_out_stays_as_it_is(factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(place=Place("Sintra", 38.8, -9.4), mood="calm")
    older = {**FIELDS, "version": "1", "entry": str(entry.id), "key": "from an older page", "serial": "1"}
    ada.submit("/entry/draft", older, 200, from_page=f"/entry/{entry.id}/edit")
    (path,) = [link for link in ada.visit("/drafts").links() if link.startswith("/drafts/")]
    form = ada.visit(path).form(having="body")
    assert (form["place"], form["mood"]) == ("Sintra", "calm")
    ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, "version": "1"})
    now = kept(factory, ada.location)
    assert (now.body, now.mood, now.place) == ("Two boats.", "calm", Place("Sintra", 38.8, -9.4))
    ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, "version": "2", "place": "", "mood": ""})
    assert (kept(factory, ada.location).mood, place_of(factory, ada.location)) == ("", NOWHERE), "emptied is another matter"


def test_a_form_that_is_asked_again_leaves_it_too(factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(place=Place("Sintra", 38.8, -9.4), mood="calm")
    page = ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, "body": "", "version": "1"}, 422)
    assert (page.form(having="body")["place"], page.form(having="body")["mood"]) == ("Sintra", "calm")
    ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, "place": "Sintra", "mood": "calm", "body": "Two.", "version": "1"})
    page = ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, "body": "Three.", "version": "1"}, 409)
    assert (page.form(having="body")["place"], page.form(having="body")["mood"]) == ("Sintra", "calm")
    assert kept(factory, f"/{entry.id}").place == Place("Sintra", 38.8, -9.4)
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    page = ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, "body": "Four.", "version": "2"}, 409, from_page="/entry")
    assert (page.form(having="body")["place"], page.form(having="body")["mood"]) == ("Sintra", "calm")


def test_degrees_come_in_twos_and_are_given_back(factory: Factory, ada: PageClient) -> None:
    page = ada.submit("/entry", {**FIELDS, "place": "Pier 3", "latitude": "38.7"}, 422)
    assert "Enter both latitude and longitude, or neither." in page.text
    form = page.form(having="body")
    assert (form["place"], form["latitude"]) == ("Pier 3", "38.7")
    assert "Enter degrees from -180 to 180." in ada.submit("/entry", {**FIELDS, **PIER, "longitude": "200"}, 422).text
    page = ada.submit("/entry", {**FIELDS, **PIER, "body": ""}, 422)
    assert {name: page.form(having="body")[name] for name in PIER} == PIER
    entry = factory.entry(body="One.")
    page = ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, **PIER, "version": "7"}, 409)
    assert {name: page.form(having="body")[name] for name in PIER} == PIER


def test_a_place_without_a_name_is_seen_and_can_be_taken_away(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    entry = factory.entry(place=Place("", 38.7, -9.1), visibility="members")
    path = f"/entry/{entry.id}"
    assert "38.7, -9.1" in ada.visit(path).text and "38.7" not in ben.visit(path).html
    assert ada.visit(f"{path}/edit").form(having="body")["place"] == "38.7, -9.1"
    ada.submit(f"{path}/edit", {**FIELDS, "place": "38.7, -9.1", "version": "1"})
    assert place_of(factory, path) == Place("", 38.7, -9.1)
    ada.submit(f"{path}/edit", {**FIELDS, "place": "", "version": "2"})
    assert place_of(factory, path) == NOWHERE and "38.7, -9.1" in ada.visit(f"{path}/history/2").text


@pytest.mark.parametrize("place", [Place("Sintra", 38.8, -9.4), Place("", 38.7, -9.1)])
def test_a_text_saved_as_a_new_entry_takes_the_whole_place_along(factory: Factory, ada: PageClient, place: Place) -> None:
    entry = factory.entry(place=place)
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    page = ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, "place": place.label, "version": "1", "key": "k"}, 409, from_page="/entry")
    form = page.form(having="body")
    ada.submit("/entry", {**{name: value for name, value in form.items() if name != "restore"}, "as_new": "1"})
    assert place_of(factory, ada.location) == place
    ada.submit("/entry/draft", {**FIELDS, "place": place.label, "key": "other", "serial": "1"}, 200, from_page="/entry")
    (path,) = [link for link in ada.visit("/drafts").links() if link.startswith("/drafts/")]
    ada.submit(f"{path}/discard", from_page="/drafts")
    with factory.app.app_context():
        newest = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
        assert newest and newest.place == (place if not place.name else Place(place.name))


@pytest.mark.parametrize("sent", [{}, {"place": "38.7, -9.1"}, {"place": "40.1, -8.2"}, {"place": ""}])
def test_other_degrees_of_a_place_without_a_name_make_no_name(factory: Factory, ada: PageClient, sent: dict[str, str]) -> None:
    entry = factory.entry(place=Place("", 38.7, -9.1))
    ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, **sent, "latitude": "40.1", "longitude": "-8.2", "version": "1"})
    assert place_of(factory, f"/{entry.id}") == Place("", 40.1, -8.2)


@pytest.mark.parametrize(
    ("label", "place"),
    [("", NOWHERE), ("Lisbon", Place("Lisbon")), ("38.7, -9.1", Place("", 38.7, -9.1)), ("Pier 3, Lisbon", Place("Pier 3, Lisbon"))]
    + [(odd, Place(odd)) for odd in ("38.7", "38.70, -9.1", "138.7, -9.1", "nan, 1.0", "1, 2", ", ", "1.0, 2.0, 3.0")],
)
def test_degrees_are_read_as_they_are_written(label: str, place: Place) -> None:
    assert read(label) == place and read(place.label) == place


def test_places_are_offered_and_counted(factory: Factory, ada: PageClient) -> None:
    for number, name in enumerate(["Porto", "Lisbon", "Porto", "", "Sintra"]):
        factory.entry(day=date(2025, 1, 1 + number), place=Place(name))
    factory.entry(day=date(2025, 2, 1), place=Place("Nowhere"), trashed=True)
    with factory.app.app_context():
        assert suggestions.for_writing(factory.ada.id).places == ["Sintra", "Porto", "Lisbon"]
        assert suggestions.for_writing(factory.ben.id) == suggestions.NONE
        assert [(one.of, one.number) for one in statistics.year(factory.ada.id, 2025).places] == [
            ("Porto", 2),
            ("Lisbon", 1),
            ("Sintra", 1),
        ]
    assert [option["value"] for option in ada.visit("/entry").all("option") if option.get("value") in {"Sintra", "Porto", "Lisbon"}] == [
        "Sintra",
        "Porto",
        "Lisbon",
    ]
    assert "Places" in ada.visit("/statistics?year=2025").text


def test_a_place_goes_along_with_its_earlier_versions(app: Flask, factory: Factory, ada: PageClient, tmp_path: Path) -> None:
    ada.submit("/entry", {**FIELDS, **PIER})
    ada.submit(f"{ada.location}/edit", {**FIELDS, "place": "Porto", "version": "1"})
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))
    (record,) = daybook.read(tmp_path / "a.zip").entries
    assert record.facts == {"place": {"name": "Porto"}} and record.revisions[0].place == Place("Pier 3, Lisbon", 38.7, -9.1)
    run(app, "import", "daybook", str(tmp_path / "a.zip"), "--user", factory.ben.username)
    run(app, "export", "--user", "ben", "--output", str(tmp_path / "b.zip"))
    assert list(daybook.read(tmp_path / "b.zip").entries) == [record]


def test_the_migration_takes_places_out_of_the_facts_and_puts_them_back(new_app: NewApp, migrated: str) -> None:
    app = new_app(migrated)
    factory, here = Factory(app), Place("Pier 3", 38.7, -9.1)
    entry, nameless = factory.entry(place=here), factory.entry(place=Place("", 38.7, -9.1))
    elsewhere = factory.entry()
    browser = PageClient(app).signed_in_as(factory.ada)
    for number, one in enumerate([entry, nameless, elsewhere]):
        browser.submit(f"/entry/{one.id}/edit", {**FIELDS, "place": one.place.label, "version": "1"})
        form = {**FIELDS, "body": "Half", "version": "2", "entry": str(one.id), "key": f"k{number}", "serial": "1"}
        browser.submit("/entry/draft", form, 200, from_page="/entry")
    with app.app_context(), writing() as session:
        session.get_one(Entry, entry.id).facts = {"weather": "Fog"}
    with app.app_context(), uncopied():
        downgrade(revision="0102")
        upgrade()
        found = db.session.get_one(Entry, entry.id)
        assert found.place == here and found.facts == {"weather": "Fog"}
        assert [one.place for one in db.session.scalars(select(Revision).order_by(Revision.entry_id))] == [
            here,
            Place("", 38.7, -9.1),
            NOWHERE,
        ]
        assert db.session.scalars(select(Draft.place).order_by(Draft.id)).all() == ["Pier 3", "38.7, -9.1", ""], "as they could not say"


def test_an_export_that_knew_places_of_entries_only_comes_in_with_them(
    app: Flask, factory: Factory, ada: PageClient, tmp_path: Path
) -> None:
    ada.submit("/entry", {**FIELDS, **PIER})
    ada.submit(f"{ada.location}/edit", {**FIELDS, "place": "Pier 3, Lisbon", "body": "Three boats.", "version": "1"})
    entry_id = int(ada.location.rpartition("/")[2])
    ada.submit("/entry/draft", {**FIELDS, "version": "2", "entry": str(entry_id), "key": "k", "serial": "1"}, 200, from_page="/entry")
    ada.submit("/entry/draft", {**FIELDS, "key": "new", "serial": "1"}, 200, from_page="/entry")
    run(app, "export", "--user", "ada", "--output", str(tmp_path / "a.zip"))

    def as_before_places(journal: dict[str, Any]) -> None:
        for one in [*journal["drafts"], *journal["entries"][0]["revisions"]]:
            del one["place"]

    run(app, "import", "daybook", str(rewritten(tmp_path / "a.zip", as_before_places)), "--user", factory.ben.username)
    with app.app_context():
        mine = select(Entry.id).where(Entry.user_id == factory.ben.id)
        earlier = db.session.scalars(select(Revision).where(Revision.entry_id.in_(mine))).one()
        assert earlier.place == Place("Pier 3, Lisbon", 38.7, -9.1)
        places = db.session.execute(select(Draft.form_id, Draft.place).where(Draft.user_id == factory.ben.id)).all()
        assert dict(places) == {"k": "Pier 3, Lisbon", "new": ""}


@pytest.mark.parametrize("odd", [None, "Lisbon", [], {"name": 7}, {"latitude": 1.0}, {"latitude": True, "longitude": 2}, {"name": "\x00 "}])
def test_what_is_no_place_is_none(odd: object) -> None:
    assert tidy(odd) == NOWHERE
