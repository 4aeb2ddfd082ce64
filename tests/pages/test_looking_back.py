"""The journal page and what leads back from it: this day in earlier years, months, photos, neighbours, figures."""

import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, User
from app.queries import statistics
from app.text import attachments as texts
from app.text.summary import Opening, opening
from tests.factories import Factory
from tests.page_client import PageClient

DAY = date(2026, 3, 14)
"""Today, in tests."""


def with_photos(factory: Factory, number: int, day: date = DAY, words: str = "", **facts: Any) -> Entry:
    pictures = [factory.picture() for _ in range(number)]
    body = "\n\n".join(f"![{words and f'{words} {count}'}](attachment:{picture.uid})" for count, picture in enumerate(pictures, 1))
    return factory.entry(body=body, day=day, **facts)


def test_a_month_stands_once_and_a_day_once_for_all_its_entries(factory: Factory, ada: PageClient) -> None:
    for day, title in ((date(2026, 2, 3), "One"), (date(2026, 2, 3), "Two"), (date(2026, 3, 1), "Three")):
        factory.entry(day=day, title=title)
    page = ada.visit("/")
    assert re.findall(r'month-heading">([^<]+)<', page.html) == ["March 2026", "February 2026"]
    assert page.html.count("<b>3</b>") == 1 and page.html.count("<b>1</b>") == 1


def test_an_entry_without_a_title_takes_its_first_sentence(factory: Factory, ada: PageClient) -> None:
    factory.entry(body="The ferry was late. Nobody minded.", tags=["sea"])
    page = ada.visit("/")
    assert re.search(r">The ferry was late\.</a></h3>\s*<p class=\"excerpt\" dir=\"auto\">Nobody minded\.</p>", page.html)
    assert "/tags/sea" in page.links()


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("", "", ""),
        ("Short", "Short", ""),
        ("One! Two.", "One!", "Two."),
        ("Version 3.14 is out. Good.", "Version 3.14 is out.", "Good."),
        ("我们走到港口。没有人在意下雨。", "我们走到港口。", "没有人在意下雨。"),
        ("هل أنت هنا؟ نعم.", "هل أنت هنا؟", "نعم."),
        ("“Late again.” She laughed.", "“Late again.”", "She laughed."),
        ("J. R. R. Tolkien wrote. Then tea.", "J. R. R. Tolkien wrote.", "Then tea."),
        ("Dr. Smith called. All is well.", "Dr. Smith called.", "All is well."),
        ("Heute, am 27. November, fuhren wir. Spät.", "Heute, am 27. November, fuhren wir.", "Spät."),
        ("This morning Mr. Smith came. He sang.", "This morning Mr. Smith came.", "He sang."),
        ("Woke at about 9 a.m. and ran. Then tea.", "Woke at about 9 a.m. and ran.", "Then tea."),
        ("Today I turned 30. We ate cake.", "Today I turned 30.", "We ate cake."),
        ("I woke up at 7. Then I went out.", "I woke up at 7.", "Then I went out."),
        ("Lunch with J. in town. Rain.", "Lunch with J. in town.", "Rain."),
        ("Gestern um ca. drei Uhr. Regen.", "Gestern um ca. drei Uhr.", "Regen."),
        ("Вчера на ул. Ленина шёл снег. Потом чай.", "Вчера на ул. Ленина шёл снег.", "Потом чай."),
        ("went out to the sea. it rained.", "went out to the sea.", "it rained."),
    ],
)
def test_a_first_sentence_ends_as_its_script_ends_sentences(text: str, title: str, rest: str) -> None:
    assert opening(text) == Opening(title, rest)


def test_a_long_first_sentence_is_cut_and_stands_whole_below() -> None:
    text = "and then " * 40
    found = opening(text.strip())
    assert len(found.title) <= 91 and found.title.endswith("…") and found.rest == text.strip()


def test_this_day_of_an_earlier_year_is_on_the_first_page(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    for years in (1, 2, 5):
        factory.entry(day=DAY.replace(year=2026 - years), title=f"{years} ago")
    factory.entry(day=DAY.replace(year=2025), title="Gone", trashed=True)
    factory.entry(day=DAY.replace(year=2027), title="Later")
    page = ada.visit("/")
    assert "One year ago 1 ago" in page.text and "2 more years" in page.text
    assert "One year ago" not in ada.visit("/?view=starred").text and "One year ago" not in ben.visit("/").text
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert "year ago" not in ada.visit("/").text


def test_a_month_of_any_year_is_a_link_away(factory: Factory, ada: PageClient) -> None:
    factory.entry(day=date(2013, 5, 31), title="Old")
    factory.entry(day=date(2023, 6, 1), title="June")
    factory.entry(day=date(2023, 5, 31), title="Last of May")
    page = ada.visit("/")
    assert "/?month=2023-05" in page.links() and "/calendar/2013" in page.links()
    ada.visit("/?month=2023-05")
    assert "Last of May" in ada.page.text and "June" not in ada.page.text
    for month in ("2023-13", "x", "0000-01", "99999-01", "2023", "-"):
        assert "June" in ada.visit(f"/?month={month}").text


@pytest.mark.parametrize(("wanted", "place"), [("2023-05-31", "/day/2023-05-31"), ("", "/calendar"), ("nonsense", "/calendar")])
def test_go_to_a_date(ada: PageClient, wanted: str, place: str) -> None:
    ada.visit(f"/go?date={wanted}", 303)
    assert ada.location == place


def test_a_line_becomes_an_entry_of_today_and_now(app: Flask, factory: Factory, ada: PageClient) -> None:
    fields = {**ada.visit("/").form("/entry"), "body": "Rain, and soup."}
    ada.submit("/entry", fields, from_page="/")
    assert ada.location == "/" and "Rain, and soup." in ada.visit("/").text
    ada.submit("/entry", fields, from_page="/")
    with app.app_context():
        (entry,) = db.session.query(Entry).all()
        assert (entry.entry_date, entry.entry_time, entry.visibility) == (DAY, time(9, 26), "private"), "sent twice, it is one"
        assert entry.version == 1
    page = ada.submit("/entry", {**fields, "key": "another", "body": "x", "entry_date": "never"}, 422, from_page="/")
    assert page.form(having="body")["body"] == "x", "what is refused is given back"


def test_a_line_after_midnight_belongs_to_the_day_that_has_not_ended(app: Flask, factory: Factory, ada: PageClient) -> None:
    with app.app_context(), writing():
        db.session.get_one(User, factory.ada.id).day_ends_at = 4
    with clock.set_to(clock.now().replace(hour=1, minute=30)):
        ada.submit("/entry", {**ada.visit("/").form("/entry"), "body": "Late."}, from_page="/")
    with app.app_context():
        (entry,) = db.session.query(Entry).all()
        assert (entry.entry_date, entry.entry_time) == (DAY - timedelta(days=1), None)


def test_a_time_before_the_first_entry_is_no_empty_journal(factory: Factory, ada: PageClient) -> None:
    factory.entry(day=date(2026, 3, 1))
    page = ada.visit("/?month=2026-01")
    assert "No entries yet" not in page.text and "/?month=2026-03" in page.links()


def test_photos_lead_where_the_application_is_mounted() -> None:
    file = texts.Shown("/file/" + "x" * 22, "photo", "a.jpg", 10, 10, (10,))
    html = texts.under("/journal", texts.with_photo_pages(texts.html_of(file, ""), lambda number: f"/entry/12/photo/{number}"))
    assert 'href="/journal/entry/12/photo/1"' in html and 'src="/journal/file/' in html


def test_a_draft_stands_above_the_journal(factory: Factory, ada: PageClient) -> None:
    assert "dot" not in ada.visit("/").html.partition("</header>")[0]
    ada.submit("/entry/draft", {"body": "Half a thought", "key": "k", "serial": "1", "version": "0"}, 200, from_page="/entry")
    page = ada.visit("/")
    assert "Half a thought" in page.text and "Continue writing" in page.text and 'class="dot"' in page.html


def test_views_are_there_once_somebody_else_shares(factory: Factory, ada: PageClient) -> None:
    factory.entry(visibility="public")
    assert "/?view=shared" not in ada.visit("/").links()
    factory.entry(factory.ben, visibility="members")
    assert "/?view=shared" in ada.visit("/").links()


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_photos_stand_in_the_list(factory: Factory, ada: PageClient, number: int) -> None:
    with_photos(factory, number)
    page = ada.visit("/")
    assert len(page.all("img")) == min(number, 3) and f'class="photo-row of-{min(number, 3)}"' in page.html
    assert ("+2" in page.text) == (number == 5)
    assert all(image["width"] and image["height"] and image["loading"] == "lazy" for image in page.all("img"))


def test_an_entry_with_words_has_one_thumbnail(factory: Factory, ada: PageClient, stranger: PageClient) -> None:
    picture = factory.picture()
    factory.entry(title="Boats", body=f"![](attachment:{picture.uid})", visibility="public")
    for reader in (ada, stranger):
        (image,) = reader.visit("/").all("img")
        assert reader.client.get(image["src"], buffered=True).status_code == 200


@pytest.mark.parametrize(
    "path", ["/search?q=boats", "/tags/sea", "/on-this-day?date=2026-03-14", "/on-this-day?window=years&date=2026-03-14"]
)
def test_whatever_lists_entries_shows_a_photo_of_each_and_its_day_alike(factory: Factory, ada: PageClient, path: str) -> None:
    with_photos(factory, 2, date(2025, 3, 14), title="Boats", tags=["sea"])
    page = ada.visit(path)
    assert len(page.all("img")) == 1 and 'class="thumbnail"' in page.html
    assert re.search(r'<time class="date" datetime="2025-03-14"><span>Fri</span> <b>14</b>( <span>Mar 2025</span>)?</time>', page.html)


def test_a_photo_has_a_page_of_its_own_for_whoever_may_read(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    entry = with_photos(factory, 3, words="Boat")
    links = [link for link in ada.visit(f"/entry/{entry.id}").links() if "/photo/" in link]
    assert links == [f"/entry/{entry.id}/photo/{number}" for number in (1, 2, 3)]
    page = ada.visit(links[1])
    assert {links[0], links[2], f"/entry/{entry.id}"} <= set(page.links()) and "Boat 2" in page.title
    (image,) = page.all("img")
    assert image["alt"] == "Boat 2" and ada.client.get(image["src"], buffered=True).status_code == 200
    for number in (0, 4, 10**9):
        ada.visit(f"/entry/{entry.id}/photo/{number}", 404)
    ben.visit(links[0], 404)
    assert "neighbours" not in ada.visit(f"/entry/{entry.id}").html, "there is none"


def test_the_name_of_a_file_is_no_description() -> None:
    file = texts.Shown("/file/" + "x" * 22, "photo", "IMG_1.jpg", 10, 10, (10,))
    named, described = (texts.photos_in(texts.html_of(file, words))[0] for words in ("", "A <boat> & “me”"))
    assert (named.description, described.description) == ("", "A <boat> & “me”")


def test_photos_are_shown_by_month_in_pages(factory: Factory, ada: PageClient, ben: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.queries.photos.PAGE_SIZE", 3)
    with_photos(factory, 2, date(2026, 3, 1))
    with_photos(factory, 2, date(2024, 7, 1))
    with_photos(factory, 1, date(2025, 1, 1), trashed=True)
    page = ada.visit("/photos")
    assert [len(page.all("img")), "March 2026" in page.text, "July 2024" in page.text] == [3, True, True]
    (older,) = [link for link in page.links() if "older=" in link]
    assert len(ada.visit(older).all("img")) == 1 and "January 2025" not in ada.page.text
    assert "No photos yet" in ben.visit("/photos").text


def test_a_day_of_the_calendar_shows_its_first_photo(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    with_photos(factory, 2, date(2026, 2, 1))
    with_photos(factory, 1, date(2026, 2, 28))
    with_photos(factory, 1, date(2026, 3, 1))
    with_photos(factory, 1, date(2026, 2, 5), trashed=True)
    images = [image for image in ada.visit("/calendar/2026/2").all("img") if image["width"] == "120"]
    assert len(images) == 2 and all(ada.client.get(image["src"], buffered=True).status_code == 200 for image in images)
    assert ben.visit("/calendar/2026/2").all("img") == []
    for path in ("/calendar/1/1", "/calendar/9999/12"):
        ada.visit(path)


def test_a_month_shows_its_entries_in_full(factory: Factory, ada: PageClient, ben: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    factory.entry(day=date(2026, 2, 28), body="Last of *February*. " + "word " * 200 + "the end")
    factory.entry(day=date(2026, 2, 1), body="First.", at=time(7))
    factory.entry(day=date(2026, 2, 2), body="In the trash.", trashed=True)
    factory.entry(day=date(2026, 3, 1), body="March.")
    page = ada.visit("/calendar/2026/2")
    assert page.text.index("First.") < page.text.index("Last of February") and "the end" in page.text
    assert "March." not in page.text and "In the trash." not in page.text and "First." not in ben.visit("/calendar/2026/2").text
    monkeypatch.setattr("app.queries.in_full.MAX_ON_A_PAGE", 1)
    page = ada.visit("/calendar/2026/2")
    assert "First." in page.text and "the end" not in page.text and "more entries than fit" in page.text


def test_an_entry_leads_to_those_before_and_after(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    days = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 2), date(2026, 2, 1)]
    made = [factory.entry(day=day, visibility="members") for day in days]
    factory.entry(factory.ben, day=date(2026, 1, 2))
    for number, entry in enumerate(made):
        page = ada.visit(f"/entry/{entry.id}")
        beside = [f"/entry/{made[place].id}" for place in (number - 1, number + 1) if 0 <= place < len(made)]
        assert set(re.findall(r'rel="(?:prev|next)" href="([^"]+)"', page.html)) == set(beside)
    assert 'rel="prev"' not in ben.visit(f"/entry/{made[1].id}").html, "not through somebody else's journal"


def test_figures_agree_with_counts_made_another_way(context: Flask, factory: Factory) -> None:
    for number in range(60):
        at = time(number % 24) if number % 3 else None
        factory.entry(body="word " * (number + 1), day=date(2025, 1, 1) + timedelta(days=number * 5), at=at)
    factory.entry(body="word", day=date(2024, 12, 31))
    factory.entry(body="word", day=date(2025, 6, 1), trashed=True)
    rows = [row for row in db.session.query(Entry).all() if row.entry_date.year == 2025 and not row.trashed_at]
    year = statistics.year(factory.ada.id, 2025)
    assert (year.entries, year.days, year.words) == (60, 60, sum(range(1, 61)))
    for figure in year.months:
        assert figure.words == sum(row.word_count for row in rows if row.entry_date.month == figure.of)
    for figure in year.weekdays:
        assert figure.number == len({row.entry_date for row in rows if row.entry_date.weekday() == figure.of})
    for figure in year.hours:
        assert figure.number == sum(row.entry_time is not None and row.entry_time.hour == figure.of for row in rows)


def test_weekdays_begin_with_the_persons_first_one(factory: Factory, ada: PageClient) -> None:
    factory.entry()
    for first, day in ((0, "Monday"), (6, "Sunday")):
        liked = {"timezone": "Europe/Lisbon", "day_ends_at": "0", "default_visibility": "private"}
        ada.submit("/account", {**liked, "week_begins_on": str(first)})
        assert set(re.findall("(?:Mon|Sun)day", ada.visit("/statistics").text)[:1]) == {day}
        assert re.findall("(?:Mon|Sun)day", ada.visit("/account/writing").text)[0] == day


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# Monday in town\n\nThe ferry was late. Nobody minded.", ("Monday in town", "The ferry was late. Nobody minded.")),
        ("- milk for the cats\n- bread, for two;\n- eggs", ("milk for the cats", "bread, for two; eggs")),
        ("Paris · Day 3. Rain.", ("Paris · Day 3.", "Rain.")),
        ("Shopping:\n\n1. 牛奶\n2. 面包。\n3. яйца", ("Shopping: 牛奶", "面包。 яйца")),
    ],
)
def test_an_excerpt_keeps_what_stands_apart_apart(context: Flask, factory: Factory, body: str, expected: Opening) -> None:
    assert opening(factory.entry(body=body).excerpt) == expected


def test_a_jump_to_a_month_without_entries_says_so(factory: Factory, ada: PageClient) -> None:
    factory.entry(day=date(1987, 2, 3))
    assert "No entries from March 1987." in ada.visit("/?month=1987-03").text
    assert "Nothing here" not in ada.visit("/?month=1987-02").text


def test_years_ago_are_counted_from_today_and_the_date_itself_comes_first(factory: Factory, ada: PageClient) -> None:
    for day in (date(1989, 10, 18), date(1989, 10, 16), date(1987, 10, 16)):
        factory.entry(day=day, title=f"On {day.isoformat()}")
    text = ada.visit("/on-this-day?date=1990-10-16&window=week").text
    assert "37 years ago" in text and "39 years ago" in text and "1, 5 and 10 years before" in text
    assert text.index("On 1989-10-16") < text.index("On 1989-10-18")
    for day in (date(1988, 2, 28), date(1988, 2, 29)):
        factory.entry(day=day, title=f"On {day.isoformat()}")
    text = ada.visit("/on-this-day?date=1992-02-29&window=week").text
    assert text.index("On 1988-02-29") < text.index("On 1988-02-28")


def test_figures_are_a_page(factory: Factory, ada: PageClient) -> None:
    factory.entry(tags=["sea"], mood="calm", at=time(7))
    page = ada.visit("/statistics")
    assert "day written 1" in page.text and "calm" in page.text and "/tags/sea" in page.links()
    assert "/calendar/2026" in page.links() and "/statistics?year=2026" in ada.visit("/calendar/2026").links()
    assert "Nothing written in 1999" in ada.visit("/statistics?year=1999").text
    ada.visit("/statistics?year=0", 404)
    assert ada.visit("/statistics?year=x").title.startswith("Statistics 2026")


def test_the_navigation_says_where_one_is(ada: PageClient) -> None:
    for path, label in (("/", "Journal"), ("/calendar", "Calendar"), ("/day/2026-03-01", "Calendar"), ("/photos", "Photos")):
        assert re.search(rf'aria-current="page"[^>]*>{label}<', ada.visit(path).html), path


def test_days_that_are_hidden_do_not_come_up_again(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    factory.entry(body="The hard day.", day=date(2024, 3, 14))
    factory.entry(body="A better one.", day=date(2023, 3, 14))
    assert "The hard day." in ada.visit("/").text.partition("Jump to")[0]
    ada.submit("/quiet-days", {"from": "2024-03-14", "home": "1"}, from_page="/")
    assert ada.location == "/" and "2 years ago" not in ada.visit("/").text and "3 years ago" in ada.page.text
    page = ada.visit("/on-this-day")
    assert "The hard day." not in page.text and "A better one." in page.text and "1 entry of a hidden period" in page.text
    assert "The hard day." in ada.visit("/search?q=hard").text, "only looking back leaves it out"
    ada.submit("/quiet-days", {"from": "2023-12-31", "to": "2023-01-01"}, from_page="/on-this-day")
    assert "A better one." not in ada.visit("/on-this-day").text
    ada.submit("/quiet-days/remove", {"from": "2023-01-01", "to": "2023-12-31"}, from_page="/on-this-day")
    assert "A better one." in ada.visit("/on-this-day").text
    ada.submit("/quiet-days", {"from": "never"}, 400, from_page="/on-this-day")
    ben.submit("/quiet-days/remove", {"from": "2024-03-14", "to": "2024-03-14"}, 404, from_page="/on-this-day")


def test_one_looks_back_at_a_day_a_week_and_years(factory: Factory, ada: PageClient) -> None:
    for year, number in ((2025, 14), (2025, 17), (2025, 18), (2021, 11), (2020, 14), (2016, 16)):
        factory.entry(body=f"On {number} March {year}.", day=date(year, 3, number))
    shown = {
        window: re.findall(r"On (\d+) March (\d+)\.", ada.visit(f"/on-this-day?window={window}").html)
        for window in ("day", "week", "years")
    }
    assert {window: set(found) for window, found in shown.items()} == {
        "day": {("14", "2025"), ("14", "2020")},
        "week": {("14", "2025"), ("17", "2025"), ("11", "2021"), ("14", "2020"), ("16", "2016")},
        "years": {("14", "2025"), ("17", "2025"), ("11", "2021"), ("16", "2016")},
    }
    assert "window=week" in ada.visit("/on-this-day?window=nonsense&date=0001-01-01").html and ada.visit(
        "/on-this-day?window=week&date=9999-12-31"
    )


def test_the_years_before_are_counted_from_the_day_across_new_year(factory: Factory, ada: PageClient) -> None:
    for day in (date(2024, 12, 31), date(2021, 12, 31), date(2021, 1, 3), date(2016, 1, 5)):
        factory.entry(body=f"Written {day.isoformat()}.", day=day)
    html = ada.visit("/on-this-day?window=years&date=2026-01-02").html
    assert set(re.findall(r"Written ([\d-]+)\.", html)) == {"2024-12-31", "2021-01-03", "2016-01-05"}
    assert ada.visit("/on-this-day?window=years&date=2024-02-29").text and ada.visit("/on-this-day?window=years&date=0003-01-01").text


def test_a_search_is_saved_and_stands_in_the_menu(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    factory.entry(body="The ferry was late.")
    ada.submit("/search/saved", {"q": 'ferry "was late"', "name": "Ferries"}, from_page="/search?q=ferry")
    assert "Ferries" in ada.visit("/").text and "/search?q=ferry+%22was+late%22" in ada.page.html and "Ferries" not in ben.visit("/").text
    ada.submit("/search/saved", {"q": "ferry", "name": "ferries"}, from_page="/search?q=ferry")
    assert 'replaces your search “ferry "was late"”' in ada.visit("/search?q=ferry").text.replace("&quot;", '"')
    page = ada.visit("/search")
    assert page.text.count("ferries") == 2 and "Ferries" not in page.text, "one name, one search: in the menu and in the list"
    for number in range(25):
        ada.submit("/search/saved", {"q": "ferry", "name": f"No. {number}"}, from_page="/search?q=ferry")
    assert "maximum number" in ada.visit("/search").text and "No. 18" in ada.page.text and "No. 19" not in ada.page.text
    ada.submit("/search/saved/remove", {"name": "FERRIES"}, from_page="/search")
    assert "ferries" not in ada.visit("/search").text
    ada.submit("/search/saved/remove", {"name": "ferries"}, 404, from_page="/search")
    ada.submit("/search/saved", {"q": " ", "name": "x"}, 400, from_page="/search")


def test_a_found_entry_keeps_blocks_apart_and_says_its_first_sentence_once(factory: Factory, ada: PageClient) -> None:
    factory.entry(body="# Head\n\n- x\n- **re**ad [it](https://a.example).", tags=["work"])
    factory.entry(body="Yesterday text. And more.", tags=["work"])
    factory.entry(body="It was the\nfirst evening. Then\nhome.\n\n```\na\nb\n```", tags=["evening"])
    assert ada.visit("/search?q=home").text.count("It was the first evening.") == 1
    assert "Then <mark>home</mark>. a b" in ada.page.html
    text = ada.visit("/search?q=tag:work").text
    assert text.count("Yesterday text.") == 1 and "And more." in text and "x · read it." in text
