"""One browser, several texts: two windows on one draft, the page without a network, a log-out beside a line that was not sent."""

import re

from playwright.sync_api import BrowserContext, Dialog, Page, expect
from sqlalchemy import select

from app.extensions import db
from app.models import Revision
from tests.faults.test_typing import (
    Site,
    begin,
    expect_draft,
    expect_nothing_waits,
    expect_state,
    journal_site,
    profile,
    ready_to_write_offline,
    site,
    writer,
)

__all__ = ["journal_site", "profile", "site", "writer"]


def add(page: Page, text: str) -> None:
    page.get_by_label("Text", exact=True).press("ControlOrMeta+End")
    page.get_by_label("Text", exact=True).press_sequentially(text)


def two_windows(context: BrowserContext) -> tuple[Page, Page]:
    """Open one draft twice."""
    begin(context, "Root.")
    context.pages[-1].close()
    pages = context.new_page(), context.new_page()
    for page in pages:
        page.goto("/drafts")
        page.locator("main li a").first.click()
        expect(page.get_by_label("Text", exact=True)).to_have_value("Root.")
        page.wait_for_load_state("networkidle")
    return pages


def drafts(context: BrowserContext) -> list[str]:
    """Return the texts of all drafts, once nothing waits in the browser."""
    page = context.new_page()
    page.goto("/calendar")
    expect_nothing_waits(page)
    page.goto("/drafts")
    links = page.locator("main li a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    texts = []
    for link in links:
        page.goto(link)
        texts.append(page.get_by_label("Text", exact=True).input_value())
    return sorted(texts)


def await_windows(page: Page, number: int) -> None:
    """Wait until so many windows are open on a text: a browser takes a while to close one, which sends what it has until then."""
    held = "(await navigator.locks.query()).held.filter(({ name }) => name.startsWith('daybook.unsent.')).length"
    page.wait_for_function(f"async (number) => {held} === number", arg=number)


def test_words_of_two_windows_without_a_network_are_all_there(profile: BrowserContext, site: Site) -> None:
    bystander = profile.new_page()
    bystander.goto("/")
    one, other = two_windows(profile)
    site.proxy.cut()
    for page, words in ((one, " Words of one."), (other, " Said in the other.")):
        add(page, words)
        expect_state(page, "unreachable")
    for page in (one, other):
        page.close(run_before_unload=False)
    await_windows(bystander, 0)
    site.proxy.mend()
    assert drafts(profile) == ["Root. Said in the other.", "Root. Words of one."]


def test_a_window_that_came_late_keeps_its_words_when_it_goes(profile: BrowserContext) -> None:
    one, other = two_windows(profile)
    add(one, " First.")
    expect_state(one, "kept")
    add(other, " Late.")
    expect_state(other, "late")
    add(one, " And on.")
    expect_state(one, "kept")
    expect_nothing_of(one, " And on.")
    other.close(run_before_unload=False)
    assert drafts(profile) == ["Root. First. And on.", "Root. Late."]


def expect_nothing_of(page: Page, text: str) -> None:
    """Wait until the browser keeps nothing more that ends so."""
    page.wait_for_function("(text) => !Object.values(localStorage).some((kept) => kept.includes(text))", arg=text)


def test_a_window_that_came_late_makes_one_draft_however_long_it_is_typed_in(profile: BrowserContext) -> None:
    one, other = two_windows(profile)
    add(one, " First.")
    expect_state(one, "kept")
    add(other, " Late.")
    expect_state(other, "late")
    for number in range(2):
        between = profile.new_page()
        between.goto("/calendar")
        between.wait_for_load_state("networkidle")
        between.close()
        add(other, f" {number}")
    for page in (one, other):
        page.close(run_before_unload=False)
    assert drafts(profile) == ["Root. First.", "Root. Late. 0 1"]


def test_a_second_window_takes_nothing_from_one_that_is_open(profile: BrowserContext, site: Site) -> None:
    page = begin(profile, "Root.")
    page.goto("/drafts")
    page.locator("main li a").first.click()
    page.wait_for_load_state("networkidle")
    page.route("**/entry/draft", lambda route: route.abort())
    add(page, " More.")
    expect_state(page, "unreachable")
    other = profile.new_page()
    other.goto(page.url)
    other.wait_for_load_state("networkidle")
    expect(other.get_by_label("Text", exact=True)).to_have_value("Root.")
    page.unroute_all()
    expect_state(page, "kept")
    for one in (page, other):
        one.close(run_before_unload=False)
    assert drafts(profile) == ["Root. More."]


def test_words_of_a_closed_window_are_there_where_the_other_was_saved(profile: BrowserContext, site: Site) -> None:
    one, other = two_windows(profile)
    site.proxy.cut()
    for page, words in ((one, " Words of one."), (other, " Said in the other.")):
        add(page, words)
        expect_state(page, "unreachable")
    one.close(run_before_unload=False)
    await_windows(other, 1)
    site.proxy.mend()
    other.get_by_role("button", name="Save").click()
    other.wait_for_url(re.compile("/entry/[0-9]+$"))
    # A browser may send what a page that is closed had on its way: it is an earlier state of the entry then.
    with site.in_process_app.app.app_context():
        versions = set(db.session.scalars(select(Revision.body).where(Revision.entry_id == int(other.url.rpartition("/")[2]))))
    assert "Root. Words of one." in {*drafts(profile), *versions}


def test_two_texts_of_one_draft_are_taken_up_in_turn_without_a_network(profile: BrowserContext, site: Site) -> None:
    ready_to_write_offline(profile).close()
    one, other = two_windows(profile)
    site.proxy.cut()
    for page, words in ((one, " Words of one."), (other, " Said in the other.")):
        add(page, words)
        expect_state(page, "unreachable")
    third = profile.new_page()
    third.goto("/entry")
    add(third, "Third.")
    expect_state(third, "unreachable")
    for page in (one, other, third):
        page.close(run_before_unload=False)
    shell = profile.new_page()
    shell.goto("/entry")
    for words in ("Words of one", "Third", "Said in the other"):
        shell.get_by_role("button", name=re.compile(words)).click()
        expect(shell.get_by_label("Text", exact=True)).to_have_value(re.compile(words))
    shell.close(run_before_unload=False)
    site.proxy.mend()
    assert drafts(profile) == ["Root. Said in the other.", "Root. Words of one.", "Third."]


def test_a_reload_leaves_no_second_draft(profile: BrowserContext, site: Site) -> None:
    page = begin(profile, "Once")
    page.goto("/drafts")
    page.locator("main li a").first.click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Once")
    site.proxy.cut()
    add(page, " upon a time")
    expect_state(page, "unreachable")
    page.close(run_before_unload=False)
    site.proxy.mend()
    again = profile.new_page()
    again.goto("/drafts")
    expect_nothing_waits(again)
    assert drafts(profile) == ["Once upon a time"]


def test_texts_that_wait_do_not_mix(profile: BrowserContext, site: Site) -> None:
    page = ready_to_write_offline(profile)
    page.goto("/entry")
    page.get_by_label("Title", exact=True).fill("Doctor")
    add(page, "Diagnosis.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/entry/[0-9]+$"))
    page.goto(f"{page.url}/edit")
    line = profile.new_page()
    line.goto("/")
    site.proxy.cut()
    line.locator("#line").press_sequentially("A line on the train")
    line.wait_for_function("() => Object.values(localStorage).some((kept) => kept.includes('on the train'))")
    add(page, " Changed.")
    expect_state(page, "unreachable")
    for one in (line, page):
        one.close(run_before_unload=False)
    shell = profile.new_page()
    shell.goto("/entry")
    shell.get_by_role("button", name="Doctor").click()
    expect(shell.get_by_label("Text", exact=True)).to_have_value("Diagnosis. Changed.")
    shell.get_by_role("button", name="A line on the train").click()
    expect(shell.get_by_label("Text", exact=True)).to_have_value("A line on the train")
    assert [shell.locator(f"[name={name}]").input_value() for name in ("title", "entry", "version")] == ["", "", "0"]
    shell.close(run_before_unload=False)
    site.proxy.mend()
    assert drafts(profile) == ["A line on the train", "Diagnosis. Changed."]


def test_the_end_of_a_long_text_is_there_when_another_is_taken_up(profile: BrowserContext, site: Site) -> None:
    page = ready_to_write_offline(profile)
    site.proxy.cut()
    page.goto("/entry")
    add(page, "Waiting.")
    expect_state(page, "unreachable")
    page.goto("/entry")
    page.get_by_label("Text", exact=True).fill("long " * 12_000)
    add(page, "The last sentence.")
    page.get_by_role("button", name="Waiting.").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Waiting.")
    kept = "() => Object.values(localStorage).filter((kept) => kept.includes('The last sentence.')).length"
    assert page.evaluate(kept) == 1
    page.close(run_before_unload=False)
    site.proxy.mend()
    assert [text[-18:] for text in drafts(profile)] == ["Waiting.", "The last sentence."]


def test_a_log_out_sends_the_line_that_stands_on_its_own_page(profile: BrowserContext, site: Site, writer: str) -> None:
    page = profile.new_page()
    page.goto("/")
    page.locator("#line").press_sequentially("Half typed words")
    page.wait_for_function("() => Object.values(localStorage).some((kept) => kept.includes('Half typed words'))")
    asked: list[str] = []

    def go_on(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", go_on)
    page.locator("summary", has_text=writer).click()
    page.locator("header").get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You're logged out.")).to_be_visible()
    assert not asked
    site.in_process_app.sign_in(profile, writer)
    expect_draft(profile, "Half typed words")


def test_half_a_time_is_asked_about_and_not_dropped(profile: BrowserContext) -> None:
    page = begin(profile, "At some time.")
    page.locator("details.when summary, details summary").first.click()
    time = page.locator("[name=entry_time]")
    time.fill("")
    time.press("1")
    assert time.evaluate("(field) => field.validity.badInput")
    page.keyboard.press("ControlOrMeta+s")
    expect(time).to_be_focused()
    assert page.url.endswith("/entry") or "/drafts/" in page.url
    time.fill("11:30")
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_url(re.compile("/entry/[0-9]+$"))
    expect(page.locator("main")).to_contain_text("11:30")


def test_a_screen_reader_hears_once_that_a_draft_is_saved(profile: BrowserContext) -> None:
    page = profile.new_page()
    page.goto("/entry")
    page.evaluate(
        """() => {
            window.heard = [];
            const state = document.querySelector("[data-state]");
            const note = () => heard.push([state.ariaLive, state.textContent]);
            new MutationObserver(note).observe(state, { childList: true, characterData: true });
        }"""
    )
    for words in ("First words", " and more", " and the last"):
        page.get_by_label("Text", exact=True).press_sequentially(words)
        expect_nothing_waits(page)
    heard = page.evaluate("heard.filter(([live]) => live === 'polite').map(([, text]) => text.split(' ')[0])")
    assert heard == ["Draft"]
    assert page.evaluate("heard.filter(([, text]) => text === 'Saving…').length") <= 3
