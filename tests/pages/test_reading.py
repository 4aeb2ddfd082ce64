"""The journal in pages, finding, looking back, feeds, health and faults."""

import xml.etree.ElementTree as ET
from datetime import date, time, timedelta

import pytest
from flask import Flask

from app import __version__
from app.database import migrating
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry
from app.web import template_context
from tests.factories import Factory
from tests.page_client import Page, PageClient

ATOM = "{http://www.w3.org/2005/Atom}"


def titles(page: Page) -> list[str]:
    return [link.removeprefix("/entry/") for link in page.links() if link.startswith("/entry/")]


def test_pages_by_key_show_each_entry_once_and_lead_back(factory: Factory, ada: PageClient) -> None:
    made = [
        factory.entry(day=date(2026, 1, 1) + timedelta(days=number // 3), at=time(number % 3), body=str(number)) for number in range(45)
    ]
    expected = [str(entry.id) for entry in sorted(made, key=lambda entry: (entry.sort_key, entry.id), reverse=True)]
    pages: list[list[str]] = []
    path = "/"
    for _turn in range(3):
        page = ada.visit(path)
        pages.append(titles(page))
        path = next((link for link in page.links() if "older=" in link), "")
    assert [title for page_titles in pages for title in page_titles] == expected and not path
    back = next(link for link in page.links() if "newer=" in link)
    assert titles(ada.visit(back)) == pages[1]
    newest = factory.entry(day=date(2026, 2, 1))
    assert titles(ada.visit("/"))[0] == str(newest.id)
    assert titles(ada.visit(back)) == pages[1], "a new entry must not shift the page"


def test_the_first_page_is_whole_however_one_comes_to_it(factory: Factory, ada: PageClient) -> None:
    made = [factory.entry(day=date(2026, 1, 1) + timedelta(days=number)) for number in range(25)]
    page = ada.visit(f"/?newer={made[15].sort_key}-{made[15].id}")
    assert len(titles(page)) == 20 and titles(page)[0] == str(made[-1].id)


@pytest.mark.parametrize("key", ["", "x", "-", "1", "1-x", "0-0", "99999999999-99999999999", "٣-٣"])
def test_a_key_that_is_none_means_the_first_page(factory: Factory, ada: PageClient, key: str) -> None:
    factory.entry(title="Only")
    page = ada.visit(f"/?older={key}")
    assert "Only" in page.text or key == "0-0"


def test_views_choose_whose_entries(factory: Factory, ada: PageClient) -> None:
    factory.entry(title="My secret")
    factory.entry(title="My gift", visibility="members")
    factory.entry(factory.ben, title="His gift", visibility="public")
    factory.entry(factory.ben, title="His secret")
    shown = {view: ada.visit(f"/?view={view}").text for view in ("all", "mine", "shared", "nonsense")}
    assert [name in shown["all"] for name in ("My secret", "My gift", "His gift", "His secret")] == [True, True, True, False]
    assert [name in shown["mine"] for name in ("My secret", "My gift", "His gift")] == [True, True, False]
    assert [name in shown["shared"] for name in ("My secret", "My gift", "His gift")] == [False, True, True]
    assert "by ben" in shown["all"] and "His gift" in shown["nonsense"]


def test_links_to_the_journal_lead_to_the_view_that_was_chosen(factory: Factory, ada: PageClient) -> None:
    factory.entry(factory.ben, title="His gift", visibility="public")
    assert "His gift" in ada.visit("/").text and "/?view=mine" not in ada.visit("/tags").links()
    for view in ("mine", "shared"):
        ada.visit(f"/?view={view}")
        for path in ("/tags", "/?view=starred", "/entry?date=2026-03-01", "/nowhere"):
            assert f"/?view={view}" in ada.visit(path, 404 if path == "/nowhere" else 200).links(), path
    ada.submit("/entry", ada.visit("/").form("/entry") | {"body": "A line."})
    assert ada.location == "/?view=shared"
    assert "His gift" in ada.visit("/").text, "the bare address shows all, whatever was chosen"
    assert "/?view=shared" in ada.visit("/tags").links(), "and asks for no other"
    ada.visit("/?view=all")
    assert {link for link in ada.visit("/tags").links() if link.startswith("/?")} == {"/?view=starred"}
    ada.client.set_cookie("view", "starred&x=1")
    assert "/" in ada.visit("/tags").links() and "x=1" not in ada.page.html, "what a browser says of its choice is held against the list"


def test_search_finds_marks_and_explains(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    factory.entry(body="The great fire began <here>.", tags=["fire"])
    factory.entry(body="A great deal of firewood.")
    page = ada.visit('/search?q="great+fire"')
    assert "<mark>great</mark> <mark>fire</mark>" in page.html and "&lt;here&gt;" in page.html and len(titles(page)) == 1
    assert "Nothing found" in ada.visit("/search?q=comet").text
    assert "start like that" in ada.visit("/search?q=firew").text
    assert "Nothing found" in ben.visit("/search?q=great").text
    ada.visit("/search")
    ada.visit("/search?q=great&page=abc")


@pytest.mark.parametrize(
    "query", ['"', "(", "C++", "a-b", "O'Reilly", "AND OR NOT", "-", "tag:", "from:xx", "*", "%_", "NEAR(", "-x", "🙂"]
)
def test_no_query_is_an_error(factory: Factory, ada: PageClient, query: str) -> None:
    factory.entry(body="O'Reilly wrote C++ a-b")
    ada.visit("/search", query_string={"q": query})


def test_the_calendar_leads_to_days_and_to_empty_pages(factory: Factory, ada: PageClient) -> None:
    factory.entry(day=date(1666, 9, 2))
    factory.entry(day=date(1666, 9, 2))
    page = ada.visit("/calendar/1666/09")
    assert "/day/1666-09-02" in page.links() and "/entry?date=1666-09-03" in page.links()
    assert "September 1666" in page.text
    year = ada.visit("/calendar/1666")
    assert "/day/1666-09-02" in year.links() and "You wrote on 1 day" in year.text
    assert "March 2026" in ada.visit("/calendar").text
    for path in ("/calendar/0", "/calendar/10000", "/calendar/2026/13", "/calendar/2026/0", "/day/2026-02-30", "/day/0000-01-01"):
        ada.visit(path, 404)


def test_a_day_shows_its_entries_morning_first_and_its_neighbours(factory: Factory, ada: PageClient) -> None:
    factory.entry(day=date(2026, 3, 1), at=time(21), body="Evening.")
    factory.entry(day=date(2026, 3, 1), at=time(7), body="Morning.")
    factory.entry(day=date(2026, 2, 3))
    factory.entry(day=date(2026, 3, 9))
    page = ada.visit("/day/2026-03-01")
    assert page.text.index("Morning.") < page.text.index("Evening.")
    assert {"/day/2026-02-03", "/day/2026-03-09"} <= set(page.links())
    assert "Nothing written" in ada.visit("/day/2026-03-02").text


def test_on_this_day_follows_the_day_looked_at(factory: Factory, ada: PageClient) -> None:
    factory.entry(day=date(2020, 3, 14), title="Six years ago")
    factory.entry(day=date(2026, 3, 14), title="Today itself")
    factory.entry(day=date(2024, 2, 29), title="Leap day")
    page = ada.visit("/on-this-day")
    assert "Six years ago" in page.text and "Today itself" not in page.text
    assert "Leap day" in ada.visit("/on-this-day?date=2025-02-28").text
    assert "Leap day" not in ada.visit("/on-this-day?date=2028-02-28").text
    assert "Leap day" in ada.visit("/on-this-day?date=2020-02-29").text


def test_feeds_hold_public_entries_and_are_well_formed(factory: Factory, stranger: PageClient) -> None:
    factory.entry(title="A & B <c>", body="*Text* & more", visibility="public")
    factory.entry(title="Secret")
    for path in ("/feed.atom", "/people/ada/feed.atom"):
        stranger.visit(path)
        root = ET.fromstring(stranger.response.data)
        (entry,) = root.findall(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}title") == "A & B <c>" and entry.findtext(f"{ATOM}author/{ATOM}name") == "ada"
        content = entry.findtext(f"{ATOM}content") or ""
        assert content.startswith('<p dir="auto"><em>Text</em> &amp; more</p>')
        link = entry.find(f"{ATOM}link")
        assert link is not None and link.get("href", "").startswith("http://localhost/entry/")


def test_people_who_are_not_there_and_not_confirmed_are_alike(factory: Factory, stranger: PageClient) -> None:
    assert factory.dan
    stranger.visit("/people/dan", 404)
    stranger.visit("/people/nobody", 404)
    stranger.visit("/people/nobody/feed.atom", 404)


def test_health_is_told_without_secrets(stranger: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger.visit("/healthz")
    assert stranger.statements == [], "it says that the process lives, whatever has become of the database"
    stranger.visit("/readyz")
    facts: dict[str, object] = {"version": __version__, "failing_chores": [], "last_backup": None, "last_backup_age_seconds": None}
    assert stranger.response.json == {"status": "ready", **facts}
    monkeypatch.setattr(migrating, "newest_revision", lambda: "9999")
    stranger.visit("/readyz", 503)
    assert stranger.response.json == {"status": "not ready", "reason": "not migrated"}


def test_the_welcome_page_asks_nothing_and_sets_no_cookie(stranger: PageClient) -> None:
    stranger.visit("/")
    assert "Set-Cookie" not in stranger.response.headers


@pytest.mark.parametrize("path", ["/nowhere", "/entry/abc", "/static/x/none.css"])
def test_missing_pages_look_like_the_others(stranger: PageClient, path: str) -> None:
    assert "Page not found" in stranger.visit(path, 404).text


def test_a_wrong_method_is_explained(ada: PageClient) -> None:
    ada.submit("/calendar", {}, 405, from_page="/logout")
    assert "GET" in ada.response.headers["Allow"]


def test_another_host_and_another_site_are_turned_away(app: Flask, ada: PageClient) -> None:
    assert ada.client.get("/", headers={"Host": "evil.test"}).status_code == 400
    answer = ada.client.post("/logout", data={"csrf_token": ada.secret("/logout")}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_static_files_are_kept_for_a_year_and_compressed(stranger: PageClient) -> None:
    page = stranger.visit("/")
    style = page.all("link")[0]["href"]
    answer = stranger.client.get(style, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable" and answer.headers["Content-Encoding"] == "gzip"
    older = stranger.client.get("/static/older/daybook.css")
    assert "immutable" not in older.headers["Cache-Control"] and older.status_code == 200


def test_the_start_page_with_all_its_files_is_small(stranger: PageClient) -> None:
    page = stranger.visit("/")
    files = [attributes["href"] for attributes in page.all("link") if "stylesheet" in attributes["rel"] or attributes["rel"] == "icon"]
    files += [attributes["src"] for attributes in page.all("script")]
    sizes = [len(stranger.client.get(path, headers={"Accept-Encoding": "gzip"}).data) for path in files]
    assert len(page.html.encode()) + sum(sizes) < 30_000


def test_no_list_keeps_the_words_of_a_deleted_entry(factory: Factory, ada: PageClient) -> None:
    gone = factory.entry(title="Gone", body="Nobody is to find this.")
    factory.entry(title="Stays", body="This one is read again.")
    ada.visit("/")
    rows_in_memory = template_context._kept_in_list.cache_info
    assert rows_in_memory().currsize >= 2
    ada.submit(f"/entry/{gone.id}/trash", {})
    ada.submit(f"/trash/{gone.id}/delete", {})
    assert "Nobody is to find this." not in ada.visit("/").text
    assert rows_in_memory().currsize == 1
    ada.visit("/")
    assert rows_in_memory().currsize == 1, "what was not deleted is used again"


def test_a_task_is_ticked_while_reading(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    entry = factory.entry(body="- [ ] milk\n- [x] bread", visibility="members", tags=["home"])
    page = ada.visit(f"/entry/{entry.id}")
    assert [button["value"] for button in page.all("button") if button.get("class") == "task"] == ["1-1", "2-0"]
    assert "task-1" not in ben.visit(f"/entry/{entry.id}").html
    ada.submit(f"/entry/{entry.id}/task", {"task": "1-1", "version": "1"}, from_page=f"/entry/{entry.id}")
    assert ada.location == f"/entry/{entry.id}#task-1"
    ada.submit(f"/entry/{entry.id}/task", {"task": "1-1", "version": "1"}, from_page=f"/entry/{entry.id}")
    again = factory.again(entry)
    assert (again.body, again.version, again.tag_names) == ("- [x] milk\n- [x] bread", 2, ["home"]), "pressed twice, it is done once"
    assert "changed in the meantime" in ada.visit(f"/entry/{entry.id}").text
    for wrong in ("", "0-1", "1-2", "x", "1"):
        ada.submit(f"/entry/{entry.id}/task", {"task": wrong, "version": "2"}, 400, from_page="/logout")
    ada.submit(f"/entry/{entry.id}/task", {"task": "3-1", "version": "2"}, from_page="/logout")
    ben.submit(f"/entry/{entry.id}/task", {"task": "1-0", "version": "2"}, 404, from_page="/logout")
    assert factory.again(entry).version == 2


def test_markdown_for_others_tells_nothing_of_entries_that_are_not_theirs(app: Flask, factory: Factory) -> None:
    hidden, shown = factory.entry(), factory.entry(visibility="public")
    twin = factory.entry(factory.ben, visibility="public")
    with app.app_context(), writing():
        db.session.get_one(Entry, twin.id).uid = hidden.uid
    entry = factory.entry(body=f"[that](entry:{hidden.uid}) and [this](entry:{shown.uid})", visibility="public")
    stranger, writer = PageClient(app), PageClient(app).signed_in_as(factory.ada)
    text = stranger.client.get(f"/entry/{entry.id}.md").text
    assert text.endswith(f"[that](#) and [this]({app.config['PUBLIC_URL']}/entry/{shown.id})") and hidden.uid not in text
    assert hidden.uid in writer.client.get(f"/entry/{entry.id}.md").text
