"""What the keyboard does on the writing page and in the menu; and how wide a photo is shown, and printed."""

import re

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.factories import jpeg
from tests.serving.in_process_app import InProcessApp

A4_COLUMN, A4_HEIGHT = 673, 978
"""What the margins of the style sheet leave of A4, in CSS pixels of 1/96 inch."""
PRESSED = """(keys) => {
  const body = document.querySelector("#body");
  const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...keys });
  body.focus();
  body.setSelectionRange(0, 3);
  body.dispatchEvent(event);
  return [event.defaultPrevented, body.value];
}"""
SHOWN = """async (image) => {
  await image.decode();
  return [image.getBoundingClientRect().width, image.naturalWidth, image.closest(".prose").getBoundingClientRect().width];
}"""


def test_enter_in_the_title_goes_to_the_text(marta: Page) -> None:
    marta.goto("/entry")
    marta.get_by_label("Title").fill("A walk")
    marta.get_by_label("Title").press("Enter")
    expect(marta.locator("#body")).to_be_focused()
    assert marta.url.endswith("/entry")


@pytest.mark.parametrize(
    ("platform", "keys", "text"),
    [
        ("Linux x86_64", {"key": "b", "code": "KeyB", "ctrlKey": True}, "**сад** весной"),
        ("Linux x86_64", {"key": "B", "code": "KeyB", "ctrlKey": True}, "**сад** весной"),
        ("Linux x86_64", {"key": "и", "code": "KeyB", "ctrlKey": True}, "**сад** весной"),
        ("Linux x86_64", {"key": "ش", "code": "KeyI", "ctrlKey": True}, "*сад* весной"),
        ("Linux x86_64", {"key": "b", "code": "KeyB", "metaKey": True}, ""),
        ("Linux x86_64", {"key": "b", "code": "KeyB", "ctrlKey": True, "altKey": True}, ""),
        ("MacIntel", {"key": "и", "code": "KeyB", "metaKey": True}, "**сад** весной"),
        ("MacIntel", {"key": "k", "code": "KeyK", "metaKey": True}, "[сад](https://) весной"),
        ("MacIntel", {"key": "k", "code": "KeyK", "ctrlKey": True}, ""),
        ("MacIntel", {"key": "b", "code": "KeyB", "ctrlKey": True}, ""),
    ],
)
def test_shortcuts_go_by_the_place_of_a_key_and_leave_the_systems_own_alone(
    context: BrowserContext, marta: Page, platform: str, keys: dict[str, str | bool], text: str
) -> None:
    context.add_init_script(f'Object.defineProperty(navigator, "platform", {{ get: () => "{platform}" }})')
    marta.goto("/entry")
    marta.locator("#body").fill("сад весной")
    assert marta.evaluate(PRESSED, keys) == [bool(text), text or "сад весной"]


def test_the_menu_closes_when_the_focus_leaves_it(marta: Page) -> None:
    marta.goto("/")
    menu = marta.locator("details.menu")
    menu.locator("summary").focus()
    marta.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    for _stop in range(menu.locator("a, button").count()):
        marta.keyboard.press("Tab")
        expect(menu).to_have_attribute("open", "")
    marta.keyboard.press("Tab")
    expect(menu).not_to_have_attribute("open", "")
    menu.locator("summary").focus()
    marta.keyboard.press("Enter")
    marta.keyboard.press("Shift+Tab")
    expect(menu).not_to_have_attribute("open", "")


@pytest.mark.parametrize(("width", "height", "fills_the_column"), [(1800, 1200, True), (320, 240, False)])
def test_a_photo_is_as_wide_as_the_text_and_never_enlarged(
    context: BrowserContext, page: Page, in_process_app: InProcessApp, width: int, height: int, *, fills_the_column: bool
) -> None:
    in_process_app.sign_in(context, in_process_app.make_person(f"photos{width}"))
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/entry")
    photo: FilePayload = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg(width, height)}
    page.get_by_label("Photos and files").set_input_files([photo])
    expect(page.get_by_text("Added.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    image = page.locator(".prose img")
    expect(image).to_be_visible()
    shown, own, column = image.evaluate(SHOWN)
    assert shown <= min(own, width) + 1
    assert (shown == pytest.approx(column, abs=1)) is fills_the_column


def test_printed_photos_are_all_on_the_paper(marta: Page) -> None:
    marta.emulate_media(media="print")
    marta.set_viewport_size({"width": A4_COLUMN, "height": A4_HEIGHT})
    marta.goto("/tags/sea?full=1")
    boxes = marta.locator(".prose img").evaluate_all("images => images.map((image) => image.getBoundingClientRect().toJSON())")
    assert len(boxes) >= 5
    assert [box for box in boxes if box["right"] > A4_COLUMN or box["left"] < 0 or not 0 < box["height"] <= 0.46 * A4_HEIGHT] == []
    assert marta.evaluate("document.documentElement.scrollWidth") <= A4_COLUMN, "or everything is printed smaller"


def test_a_line_is_added_with_enter_and_goes_on_below_with_shift(context: BrowserContext, page: Page, in_process_app: InProcessApp) -> None:
    in_process_app.sign_in(context, in_process_app.make_person("liner"))
    page.goto("/")
    page.get_by_label("A line about today").focus()
    page.keyboard.type("Bought:")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("plums")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    page.locator(".entries .title a").first.click()
    expect(page.locator(".prose p").first).to_have_text("Bought:\nplums", use_inner_text=True)


def test_single_keys_lead_about_and_can_be_turned_off(marta: Page) -> None:
    marta.goto("/")
    marta.keyboard.press("j")
    marta.keyboard.press("j")
    expect(marta.locator(".entries .title a").nth(1)).to_be_focused()
    marta.keyboard.press("k")
    expect(marta.locator(".entries .title a").first).to_be_focused()
    marta.keyboard.press("/")
    expect(marta.get_by_role("searchbox")).to_be_focused()
    marta.keyboard.type("n/g?")
    expect(marta.get_by_role("searchbox")).to_have_value("n/g?")
    marta.keyboard.press("Tab")
    marta.locator(".entries .title a").first.focus()
    marta.keyboard.press("g")
    expect(marta.get_by_label("Go to date")).to_be_focused()
    marta.locator(".entries .title a").first.focus()
    marta.keyboard.press("?")
    expect(marta.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    marta.get_by_label("Use the “On every page” shortcuts in this browser").uncheck()
    marta.keyboard.press("Escape")
    marta.locator(".entries .title a").first.focus()
    marta.keyboard.press("n")
    expect(marta).to_have_url(re.compile("/$"))
    marta.evaluate("localStorage.removeItem('daybook.shortcuts.off')")
    marta.keyboard.press("n")
    expect(marta).to_have_url(re.compile("/entry$"))
