"""What helps to write: templates, prompts, stars, moods, sealed pages, and the day that ends after midnight."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, Template, User
from tests.factories import Factory
from tests.page_client import PageClient

FIELDS = {"title": "", "body": "Two boats.", "entry_date": "2026-03-01", "visibility": "private"}
HELPS = {"prompt_mode": "never", "prompts": "", "lock_after_days": "0"}


def want(page_client: PageClient, **helps: str) -> None:
    page_client.submit("/account/writing", {**HELPS, **helps})


def test_a_page_begins_with_a_template(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    ada.submit("/account/templates", {"name": "", "body": "x"}, 422)
    ada.submit("/account/templates", {"name": "Morning", "body": "Weather:\n\nSlept:", "tags": "morning"})
    with app.app_context():
        (found,) = db.session.scalars(select(Template))
    page = ada.visit("/entry")
    assert f"/entry?template={found.id}" in page.links() and page.form(having="body")["body"] == ""
    fields = ada.visit(f"/entry?template={found.id}").form(having="body")
    assert (fields["body"], fields["tags"]) == ("Weather:\n\nSlept:", "morning")
    ada.submit(f"/account/templates/{found.id}", {"name": "Dawn", "body": "Light:", "tags": ""})
    assert "Dawn" in ada.visit("/account/writing").text
    assert ben.visit(f"/entry?template={found.id}").form(having="body")["body"] == ""
    ben.visit(f"/account/templates/{found.id}", 404)
    ben.submit(f"/account/templates/{found.id}/remove", status=404, from_page="/logout")
    ada.submit(f"/account/templates/{found.id}/remove", from_page="/logout")
    assert "Dawn" not in ada.visit("/entry").text


def test_there_are_so_many_templates_and_no_more(app: Flask, factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Template, "MAX_PER_USER", 1)
    ada.submit("/account/templates", {"name": "One", "body": "x"})
    page = ada.submit("/account/templates", {"name": "Two", "body": "typed"}, 422)
    assert "maximum number of templates" in page.text and page.form(having="body")["body"] == "typed"


def test_prompts_are_off_until_wanted_and_take_turns(factory: Factory, ada: PageClient) -> None:
    want(ada, prompts="First?\n\n  Second?  \nThird?")
    assert "First?" in ada.visit("/account/writing").form(having="prompts")["prompts"]
    assert not any(prompt in ada.visit("/entry").text for prompt in ("First?", "Second?", "Third?"))
    want(ada, prompts="First?\nSecond?\nThird?", prompt_mode="daily")
    seen = []
    for day in range(1, 7):
        text = ada.visit(f"/entry?date=2026-03-{day:02}").text
        seen.append(next(prompt for prompt in ("First?", "Second?", "Third?") if prompt in text))
    assert set(seen[:3]) == {"First?", "Second?", "Third?"} and seen[3:] == seen[:3]
    want(ada, prompts="Only?", prompt_mode="random")
    assert "Only?" in ada.visit("/entry").text


def test_a_prompt_stays_for_a_week_and_rests_on_days_of_rest(ada: PageClient) -> None:
    want(ada, prompts="First?\nSecond?", prompt_mode="weekly", prompt_rest_days="6")
    shown = []
    for day in range(2, 16):
        text = ada.visit(f"/entry?date=2026-03-{day:02}").text
        shown.append(next((prompt for prompt in ("First?", "Second?") if prompt in text), ""))
    assert len(set(shown[:6])) == 1 and len(set(shown[7:13])) == 1 and shown[0] != shown[7], "from Monday to Saturday the same"
    assert shown[6] == shown[13] == "", "Sundays are for rest"


@pytest.mark.parametrize("days", ["", "-1", "x", "99999999999"])
def test_what_is_no_number_of_days_is_refused(ada: PageClient, days: str) -> None:
    assert "0 for never" in ada.submit("/account/writing", {**HELPS, "lock_after_days": days}, 422).text


def test_stars_are_given_taken_and_listed(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    entry, other = factory.entry(title="Starred boat", visibility="public"), factory.entry(title="Other boat")
    ada.submit(f"/entry/{entry.id}/star", {"starred": "1"}, from_page="/logout")
    assert "★ Starred" in ada.visit(f"/entry/{entry.id}").text
    text = ada.visit("/?view=starred").text
    assert "Starred boat" in text and "Other boat" not in text and factory.again(entry).version == 1
    ben.submit(f"/entry/{entry.id}/star", {"starred": "1"}, 404, from_page="/logout")
    assert "Starred boat" not in ben.visit("/?view=starred").text
    ada.submit(f"/entry/{entry.id}/star", {"starred": ""}, from_page="/logout")
    assert "No starred entries yet" in ada.visit("/?view=starred").text and other.id


def test_a_mood_is_asked_for_if_wished_and_kept_with_every_version(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    assert not any(field.get("id") == "mood" and field.get("type") != "hidden" for field in ada.visit("/entry").all("input"))
    want(ada, mood_enabled="y")
    assert any(label.get("for") == "mood" for label in ada.visit("/entry").all("label"))
    ada.submit("/entry", {**FIELDS, "mood": "🌊 wide awake", "visibility": "members"})
    path = ada.location
    assert "🌊 wide awake" in ada.visit(path).text and "wide awake" not in ben.visit(path).html, "its writer's alone"
    ada.submit(f"{path}/edit", {**FIELDS, "mood": "tired", "version": "1"})
    assert "tired" in ada.visit(path).text and "🌊 wide awake" in ada.visit(f"{path}/history/1").text
    ada.submit(f"{path}/history/1/restore", from_page="/logout")
    assert "🌊 wide awake" in ada.visit(path).text
    want(ada)
    assert ada.visit(f"{path}/edit").form(having="body")["mood"] == "🌊 wide awake", "what is there is not lost"
    ada.submit("/entry", {**FIELDS, "mood": "x" * 41}, 422)


def test_a_draft_keeps_the_mood(factory: Factory, ada: PageClient) -> None:
    ada.submit("/entry/draft", {**FIELDS, "mood": "calm", "key": "k", "serial": "1"}, 200, from_page="/entry")
    page = ada.visit("/drafts")
    (path,) = [link for link in page.links() if link.startswith("/drafts/")]
    assert ada.visit(path).form(having="body")["mood"] == "calm"


def test_a_sealed_page_asks_before_it_is_changed(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(title="Harbour")
    with app.app_context(), writing() as session:
        session.execute(update(Entry).values(created_at=clock.now() - timedelta(days=31)))
    assert ada.visit(f"/entry/{entry.id}/edit").form(having="body")
    want(ada, lock_after_days="30")
    page = ada.visit(f"/entry/{entry.id}/edit")
    assert "This entry is locked" in page.text and f"/entry/{entry.id}/edit?correct=1" in page.links()
    fields = ada.visit(f"/entry?about={entry.id}").form(having="body")
    assert fields["body"] == f"[Harbour](entry:{entry.uid})\n\n" and fields["entry_date"] == "2026-03-14"
    fields = ada.visit(f"/entry/{entry.id}/edit?correct=1").form(having="body")
    ada.submit(f"/entry/{entry.id}/edit", {**fields, "body": "Corrected.", "visibility": "private"}, from_page="/logout")
    fresh = factory.entry(title="Fresh")
    assert ada.visit(f"/entry/{fresh.id}/edit").form(having="body"), "a new page is not sealed, whatever day it is about"


def test_a_note_about_somebody_elses_page_begins_empty(factory: Factory, ada: PageClient) -> None:
    theirs = factory.entry(factory.ben, title="Secret title")
    for about in (str(theirs.id), "999999", "x", "-1", "9" * 30):
        page = ada.visit(f"/entry?about={about}")
        assert page.form(having="body")["body"] == "" and "Secret title" not in page.html


def test_after_midnight_the_page_says_which_day_it_is_for(app: Flask, factory: Factory, ada: PageClient) -> None:
    with app.app_context(), writing() as session:
        session.get_one(User, factory.ada.id).day_ends_at = 3
    with clock.set_to(datetime(2026, 3, 16, 1, 30, tzinfo=UTC)):
        page = PageClient(app).signed_in_as(factory.ada).visit("/entry")
        assert "This entry is dated Sunday, March 15, 2026" in page.text and "/entry?date=2026-03-16" in page.links()
        assert page.form(having="body")["entry_date"] == "2026-03-15"
        assert "This entry is dated" not in PageClient(app).signed_in_as(factory.ada).visit("/entry?date=2026-03-16").text
    with clock.set_to(datetime(2026, 3, 16, 4, 0, tzinfo=UTC)):
        assert "This entry is dated" not in PageClient(app).signed_in_as(factory.ada).visit("/entry").text


def test_a_template_that_is_refused_comes_back(factory: Factory, ada: PageClient) -> None:
    page = ada.submit("/account/templates", {"name": "Morning", "body": "Weather:", "tags": "sea", "csrf_token": "old"}, 400)
    kept = page.form(action="/account/templates")
    assert (kept["name"], kept["body"], kept["tags"]) == ("Morning", "Weather:", "sea")
    ada.submit("/account/templates", kept)
    assert "Morning" in ada.visit("/account/writing").text


@pytest.mark.parametrize("way", ["line", "page"])
def test_what_is_written_after_midnight_is_the_last_of_its_day(app: Flask, factory: Factory, way: str) -> None:
    with app.app_context(), writing() as session:
        session.get_one(User, factory.ada.id).day_ends_at = 4
    for hour in (8, 22):
        factory.entry(title=f"At {hour}", day=date(2026, 3, 13), at=time(hour))
    with clock.set_to(datetime(2026, 3, 14, 0, 55, tzinfo=UTC)):
        ada = PageClient(app).signed_in_as(factory.ada)
        form = ada.visit("/").form(having="quick") if way == "line" else ada.visit("/entry").form(having="body")
        ada.submit("/entry", {**form, "body": "Night."}, from_page="/entry")
        with app.app_context():
            night = db.session.scalars(select(Entry).where(Entry.body == "Night.")).one()
            assert (night.entry_date, night.entry_time) == (date(2026, 3, 13), None)
        titles = re.findall(r"<h\d class=\"title\"[^>]*><a [^>]*>([^<]+)", ada.visit("/").html)
        assert titles == ["Night.", "At 22", "At 8"]
        edited = {**ada.visit(f"/entry/{night.id}/edit").form(having="body"), "body": "Night, and rain."}
        ada.submit(f"/entry/{night.id}/edit", edited)
        assert ada.visit("/").html.index("Night, and rain.") < ada.page.html.index("At 22")
        ada.submit(f"/entry/{night.id}/edit", {**edited, "version": "2", "entry_date": "2026-03-12"})
        assert ada.visit("/").html.index("At 8") < ada.page.html.index("Night, and rain.")
