"""The writing page in a real browser: the day, photos, lists, links between entries, keys; and all of it without a mouse."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.factories import jpeg
from tests.journeys.test_journeys import RULES
from tests.serving.in_process_app import InProcessApp
from tests.serving.server import Server

PHOTO: FilePayload = {"name": "boat.jpg", "mimeType": "image/jpeg", "buffer": jpeg(600, 400)}
UNDER_A_BAR = """() => {
  const focused = document.activeElement.getBoundingClientRect();
  const [above, below] = [document.querySelector(".writing-bar"), document.querySelector(".writing-foot")];
  const isInBar = above.contains(document.activeElement) || below.contains(document.activeElement);
  return !isInBar && (focused.bottom <= above.getBoundingClientRect().bottom || focused.top >= below.getBoundingClientRect().top);
}"""


@pytest.fixture
def noor(context: BrowserContext, in_process_app: InProcessApp, newcomer: str) -> Page:
    """A tab of somebody who wrote nothing yet."""
    in_process_app.sign_in(context, newcomer)
    return context.new_page()


def text_of(page: Page) -> str:
    return page.locator("#body").input_value()


def test_the_line_above_says_the_day_the_time_the_place_and_the_readers(noor: Page) -> None:
    noor.goto("/entry?date=2026-03-01")
    line = noor.locator(".about-line")
    expect(line).to_contain_text("1 March 2026")
    expect(noor.locator("#body")).to_have_attribute("placeholder", "What happened on 1 March?")
    noor.locator(".about summary").click()
    noor.get_by_label("Day", exact=True).fill("1660-01-11")
    noor.get_by_label("Time", exact=True).fill("21:15")
    noor.get_by_label("Place", exact=True).fill("Tower Hill")
    noor.get_by_label("Members").check()
    expect(line).to_contain_text("11 January 1660")
    expect(line).to_contain_text("21:15")
    expect(line).to_contain_text("Tower Hill")
    expect(line).to_contain_text("Members")


def test_the_time_of_today_goes_with_the_day(noor: Page) -> None:
    noor.goto("/entry")
    noor.locator(".about summary").click()
    day, clock = noor.get_by_label("Day", exact=True), noor.get_by_label("Time", exact=True)
    today, now = day.input_value(), clock.input_value()
    day.fill("1660-01-11")
    expect(clock).to_have_value("")
    day.fill(today)
    expect(clock).to_have_value(now)
    clock.fill(now)
    day.fill("1660-01-11")
    expect(clock).to_have_value(now)


def test_a_photo_is_one_tap_away_and_has_a_menu(noor: Page) -> None:
    noor.set_viewport_size({"width": 360, "height": 740})
    noor.goto("/entry")
    noor.locator("#body").fill("By the water.\n\n" * 40)
    with noor.expect_file_chooser() as chooser:
        noor.get_by_role("button", name="Photo", exact=True).click()
    chooser.value.set_files([PHOTO])
    picture = noor.locator(".attached img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 0
    assert text_of(noor).count("attachment:") == 1
    noor.locator(".attached summary").click()
    noor.get_by_label("Description (alt text)").fill("A boat")
    assert "![A boat](attachment:" in text_of(noor)
    noor.get_by_role("button", name="Remove from the text").click()
    assert "attachment:" not in text_of(noor)
    expect(noor.locator(".attached.is-out")).to_have_count(1)
    noor.locator(".attached summary").click()
    noor.get_by_role("button", name="Insert").click()
    assert text_of(noor).count("![A boat](attachment:") == 1
    noor.get_by_role("button", name="Save").click()
    expect(noor.get_by_role("img", name="A boat")).to_be_visible()
    noor.get_by_role("link", name="Edit").first.click()
    noor.locator(".attached summary").click()
    expect(noor.get_by_label("Description (alt text)")).to_have_value("A boat")


def test_two_brackets_offer_entries_and_the_keyboard_takes_one(noor: Page) -> None:
    noor.goto("/entry")
    noor.locator("#body").fill("The lights came on. One by one.")
    noor.keyboard.press("Control+Enter")
    expect(noor.locator(".prose")).to_be_visible()
    address = noor.url
    noor.goto("/entry")
    noor.keyboard.type("See [[ligh")
    option = noor.get_by_role("option", name="The lights came on.")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(noor.locator("#body")).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    noor.keyboard.press("Enter")
    assert re.fullmatch(r"See \[The lights came on\.\]\(entry:[\w-]+\)", text_of(noor))
    noor.keyboard.type(" and [[nothing of the kind")
    expect(noor.get_by_role("option", name="No entry found")).to_be_visible()
    asked: list[str] = []
    noor.on("request", lambda request: asked.append(request.url))
    noor.keyboard.type(", and on and on", delay=200)
    assert not [url for url in asked if "q=nothing" in url], "what no entry begins with, no entry goes on with"
    noor.keyboard.press("Escape")
    expect(noor.get_by_role("listbox")).to_be_hidden()
    noor.keyboard.press("Control+s")
    noor.get_by_role("link", name="The lights came on.").click()
    expect(noor).to_have_url(address)


def test_lists_go_on_and_the_keyboard_gets_out_of_them(noor: Page) -> None:
    noor.goto("/entry")
    noor.keyboard.type("- milk")
    noor.keyboard.press("Enter")
    noor.keyboard.type("bread")
    noor.keyboard.press("Tab")
    assert text_of(noor) == "- milk\n    - bread"
    noor.keyboard.press("Control+z")
    assert text_of(noor) == "- milk\n- bread", "the browser's own undo knows of it"
    noor.keyboard.press("Escape")
    noor.keyboard.press("Tab")
    expect(noor.locator("#body")).not_to_be_focused()


def test_an_entry_is_written_by_the_keyboard_alone(noor: Page) -> None:
    noor.goto("/")
    noor.keyboard.press("n")
    expect(noor.locator("#body")).to_be_focused()
    noor.keyboard.type("Fog over the harbour.")
    noor.keyboard.press("Shift+Tab")
    expect(noor.get_by_label("Title")).to_be_focused()
    noor.keyboard.type("Fog")
    noor.keyboard.press("Enter")
    seen = []
    for _stop in range(12):
        noor.keyboard.press("Tab")
        seen.append(noor.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
        assert not noor.evaluate(UNDER_A_BAR), f"{seen[-1]} stands under a bar"
        if seen[-1] == "tags":
            noor.keyboard.type("sea, fog")
            noor.keyboard.press("Enter")
        if seen[-1] == "B":
            noor.keyboard.press("End")
            expect(noor.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()
            noor.keyboard.press("?")
            expect(noor.get_by_role("dialog")).to_contain_text("While you write")
            noor.keyboard.press("Escape")
            break
    assert seen[-1] == "B" and noor.url.endswith("/entry"), seen
    noor.keyboard.press("Control+Enter")
    expect(noor.get_by_role("heading", level=1)).to_have_text("Fog")
    expect(noor.locator("main .tag")).to_have_text(["fog", "sea"])
    noor.keyboard.press("e")
    expect(noor.locator("#body")).to_be_focused()


def test_tasks_are_ticked_while_reading_with_the_keyboard_and_without_javascript(
    context: BrowserContext, noor: Page, chromium: Browser, journal: Server
) -> None:
    noor.goto("/entry")
    noor.locator("#body").fill("- [ ] milk\n- [ ] bread")
    noor.keyboard.press("Control+Enter")
    milk, bread = noor.get_by_role("checkbox", name="milk"), noor.get_by_role("checkbox", name="bread")
    bread.press("Enter")
    expect(bread).to_be_checked()
    expect(milk).not_to_be_checked()
    assert Axe().run(noor, options=RULES).violations_count == 0
    plain = chromium.new_context(base_url=journal.address, java_script_enabled=False)
    plain.add_cookies(context.cookies())  # type: ignore[arg-type]  # what comes out goes in
    page = plain.new_page()
    page.goto(noor.url.partition("#")[0])
    page.get_by_text("milk").click()
    expect(page.get_by_role("checkbox", name="milk")).to_be_checked()
    plain.close()
