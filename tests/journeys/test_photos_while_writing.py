"""Photos that come while somebody writes: nothing typed is cut or lost by them, and none of them is lost without a word."""

import pytest
from playwright.sync_api import BrowserContext, Dialog, FilePayload, Page, Route, expect

from tests.factories import jpeg
from tests.serving.in_process_app import InProcessApp

PHOTO: FilePayload = {"name": "boat.jpg", "mimeType": "image/jpeg", "buffer": jpeg(600, 400)}


@pytest.fixture
def noor(context: BrowserContext, in_process_app: InProcessApp, newcomer: str) -> Page:
    """A tab of somebody who begins to write."""
    in_process_app.sign_in(context, newcomer)
    page = context.new_page()
    page.goto("/entry")
    return page


def choose(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Photo", exact=True).click()
    chooser.value.set_files([PHOTO])


def held_back(page: Page) -> list[Route]:
    """Let uploads wait until each is told to go on."""
    waiting: list[Route] = []
    page.route("**/file", lambda route: waiting.append(route))
    return waiting


def until_it_goes(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('progress:not([hidden])')")


def text_of(page: Page) -> str:
    return page.locator("#body").input_value()


def test_undo_takes_back_a_photo_and_what_was_typed_before(noor: Page) -> None:
    body = noor.locator("#body")
    body.press_sequentially("Precious words.")
    body.press("Control+a")
    body.press("Delete")
    body.press_sequentially("oops")
    choose(noor)
    expect(noor.locator(".attached img")).to_be_visible()
    assert text_of(noor).startswith("oops\n\n![](attachment:")
    body.focus()
    for _press in range(12):
        body.press("Control+z")
        if text_of(noor) == "Precious words.":
            break
    assert text_of(noor) == "Precious words."


def test_a_photo_that_arrives_cuts_no_word_and_takes_no_focus(noor: Page) -> None:
    waiting = held_back(noor)
    body = noor.locator("#body")
    choose(noor)
    body.press_sequentially("Hello wor")
    until_it_goes(noor)
    waiting.pop().continue_()
    expect(noor.locator(".attached img")).to_be_visible()
    noor.keyboard.type("ld and more")
    assert text_of(noor).startswith("Hello world and more\n\n![](attachment:")
    choose(noor)
    until_it_goes(noor)
    title = noor.locator("#title")
    title.press_sequentially("Titl")
    waiting.pop().continue_()
    expect(noor.locator(".attached img")).to_have_count(2)
    noor.keyboard.type("e")
    expect(title).to_have_value("Title")


def test_no_photo_is_left_behind_without_a_word(noor: Page) -> None:
    fails = [True, True]
    noor.route("**/file", lambda route: route.fulfill(status=503) if fails and fails.pop() else route.continue_())
    noor.locator("#body").press_sequentially("With a boat.")
    choose(noor)
    expect(noor.locator("[data-file-list]")).to_contain_text("The upload failed.")
    noor.get_by_role("button", name="Save", exact=True).click()
    expect(noor.locator("[data-file-list]")).to_contain_text("Save again to leave it out.")
    assert noor.url.endswith("/entry") or "/entry?" in noor.url
    noor.get_by_role("button", name="Try again").click()
    expect(noor.locator(".attached img")).to_be_visible()
    noor.get_by_role("button", name="Save", exact=True).click()
    expect(noor.locator("main img[alt]").first).to_be_visible()


def test_who_leaves_while_a_photo_is_on_its_way_is_asked(noor: Page) -> None:
    waiting = held_back(noor)
    noor.locator("#body").press_sequentially("y")
    choose(noor)
    until_it_goes(noor)
    noor.wait_for_function(
        "() => { const form = document.querySelector('form[data-writing]'); return form.dataset.kept === form.elements.serial.value; }"
    )
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    noor.on("dialog", stay)
    noor.get_by_role("link", name="Close").first.click()
    noor.wait_for_function("() => true")
    assert asked == ["beforeunload"]
    waiting.pop().continue_()
    expect(noor.locator(".attached img")).to_be_visible()


def test_the_keys_that_save_work_wherever_the_focus_is(noor: Page) -> None:
    noor.locator("#body").press_sequentially("Saved from the margin.")
    noor.locator("#body").evaluate("body => body.blur()")
    noor.keyboard.press("Control+s")
    expect(noor.locator("main")).to_contain_text("Saved from the margin.")
    noor.wait_for_url("**/entry/*")


def test_a_photo_for_an_old_text_comes_at_its_end(noor: Page) -> None:
    noor.locator("#body").press_sequentially("First paragraph.")
    noor.keyboard.press("Control+s")
    noor.get_by_role("link", name="Edit").first.click()
    choose(noor)
    expect(noor.locator(".attached img")).to_be_visible()
    assert text_of(noor).startswith("First paragraph.\n\n![](attachment:")


def test_a_photo_that_arrives_in_the_preview_goes_into_no_other_field(noor: Page) -> None:
    waiting = held_back(noor)
    noor.locator("#body").press_sequentially("Hello")
    choose(noor)
    until_it_goes(noor)
    noor.get_by_role("button", name="Preview").click()
    title = noor.locator("#title")
    title.press_sequentially("Titl")
    waiting.pop().continue_()
    expect(noor.locator(".attached img")).to_be_visible()
    noor.keyboard.type("e")
    expect(title).to_have_value("Title")
    assert text_of(noor).startswith("Hello\n\n![](attachment:")
    expect(noor.locator("[data-preview-pane] img")).to_have_count(1)


def test_a_save_that_waited_for_a_photo_in_vain_is_pressed_again(noor: Page) -> None:
    drafts: list[Route] = []
    fails = [True]
    noor.route("**/file", lambda route: route.fulfill(status=503) if fails and fails.pop() else route.continue_())
    noor.route("**/entry/draft", lambda route: drafts.append(route))
    body = noor.locator("#body")
    body.press_sequentially("With a boat.")
    noor.keyboard.press("Control+s")
    choose(noor)
    expect(noor.locator("[data-file-list]")).to_contain_text("The upload failed.")
    noor.unroute("**/entry/draft")
    for route in drafts:
        route.continue_()
    expect(noor.locator("[data-state]")).to_have_attribute("data-is", "kept")
    body.focus()
    noor.keyboard.type(" I go on")
    noor.get_by_role("button", name="Try again").click()
    expect(noor.locator(".attached img")).to_be_visible()
    body.focus()
    noor.keyboard.type(" writing.")
    assert text_of(noor).startswith("With a boat. I go on") and "writing." in text_of(noor)
