"""What a person likes, and taking everything away."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from flask import Flask

from app import clock, i18n
from tests.emails import waiting_emails
from tests.factories import PASSWORD, Factory
from tests.page_client import PageClient

LIKED = {"timezone": "Europe/Lisbon", "day_ends_at": "3", "week_begins_on": "6", "default_visibility": "members"}


def test_what_a_person_likes_is_kept(factory: Factory, ada: PageClient) -> None:
    ada.submit("/account", LIKED)
    html = ada.visit("/account").html
    for value in ("Europe/Lisbon", "3", "6", "members"):
        assert f'<option selected value="{value}">' in html
    heads = [str(cell) for cell in ada.visit("/calendar/2026/03").html.split('<th scope="col">')[1:]]
    assert heads[0].startswith("Sun") and heads[6].startswith("Sat")
    ada.visit("/calendar/2026")
    assert ada.visit("/entry").form(action="/entry")["visibility"] == "members"


@pytest.mark.parametrize(("hour", "day", "clock_time"), [(2, "2026-03-13", ""), (3, "2026-03-14", "03:30")])
def test_a_page_before_the_day_ends_belongs_to_the_day_before(
    factory: Factory, ada: PageClient, hour: int, day: str, clock_time: str
) -> None:
    ada.submit("/account", LIKED)
    with clock.set_to(datetime(2026, 3, 14, hour, 30, tzinfo=UTC)):
        fields = ada.visit("/entry").form(action="/entry")
        assert (fields["entry_date"], fields["entry_time"]) == (day, clock_time)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "2026-03-28"),
        (datetime(2026, 3, 29, 2, 0, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), "2026-10-24"),
        (datetime(2026, 10, 25, 3, 0, tzinfo=UTC), "2026-10-25"),
    ],
    ids=["spring before", "spring after", "autumn before", "autumn after"],
)
def test_the_day_ends_by_the_clock_on_the_wall(app: Flask, factory: Factory, moment: datetime, day: str) -> None:
    with clock.set_to(moment):
        ada = PageClient(app).signed_in_as(factory.ada)
        ada.submit("/account", {**LIKED, "timezone": "Europe/Lisbon"})
        assert ada.visit("/entry").form(action="/entry")["entry_date"] == day


@pytest.mark.parametrize("change", [{"day_ends_at": "7"}, {"week_begins_on": "x"}, {"default_visibility": "friends"}])
def test_what_nobody_can_like_is_refused(factory: Factory, ada: PageClient, change: dict[str, str]) -> None:
    ada.submit("/account", {**LIKED, **change}, 422)


def test_others_see_the_name_that_a_person_goes_by(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    entry = factory.entry(visibility="public")
    ada.submit("/account", {**LIKED, "display_name": " Ada  Lovelace "})
    assert "by Ada Lovelace" in ben.visit("/").text
    assert "Ada Lovelace ada" in ben.visit(f"/entry/{entry.id}").text
    assert ben.visit("/people/ada").title.startswith("Ada Lovelace") and "ada" in ben.page.text.split()
    assert "<name>Ada Lovelace</name>" in ben.client.get("/feed.atom").text
    assert "by Ada" not in ada.visit("/").text


@pytest.mark.parametrize("name", ["BEN", "Administrator", "x" * 81, "bеn", "ben\u200b", "Dаybook"])
def test_nobody_goes_by_another_s_user_name(factory: Factory, ada: PageClient, name: str) -> None:
    assert factory.ben
    ada.submit("/account", {**LIKED, "display_name": name}, 422)
    ada.submit("/account", {**LIKED, "display_name": "Ada"})


def test_the_look_goes_with_the_person(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.submit("/account/theme", {"theme": "dark"}, from_page="/logout")
    elsewhere = PageClient(app).signed_in_as(factory.ada)
    assert 'data-theme="dark"' in elsewhere.visit("/").html
    ada.client.post("/logout", data={"csrf_token": ada.secret("/logout")})
    assert 'data-theme="dark"' in ada.visit("/login").html, "and stays in this browser"


def test_a_language_is_chosen_where_there_are_several(
    app: Flask, factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "locale" not in ada.visit("/account").form(having="display_name")
    monkeypatch.setattr(i18n, "LANGUAGES", ("en", "de"))
    assert "Deutsch" in ada.visit("/account").text
    ada.submit("/account", {**LIKED, "locale": "ru"}, 422)
    ada.submit("/account", {**LIKED, "locale": "de"})
    assert ada.visit("/account").all("html")[0]["lang"] == "de"


def test_the_journal_is_downloaded_and_told_of(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(title="Kept", body="One.")
    factory.entry(factory.ben, title="Not mine")
    secret = ada.secret("/logout")
    answer = ada.client.post("/account/export", data={"csrf_token": secret}, buffered=True)
    assert answer.mimetype == "application/zip" and "journal-ada-2026-03-14.zip" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        journal = archive.read("journal.json").decode()
        assert "Kept" in journal and "Not mine" not in journal and archive.testzip() is None
    assert waiting_emails(app)[-1].subject == "Journal exported"


def test_the_user_name_is_changed_and_told_of(app: Flask, factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    entry = factory.entry(visibility="public")
    ada.submit("/account/username", {"username": "Countess"})
    assert "Countess" in ada.visit("/account").text and "Countess" in stranger.visit(f"/entry/{entry.id}").text
    stranger.visit("/people/countess")
    stranger.visit("/people/ada", 404)
    assert waiting_emails(app)[-1].subject == "User name changed"
    stranger.submit("/login", {"username": "countess", "password": PASSWORD})


@pytest.mark.parametrize("name", ["BEN", "ben", "ad a", "аda", "admin"])
def test_a_user_name_that_is_taken_or_none_is_refused(app: Flask, factory: Factory, ada: PageClient, name: str) -> None:
    assert factory.ben
    ada.submit("/account/username", {"username": name}, 422)
    assert "ada" in ada.visit("/account").text and waiting_emails(app) == []
