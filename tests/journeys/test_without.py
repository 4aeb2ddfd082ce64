"""The same day of a writer twice: without a mouse, and without JavaScript. Writes, attaches, tags, finds, edits, restores."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.factories import jpeg
from tests.serving.in_process_app import InProcessApp
from tests.serving.server import Server

MAX_TABS = 60
FOCUSED = """() => {
  const element = document.activeElement;
  const labels = [...(element.labels ?? [])].map((label) => label.textContent.trim());
  return element.getAttribute("aria-label") || labels[0] || element.textContent.trim() || element.id;
}"""
"""What the element is called that has the focus, about."""


@pytest.fixture
def typist(context: BrowserContext, in_process_app: InProcessApp, newcomer: str) -> Page:
    """A tab whose mouse nobody touches."""
    in_process_app.sign_in(context, newcomer)
    return context.new_page()


@pytest.fixture
def plain(chromium: Browser, journal: Server, in_process_app: InProcessApp, newcomer: str) -> Iterator[Page]:
    """A tab without JavaScript."""
    context = chromium.new_context(
        base_url=journal.address, java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="en-GB"
    )
    in_process_app.sign_in(context, newcomer)
    yield context.new_page()
    context.close()


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on what is called so, and see that what has the focus is on the screen."""
    for _stop in range(MAX_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        assert page.evaluate("document.activeElement.matches(':focus-visible')"), f"{found} does not show that it has the focus"
        if re.fullmatch(wanted, found):
            return
    raise AssertionError(f"Tab never came to {wanted}")


def test_a_day_without_a_mouse(typist: Page, tmp_path: Path) -> None:
    photo = tmp_path / "boat.jpg"
    photo.write_bytes(jpeg(600, 400))
    keys = typist.keyboard
    typist.goto("/")
    keys.press("n")
    expect(typist.locator("#body")).to_be_focused()
    keys.type("Fog over the harbour.")
    keys.press("Escape")
    tab_to(typist, "Tags")
    keys.type("sea, fog")
    tab_to(typist, "Bold")
    with typist.expect_file_chooser() as chooser:
        for _step in range(7):
            keys.press("ArrowRight")
        assert typist.evaluate(FOCUSED) == "Photo"
        keys.press("Enter")
    chooser.value.set_files([photo])
    expect(typist.locator(".attached img")).to_be_visible()
    keys.press("Control+Enter")
    expect(typist.locator(".prose img")).to_have_count(1)
    expect(typist.locator("main .tag")).to_have_text(["fog", "sea"])
    keys.press("/")
    expect(typist.get_by_role("searchbox")).to_be_focused()
    keys.type("harbour")
    keys.press("Enter")
    expect(typist.get_by_role("status")).to_have_text("1 entry")
    keys.press("j")
    keys.press("Enter")
    expect(typist.locator(".prose")).to_be_visible()
    keys.press("e")
    expect(typist.locator("#body")).to_be_focused()
    keys.press("Control+Home")
    keys.type("No, sun. ")
    keys.press("Control+s")
    typist.wait_for_url(re.compile(r"/entry/\d+$"))
    expect(typist.locator(".prose")).to_contain_text("No, sun. Fog over the harbour.")
    tab_to(typist, "History")
    keys.press("Enter")
    typist.wait_for_url("**/history")
    tab_to(typist, r"\d{1,2} \w+ \d{4}, .*")
    keys.press("Enter")
    typist.wait_for_url("**/history/*")
    tab_to(typist, "Restore this version")
    keys.press("Enter")
    expect(typist.locator(".prose")).to_contain_text("Fog over the harbour.")
    expect(typist.locator(".prose")).not_to_contain_text("No, sun.")


def test_a_day_without_javascript(plain: Page, tmp_path: Path) -> None:
    photo = tmp_path / "boat.jpg"
    photo.write_bytes(jpeg(600, 400))
    plain.goto("/")
    plain.get_by_role("link", name="Write", exact=True).click()
    plain.locator(".about summary").click()
    plain.get_by_label("Day", exact=True).fill("2026-03-01")
    plain.locator("#body").fill("Fog over the harbour.")
    plain.get_by_label("Photos and files").set_input_files([photo])
    plain.locator("#tags").fill("sea, fog")
    plain.get_by_role("button", name="Save").click()
    expect(plain.locator(".prose img")).to_have_count(1)
    expect(plain.locator("main .tag")).to_have_text(["fog", "sea"])
    expect(plain.locator(".when")).to_contain_text("1 March 2026")
    plain.get_by_role("link", name="Search", exact=True).click()
    plain.get_by_role("searchbox").fill("harbour")
    plain.get_by_role("searchbox").press("Enter")
    plain.locator(".entries .title a").click()
    plain.get_by_role("link", name="Edit").first.click()
    expect(plain.locator(".attached img")).to_have_count(1)
    plain.locator("#body").fill("No, sun.")
    plain.get_by_role("button", name="Save").click()
    expect(plain.locator(".prose")).to_have_text("No, sun.")
    plain.get_by_role("link", name="History").click()
    plain.locator(".row-list a").first.click()
    plain.get_by_role("button", name="Restore this version").click()
    expect(plain.locator(".prose img")).to_have_count(1)
