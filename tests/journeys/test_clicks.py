"""How many clicks or keys the things take that one does every day; `docs/performance.md` has the table."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import LoginSession, User
from app.operations import entries
from app.queries.calendar import years_before
from tests.factories import PASSWORD, draft, jpeg
from tests.serving.in_process_app import InProcessApp

PHOTO: FilePayload = {"name": "boat.jpg", "mimeType": "image/jpeg", "buffer": jpeg(600, 400)}


def ago(years: int) -> date:
    """Return today's date so many years ago."""
    day = years_before(clock.now().date(), years)
    assert day
    return day


class Hand:
    """A hand at the mouse, whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, place: Locator) -> None:
        place.click()
        self.clicks += 1


@pytest.fixture
def person(in_process_app: InProcessApp, newcomer: str) -> str:
    """Somebody with an entry of yesterday, one of a year ago, one of three years ago, and a tag."""
    with in_process_app.app.app_context():
        user, today = db.session.query(User).filter_by(username=newcomer).one(), clock.now().date()
        for day, title in (
            (today - timedelta(days=1), "Yesterday"),
            (ago(1), "A year ago"),
            (ago(3), "Long ago"),
        ):
            with writing():
                entries.write(user, draft(f"{title} at the harbour.", title=title, day=day, tags=["sea"]).prepare(user), clock.now())
    return newcomer


@pytest.fixture
def hand(context: BrowserContext, in_process_app: InProcessApp, person: str) -> Hand:
    """A hand on the journal page."""
    in_process_app.sign_in(context, person)
    page = context.new_page()
    page.goto("/")
    return Hand(page)


def test_todays_entry_is_one_click_or_one_key_away_and_two_keys_save_it(hand: Hand) -> None:
    hand.click(hand.page.get_by_role("link", name="Write", exact=True))
    expect(hand.page.locator("#body")).to_be_focused()
    assert hand.clicks == 1
    for keys in ("Control+s", "Control+Enter"):
        hand.page.goto("/")
        hand.page.keyboard.press("n")
        expect(hand.page.locator("#body")).to_be_focused()
        hand.page.keyboard.type("Today.")
        hand.page.keyboard.press(keys)
        expect(hand.page.locator(".prose")).to_have_text("Today.")


def test_a_photo_is_one_tap(hand: Hand) -> None:
    hand.page.set_viewport_size({"width": 360, "height": 740})
    hand.page.goto("/entry")
    hand.page.locator("#body").fill("A long day.\n" * 200)
    with hand.page.expect_file_chooser() as chooser:
        hand.click(hand.page.get_by_role("button", name="Photo", exact=True))
    chooser.value.set_files([PHOTO])
    expect(hand.page.locator(".attached img")).to_be_visible()
    assert hand.clicks == 1


def test_a_word_is_found_from_the_journal_page_and_the_number_is_told(hand: Hand) -> None:
    hand.page.keyboard.press("/")
    hand.page.keyboard.type("harbour")
    hand.page.keyboard.press("Enter")
    expect(hand.page.get_by_role("status")).to_have_text("3 entries")
    assert hand.clicks == 0


def test_a_day_three_years_ago_is_three_clicks_away_or_a_key_and_the_date(hand: Hand) -> None:
    day = ago(3)
    hand.click(hand.page.get_by_text("Jump to a month"))
    hand.click(hand.page.locator(f".years a[href$='{day:%Y-%m}']"))
    hand.click(hand.page.get_by_role("link", name="Long ago"))
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Long ago")
    assert hand.clicks <= 3
    hand.page.goto("/")
    hand.page.keyboard.press("g")
    expect(hand.page.get_by_label("Go to date")).to_be_focused()
    hand.page.get_by_label("Go to date").fill(day.isoformat())
    hand.page.keyboard.press("Enter")
    expect(hand.page).to_have_url(re.compile(f"/day/{day.isoformat()}$"))


def test_this_day_last_year_is_there_without_a_click(hand: Hand) -> None:
    expect(hand.page.locator(".memory")).to_contain_text("One year ago")
    expect(hand.page.locator(".memory")).to_contain_text("A year ago at the harbour.")


def test_a_saved_entry_is_tagged_with_two_clicks(hand: Hand) -> None:
    hand.page.get_by_role("link", name="Yesterday").click()
    hand.click(hand.page.get_by_role("link", name="Edit").first)
    hand.page.locator("#tags").fill("")
    hand.click(hand.page.get_by_role("group", name="Your tags").get_by_role("button", name="sea"))
    assert hand.clicks == 2
    expect(hand.page.locator("#tags")).to_have_value("sea")
    hand.page.locator("#tags").fill("harb")
    hand.page.keyboard.press("Control+s")
    expect(hand.page.locator("main .tag")).to_have_text("harb")


def test_yesterdays_entry_is_edited_with_two_clicks_and_the_focus_is_in_the_text(hand: Hand) -> None:
    hand.click(hand.page.get_by_role("link", name="Yesterday"))
    hand.click(hand.page.get_by_role("link", name="Edit").first)
    expect(hand.page.locator("#body")).to_be_focused()
    assert hand.clicks == 2


def test_an_export_is_three_clicks_and_the_password_and_then_goes_on_by_itself(
    hand: Hand, in_process_app: InProcessApp, person: str
) -> None:
    with in_process_app.app.app_context(), writing():
        user_id = db.session.query(User.id).filter_by(username=person).scalar_subquery()
        long_ago = clock.now() - LoginSession.REAUTHENTICATED_FOR
        db.session.query(LoginSession).filter_by(user_id=user_id).update({"reauthenticated_at": long_ago}, synchronize_session=False)
    hand.click(hand.page.locator("details.menu summary"))
    hand.click(hand.page.get_by_role("link", name="Import & export"))
    hand.click(hand.page.get_by_role("button", name="Export journal"))
    hand.page.get_by_label("Password").fill(PASSWORD)
    with hand.page.expect_download() as download:
        hand.page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".zip") and hand.clicks == 3
