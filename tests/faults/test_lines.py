"""Somebody types outside of the writing page: a line on the journal page, a text made of two versions, a page without a network."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.faults.test_typing import (
    PATIENCE_MS,
    Site,
    begin,
    expect_draft,
    expect_nothing_waits,
    expect_state,
    journal_site,
    profile,
    ready_to_write_offline,
    site,
    take_up,
    writer,
)

__all__ = ["journal_site", "profile", "site", "writer"]


def a_line(context: BrowserContext, text: str) -> Page:
    """Open the journal page and type into its line."""
    page = context.new_page()
    page.goto("/")
    page.locator("#line").press_sequentially(text)
    page.wait_for_function("(text) => Object.values(localStorage).some((kept) => kept.includes(text))", arg=text)
    return page


def expect_entries(page: Page, number: int) -> None:
    page.goto("/?view=mine")
    expect(page.locator("main article")).to_have_count(number)


@pytest.mark.parametrize("leaving", ["reload", "another page", "another tab"])
def test_a_line_that_was_not_sent_is_there_again(profile: BrowserContext, leaving: str) -> None:
    page = a_line(profile, "Half a thought")
    if leaving == "reload":
        page.reload()
    elif leaving == "another tab":
        page.close()
        page = profile.new_page()
        page.goto("/")
    else:
        page.goto("/calendar")
        expect_nothing_waits(page)
        page.go_back()
    expect(page.locator("#line")).to_have_value("Half a thought") if leaving != "another page" else page.reload()
    if leaving == "another page":
        expect(page.locator("main aside.card")).to_contain_text("Half a thought")
        return
    page.locator("#line").press("End")
    page.locator("#line").press_sequentially(", whole.")
    page.locator("#line").press("Enter")
    expect(page.locator("main article")).to_contain_text("Half a thought, whole.")
    expect_nothing_waits(page)
    assert page.locator("#line").input_value() == ""
    page.goto("/drafts")
    expect(page.locator("main li")).to_have_count(0)


def test_a_line_that_met_no_network_comes_back_and_makes_one_entry(profile: BrowserContext, site: Site) -> None:
    page = a_line(profile, "Said in a tunnel")
    site.proxy.cut()
    page.locator("#line").press("Enter")
    page.wait_for_url("chrome-error://**")
    site.proxy.mend()
    page.goto("/")
    expect(page.locator("#line")).to_have_value("Said in a tunnel")
    expect_one_entry_of(page, "Said in a tunnel")


def test_a_line_in_one_tab_does_not_come_back_in_another(profile: BrowserContext) -> None:
    page = a_line(profile, "Only here")
    other = profile.new_page()
    other.goto("/")
    other.wait_for_load_state("networkidle")
    assert other.locator("#line").input_value() == ""
    expect_one_entry_of(page, "Only here")


def expect_one_entry_of(page: Page, text: str) -> None:
    """Send the line, and find one entry of it and nothing that waits."""
    page.locator("#line").press("Enter")
    expect(page.locator("main article")).to_contain_text(text)
    expect_nothing_waits(page)
    expect_entries(page, 1)


def two_versions(context: BrowserContext) -> Page:
    """Save an entry in two tabs, and look at the page of both texts."""
    page = begin(context, "First.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/entry/[0-9]+$"))
    address = f"{page.url}/edit"
    for text in ("Mine.", "Theirs."):
        page = context.new_page()
        page.goto(address)
        page.get_by_label("Text", exact=True).fill(text)
        expect_state(page, "kept")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_have_text("Theirs.", timeout=PATIENCE_MS)
    page = context.pages[-2]
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This changed while you were editing", timeout=PATIENCE_MS)
    page.wait_for_load_state()  # the script of the page, too
    return page


def test_what_is_made_of_two_versions_is_kept_while_one_types(profile: BrowserContext) -> None:
    page = two_versions(profile)
    page.get_by_label("Text", exact=True).fill("Mine and theirs.")
    expect_state(page, "kept")
    page.close()
    expect_draft(profile, "Mine and theirs.")


@pytest.mark.parametrize("button", ["Keep mine", "Save mine as a new entry"])
def test_each_button_of_two_versions_does_what_it_says(profile: BrowserContext, button: str) -> None:
    page = two_versions(profile)
    page.get_by_label("Title").fill("Both")
    page.get_by_label("Title").press("Enter")
    expect(page.get_by_label("Text", exact=True)).to_be_focused()
    page.keyboard.insert_text("And: ")
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Both", timeout=PATIENCE_MS)
    expect(page.locator(".prose")).to_contain_text("And: ")
    expect_nothing_waits(page)
    expect_entries(page, 1 if button == "Keep mine" else 2)
    page.goto("/drafts")
    expect(page.locator("main li")).to_have_count(0)


def test_a_field_of_two_versions_saves_nothing_without_a_script(chromium: Browser, profile: BrowserContext) -> None:
    page = two_versions(profile)
    html = page.content()
    plain = chromium.new_context(java_script_enabled=False)
    try:
        page = plain.new_page()
        page.set_content(html)
        page.get_by_label("Title").press("Enter")
        assert page.url == "about:blank"
    finally:
        plain.close()


def test_a_draft_that_went_on_without_a_network_goes_on_with_it(profile: BrowserContext, site: Site) -> None:
    ready_to_write_offline(profile).close()
    page = begin(profile, "Online.")
    expect_nothing_waits(page)
    site.proxy.cut()
    page.get_by_label("Text", exact=True).press_sequentially(" Offline.")
    expect_state(page, "unreachable")
    page.close(run_before_unload=False)
    page = take_up(profile, "Online. Offline.", " Later.")
    page.close(run_before_unload=False)
    site.proxy.mend()
    page = profile.new_page()
    page.goto("/entry")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Online. Offline. Later.")
    expect_nothing_waits(page)
    page.goto("/drafts")
    expect(page.locator("main li a")).to_have_text(["Online. Offline. Later."])


@pytest.mark.parametrize("timezone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_page_without_a_network_has_the_writer_s_day_and_time(chromium: Browser, site: Site, writer: str, timezone: str) -> None:
    context = chromium.new_context(base_url=f"http://127.0.0.1:{site.proxy.port}", timezone_id=timezone)
    try:
        site.in_process_app.sign_in(context, writer)
        page = ready_to_write_offline(context)
        fields = [page.locator(f"[name={name}]") for name in ("entry_date", "entry_time")]
        page.goto("/entry")
        day, time = [field.input_value() for field in fields]
        site.proxy.cut()
        page.goto("/entry")
        expect(page.get_by_text("You're offline.")).to_be_visible()
        later = [field.input_value() for field in fields]
        minutes = [int(clock[:2]) * 60 + int(clock[3:]) for clock in (time, later[1])]
        assert (minutes[1] - minutes[0]) % 1440 <= 2 and (later[0] == day or minutes[1] < minutes[0])
    finally:
        context.close()
