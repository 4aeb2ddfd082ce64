"""Somebody types, and things go wrong: what is lost is seconds at most, and the page says truthfully where the text is."""

import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Page, Route, expect

from tests.conftest import QUIET, chromium_program
from tests.factories import PASSWORD
from tests.journeys.conftest import sign_in
from tests.serving.in_process_app import InProcessApp
from tests.serving.server import kill, new_folder, serving
from tests.serving.tcp_proxy import TcpProxy
from tests.smtp import free_port

PATIENCE_MS = 30_000
PUT = """(field, text) => {
  field.value = text;
  for (const name of ["input", "focusout"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}"""
STATES = {0: "unreachable", 400: "refused", 401: "signedOut", 413: "large", 429: "busy", 500: "busy", 503: "busy"}


class Site:
    """A journal at one address, whose server can be killed and started again, or be out of reach."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.url = f"sqlite:///{folder}/typing.db"
        self.proxy = TcpProxy(free_port(), free_port())
        self.start()
        self.proxy.mend()
        self.in_process_app = InProcessApp(self.server)

    def start(self) -> None:
        """Start the server, at the same address as before."""
        facts = {"port": str(self.proxy.server_port), "PUBLIC_URL": f"http://127.0.0.1:{self.proxy.port}"}
        self.server = self.stack.enter_context(serving(self.url, self.folder, **facts))

    def newcomer(self) -> str:
        """Return the name of somebody who has an account and wrote nothing yet."""
        return self.in_process_app.make_person(f"ada{uuid.uuid4().hex[:8]}")


@pytest.fixture(scope="module")
def journal_site() -> Iterator[Site]:
    """A running journal."""
    folder = new_folder()
    with ExitStack() as stack:
        yield Site(folder, stack)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def site(journal_site: Site) -> Iterator[Site]:
    """The journal, within reach again at the end, whatever becomes of the test."""
    yield journal_site
    journal_site.proxy.mend()
    if journal_site.server.process.poll() is not None:
        journal_site.start()


@pytest.fixture
def writer(site: Site) -> str:
    """The name of somebody who wrote nothing yet."""
    return site.newcomer()


@pytest.fixture
def profile(chromium: Browser, site: Site, writer: str) -> Iterator[BrowserContext]:
    """A browser in which the writer is signed in."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{site.proxy.port}")
    site.in_process_app.sign_in(context, writer)
    yield context
    context.close()


def begin(context: BrowserContext, text: str) -> Page:
    """Open the writing page and type until the server has it."""
    page = context.new_page()
    page.goto("/entry")
    page.get_by_label("Text", exact=True).press_sequentially(text)
    expect_state(page, "kept")
    return page


def expect_state(page: Page, name: str) -> None:
    expect(page.locator(f"[data-state][data-is={name}]")).to_be_visible(timeout=PATIENCE_MS)


def expect_nothing_waits(page: Page) -> None:
    """Wait until the server has acknowledged all that was typed in this browser."""
    page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('daybook.unsent.'))", timeout=PATIENCE_MS)


def expect_draft(context: BrowserContext, text: str) -> None:
    """Look at the list of drafts as a person would, and find all of the text in one of them."""
    page = context.new_page()
    page.goto("/drafts")
    page.locator("main li a").first.click()
    expect(page.get_by_label("Text", exact=True)).to_have_value(text)


def test_the_server_is_killed_while_somebody_types(profile: BrowserContext, site: Site) -> None:
    page = begin(profile, "Before the kill.")
    site.server.die()
    page.get_by_label("Text", exact=True).press_sequentially(" And after it.")
    expect_state(page, "unreachable")
    site.start()
    expect_state(page, "kept")
    expect_draft(profile, "Before the kill. And after it.")
    assert page.get_by_label("Text", exact=True).input_value() == "Before the kill. And after it."


def test_going_back_after_a_save_leads_to_that_entry(profile: BrowserContext) -> None:
    page = begin(profile, "Once.")
    for more in ("", " Twice.", " And the end."):
        page.get_by_label("Text", exact=True).press_sequentially(more)
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".prose")).to_contain_text(more.strip() or "Once.", timeout=PATIENCE_MS)
        saved = page.url
        page.go_back()
        expect(page).to_have_url(f"{saved}/edit")
        expect(page.get_by_label("Text", exact=True)).to_have_value(re.compile(more.strip() or "Once."))
        page.wait_for_function("() => !history.state && document.readyState === 'complete'")
        page.get_by_label("Text", exact=True).press("Control+End")
    page.goto("/?view=mine")
    expect(page.locator("main article")).to_have_count(1)


def test_going_back_to_a_form_that_was_left_goes_on_with_its_draft(profile: BrowserContext) -> None:
    page = profile.new_page()
    page.goto("/entry?date=2026-03-01")
    page.get_by_label("Title", exact=True).fill("Harbour")
    page.get_by_label("Text", exact=True).press_sequentially("Left here")
    expect_nothing_waits(page)
    page.goto("/tags")
    page.go_back()
    expect(page).to_have_url(re.compile("/drafts/"))
    expect(page.get_by_label("Title", exact=True)).to_have_value("Harbour")
    page.get_by_label("Text", exact=True).press("Control+End")
    page.get_by_label("Text", exact=True).press_sequentially(", and found again.")
    expect_state(page, "kept")
    page.goto("/drafts")
    expect(page.locator("main li a")).to_have_count(1)
    expect_draft(profile, "Left here, and found again.")


def test_a_reload_in_the_middle_of_typing_goes_on(profile: BrowserContext) -> None:
    page = begin(profile, "Begun.")
    page.get_by_label("Text", exact=True).press_sequentially(" And on.")
    page.reload()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Begun. And on.")
    page.get_by_label("Text", exact=True).press("Control+End")
    page.get_by_label("Text", exact=True).press_sequentially(" And on.")
    expect_state(page, "kept")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_have_text("Begun. And on. And on.", timeout=PATIENCE_MS)


def test_words_that_waited_for_the_server_are_there_after_a_reload(profile: BrowserContext, site: Site) -> None:
    page = begin(profile, "Kept.")
    site.proxy.cut()
    page.get_by_label("Text", exact=True).press_sequentially(" Unsent.")
    expect_state(page, "unreachable")
    site.proxy.mend()
    page.reload()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Kept. Unsent.")
    expect_state(page, "kept")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_have_text("Kept. Unsent.", timeout=PATIENCE_MS)


def test_going_back_past_what_went_on_elsewhere_loses_and_replaces_nothing(profile: BrowserContext) -> None:
    page = begin(profile, "Start")
    expect_nothing_waits(page)
    page.goto("/drafts")
    page.locator("main li a").first.click()
    page.get_by_label("Text", exact=True).press("Control+End")
    page.get_by_label("Text", exact=True).press_sequentially(", middle and end.")
    expect_nothing_waits(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_contain_text("middle and end.", timeout=PATIENCE_MS)
    saved = page.url
    for _page in range(3):
        page.go_back()
    expect(page).to_have_url(f"{saved}/edit")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Start, middle and end.")


def test_going_back_to_a_change_meets_what_another_window_saved(profile: BrowserContext) -> None:
    page = begin(profile, "First.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_have_text("First.", timeout=PATIENCE_MS)
    address = f"{page.url}/edit"
    page.goto(address)
    page.get_by_label("Text", exact=True).press_sequentially(" Mine.")
    expect_nothing_waits(page)
    page.goto("/tags")
    other = profile.new_page()
    other.goto(address)
    other.get_by_label("Text", exact=True).fill("Theirs.")
    other.get_by_role("button", name="Save").click()
    expect(other.locator(".prose")).to_have_text("Theirs.", timeout=PATIENCE_MS)
    page.go_back()
    expect(page).to_have_url(re.compile("/drafts/"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This changed while you were editing", timeout=PATIENCE_MS)


def test_going_back_to_what_somebody_else_typed_shows_nothing_of_it(profile: BrowserContext, site: Site, writer: str) -> None:
    page = begin(profile, "For my eyes.")
    expect_nothing_waits(page)
    page.goto("/drafts")
    site.in_process_app.sign_out(writer)
    site.in_process_app.sign_in(profile, site.newcomer())
    page.go_back()
    page.wait_for_function("() => !history.state && document.readyState === 'complete'")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.get_by_label("Text", exact=True).input_value() == ""


def test_words_that_were_there_before_the_script_are_kept(profile: BrowserContext) -> None:
    page, held = profile.new_page(), list[Route]()
    page.route("**/js/autosave.js", lambda route: held.append(route))
    with page.expect_request("**/js/autosave.js"):
        page.goto("/entry", wait_until="commit")
    page.get_by_label("Text", exact=True).fill("Typed on a slow line.")
    held[0].continue_()
    expect_state(page, "kept")
    expect_draft(profile, "Typed on a slow line.")


def test_save_is_pressed_while_the_server_is_away(profile: BrowserContext, site: Site) -> None:
    page = begin(profile, "Before the kill.")
    site.proxy.cut()
    page.get_by_label("Text", exact=True).press_sequentially(" Saved anyway.")
    expect_state(page, "unreachable")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Before the kill. Saved anyway.")
    site.proxy.mend()
    expect(page.locator(".prose")).to_contain_text("Before the kill. Saved anyway.", timeout=PATIENCE_MS)
    page.goto("/drafts")
    expect(page.locator("main")).to_contain_text("No drafts")


def test_the_network_goes_away_and_comes_back(profile: BrowserContext) -> None:
    page = begin(profile, "On the train.")
    profile.set_offline(True)
    page.get_by_label("Text", exact=True).press_sequentially(" In the tunnel.")
    expect_state(page, "unreachable")
    profile.set_offline(False)
    expect_state(page, "kept")
    expect_draft(profile, "On the train. In the tunnel.")


def ready_to_write_offline(context: BrowserContext) -> Page:
    """Open a page and wait until the browser keeps the writing page."""
    page = context.new_page()
    page.goto("/")
    page.wait_for_function("() => localStorage.getItem('daybook.shell')?.startsWith(`${document.body.dataset.writer} `)")
    return page


def take_up(context: BrowserContext, waiting: str, more: str) -> Page:
    """Open the writing page without a network, and go on with a text that waits."""
    page = context.new_page()
    page.goto("/entry")
    page.get_by_role("button", name=waiting).click()
    page.get_by_label("Text", exact=True).press("End")
    page.get_by_label("Text", exact=True).press_sequentially(more)
    expect_state(page, "unreachable")
    return page


def leave_unsent(context: BrowserContext, site: Site, text: str) -> None:
    """Type on a page without a network and close it; the network is back then, and the text waits in the browser."""
    page = ready_to_write_offline(context)
    site.proxy.cut()
    page.goto("/entry")
    page.get_by_label("Text", exact=True).press_sequentially(text)
    expect_state(page, "unreachable")
    page.close(run_before_unload=False)
    site.proxy.mend()


def test_pages_are_begun_without_a_network_and_sent_in_order(profile: BrowserContext, site: Site) -> None:
    page = ready_to_write_offline(profile)
    site.proxy.cut()
    for text in ("First on the train.", "Second in the tunnel."):
        page.goto("/entry")
        expect(page.get_by_text("You're offline.")).to_be_visible()
        page.get_by_label("Text", exact=True).press_sequentially(text)
        expect_state(page, "unreachable")
    expect(page.get_by_role("button", name="First on the train.")).to_be_visible()
    page.close(run_before_unload=False)
    site.proxy.mend()
    page = profile.new_page()
    page.goto("/")
    expect_nothing_waits(page)
    page.goto("/drafts")
    expect(page.locator("main li a")).to_have_text(["Second in the tunnel.", "First on the train."])


def test_a_text_begun_without_a_network_is_saved_where_it_was_begun(profile: BrowserContext, site: Site) -> None:
    page = ready_to_write_offline(profile)
    site.proxy.cut()
    page.goto("/entry")
    page.get_by_label("Text", exact=True).press_sequentially("Never left the page.")
    page.get_by_role("button", name="Save").click()
    site.proxy.mend()
    expect(page.locator(".prose")).to_have_text("Never left the page.", timeout=PATIENCE_MS)


def test_a_change_that_waited_goes_on_as_that_change(profile: BrowserContext, site: Site) -> None:
    page = ready_to_write_offline(profile)
    page.goto("/entry")
    page.get_by_label("Text", exact=True).press_sequentially("Harbour.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/entry/*")
    address = page.url
    page.goto(f"{address}/edit")
    site.proxy.cut()
    page.get_by_label("Text", exact=True).press_sequentially("Changed. ")
    expect_state(page, "unreachable")
    page.close(run_before_unload=False)
    page = take_up(profile, "Changed. Harbour.", " Twice.")
    site.proxy.mend()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_contain_text("Twice.", timeout=PATIENCE_MS)
    assert page.url == address
    page.goto("/?view=mine")
    expect(page.locator("main article")).to_have_count(1)


def test_nobody_else_meets_what_waits_in_this_browser(profile: BrowserContext, site: Site, writer: str) -> None:
    leave_unsent(profile, site, "For my eyes.")
    site.in_process_app.sign_out(writer)
    stranger = profile.new_page()
    stranger.goto("/login")
    stranger.wait_for_function("async () => !(await (await caches.open((await caches.keys())[0] ?? 'none')).match('shell'))")
    stranger.close()
    sign_in(profile.new_page(), site.newcomer(), PASSWORD).close()
    page = ready_to_write_offline(profile)
    site.proxy.cut()
    page.goto("/entry")
    expect(page.get_by_text("You're offline.")).to_be_visible()
    assert "For my eyes." not in page.content()
    site.proxy.mend()


def test_nothing_can_be_typed_that_a_save_would_leave_behind(profile: BrowserContext) -> None:
    page = begin(profile, "Whole.")
    page.route("**/entry", lambda route: route.fulfill(status=204) if route.request.method == "POST" else route.continue_())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Text", exact=True)).not_to_be_editable()
    page.unroute("**/entry")
    page.close(run_before_unload=False)


def test_a_save_comes_to_an_end_where_drafts_are_refused(profile: BrowserContext) -> None:
    page = begin(profile, "Kept.")
    page.route("**/entry/draft", partial(refuse, 500))
    page.get_by_label("Text", exact=True).press_sequentially(" All the same.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_have_text("Kept. All the same.", timeout=PATIENCE_MS)


def test_one_text_that_is_refused_holds_up_no_other(profile: BrowserContext) -> None:
    page = profile.new_page()
    page.goto("/")
    fields = {"entry_date": "2026-03-01", "visibility": "private", "serial": 1, "writer": page.locator("body").get_attribute("data-writer")}
    texts = [
        {**fields, "key": "wide", "body": "x" * 100, "serial": -1, "at": 1},
        {**fields, "key": "good", "body": "Gets through.", "at": 2},
    ]
    page.evaluate(
        "texts => texts.forEach((text) => localStorage[`daybook.unsent.${text.writer}.${text.key}`] = JSON.stringify(text))", texts
    )
    page.evaluate("localStorage[`daybook.unsent.${document.body.dataset.writer}.broken`] = '{'")
    with page.expect_response(lambda answer: answer.url.endswith("/entry/draft") and answer.ok):
        page.reload()
    expect_draft(profile, "Gets through.")


def test_logging_out_asks_before_words_are_lost(profile: BrowserContext) -> None:
    page = profile.new_page()
    page.goto("/")
    page.evaluate("localStorage[`daybook.unsent.${document.body.dataset.writer}.k`] = JSON.stringify({ key: 'k', serial: -1, body: 'x' })")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto("/logout")
    with page.expect_event("dialog"):
        page.get_by_role("main").get_by_role("button", name="Log out").click()
    assert "hasn't been uploaded yet" in asked[0]
    page.goto("/drafts")
    expect(page.get_by_role("heading", level=1)).to_have_text("Drafts")


def test_logging_out_wipes_what_the_browser_keeps(profile: BrowserContext, site: Site) -> None:
    page = ready_to_write_offline(profile)
    site.proxy.cut()
    page.goto("/entry")
    page.get_by_label("Text", exact=True).press_sequentially("For my eyes.")
    expect_state(page, "unreachable")
    site.proxy.mend()
    other = profile.new_page()
    page.close(run_before_unload=False)
    other.goto("/logout")
    other.get_by_role("main").get_by_role("button", name="Log out").click()
    expect(other.get_by_text("You're logged out.")).to_be_visible()
    kept = "async () => [(await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length, localStorage.length]"
    assert other.evaluate(kept) == [0, 0, 0]


def test_logging_out_leaves_what_somebody_else_could_not_send_yet(profile: BrowserContext, site: Site, writer: str) -> None:
    leave_unsent(profile, site, "Still unsent.")
    site.in_process_app.sign_out(writer)
    other = sign_in(profile.new_page(), site.newcomer(), PASSWORD)
    other.evaluate("localStorage[`daybook.unsent.${document.body.dataset.writer}.k`] = JSON.stringify({ key: 'k', serial: -1, body: 'x' })")
    other.on("dialog", lambda dialog: dialog.accept())
    other.goto("/logout")
    other.get_by_role("main").get_by_role("button", name="Log out").click()
    expect(other.get_by_text("You're logged out.")).to_be_visible()
    assert other.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('daybook.unsent.')).length") == 1
    sign_in(other, writer, PASSWORD)
    expect_nothing_waits(other)
    expect_draft(profile, "Still unsent.")


def test_the_tab_is_killed_in_the_middle_of_a_sentence(profile: BrowserContext) -> None:
    page = begin(profile, "Half a")
    profile.set_offline(True)
    page.get_by_label("Text", exact=True).press_sequentially(" sentence, then")
    page.close(run_before_unload=False)
    profile.set_offline(False)
    again = profile.new_page()
    again.goto("/entry")
    expect(again.get_by_label("Text", exact=True)).to_have_value("Half a sentence, then", timeout=PATIENCE_MS)
    expect_nothing_waits(again)
    expect_draft(profile, "Half a sentence, then")


def test_the_session_ends_and_another_window_logs_in(profile: BrowserContext, site: Site, writer: str) -> None:
    page = begin(profile, "Signed in.")
    site.in_process_app.sign_out(writer)
    page.get_by_label("Text", exact=True).press_sequentially(" Signed out.")
    expect_state(page, "signedOut")
    sign_in(profile.new_page(), writer, PASSWORD)
    expect_state(page, "kept")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_contain_text("Signed in. Signed out.")


def refuse(status: int, route: Route) -> None:
    """Answer for the server; 0 stands for no network."""
    route.fulfill(status=status, body="{}") if status else route.abort()


def test_whatever_refuses_a_megabyte_it_stays_and_is_sent_once_that_is_over(profile: BrowserContext) -> None:
    page = begin(profile, "Begun.")
    for status, state in STATES.items():
        megabyte = (f"{status} Подъехали к пристани. 我们走到港口。 <b>&amp;</b> " * (15_000 if status == 503 else 500)).strip()
        page.route("**/entry/draft", partial(refuse, status))
        page.get_by_label("Text", exact=True).evaluate(PUT, megabyte)
        expect_state(page, state)
        assert page.get_by_label("Text", exact=True).input_value() == megabyte, f"after {status} nothing of it is gone"
        page.unroute("**/entry/draft")
        page.evaluate("dispatchEvent(new Event('online'))")
        expect_state(page, "kept")
    expect_draft(profile, megabyte)
    page.close(run_before_unload=False)


def test_save_is_pressed_with_a_secret_that_is_none_any_more(profile: BrowserContext) -> None:
    page = begin(profile, "Kept")
    page.evaluate("document.querySelector('.writing [name=csrf_token]').value = 'another'")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_have_text("Kept")


def test_an_older_window_is_told_that_a_newer_one_went_on(profile: BrowserContext) -> None:
    older = begin(profile, "Together.")
    newer = profile.new_page()
    newer.goto("/drafts")
    newer.locator("main li a").first.click()
    newer.get_by_label("Text", exact=True).press_sequentially(" Much newer, with many words.")
    expect_state(newer, "kept")
    older.get_by_label("Text", exact=True).press_sequentially(" Old.")
    expect_state(older, "late")
    expect_draft(profile, newer.get_by_label("Text", exact=True).input_value())


def test_somebody_else_signs_in_in_the_same_browser(profile: BrowserContext, site: Site, writer: str) -> None:
    page = begin(profile, "Ada's own.")
    site.in_process_app.sign_out(writer)
    other = sign_in(profile.new_page(), site.newcomer(), PASSWORD)
    page.get_by_label("Text", exact=True).press_sequentially(" More of Ada's.")
    expect_state(page, "other")
    other.goto("/entry")
    other.goto("/drafts")
    expect(other.locator("main")).to_contain_text("No drafts")


def test_a_page_of_somebody_between_us_is_no_acknowledgement(profile: BrowserContext) -> None:
    page = profile.new_page()
    page.goto("/entry")
    page.route("**/entry/draft", lambda route: route.fulfill(status=200, body="<html>Welcome to our hotel. Accept the terms.</html>"))
    page.get_by_label("Text", exact=True).press_sequentially("Typed in a hotel.")
    expect_state(page, "unreachable")
    page.unroute("**/entry/draft")
    expect_state(page, "kept")
    expect_draft(profile, "Typed in a hotel.")


def test_the_browser_is_killed_and_little_is_lost(chromium: Browser, site: Site, writer: str, tmp_path: Path) -> None:
    kind, program = chromium.browser_type, chromium_program()
    address = f"http://127.0.0.1:{site.proxy.port}"
    facts: dict[str, Any] = {"executable_path": program, "args": QUIET, "base_url": address}
    context = kind.launch_persistent_context(tmp_path, **facts)
    site.in_process_app.sign_in(context, writer)
    page = context.pages[0]
    page.goto("/entry")
    page.get_by_label("Text", exact=True).press_sequentially("Before. ")
    expect_state(page, "kept")
    site.proxy.cut()
    page.get_by_label("Text", exact=True).press_sequentially("Typed while the journal was away.")
    expect_state(page, "unreachable")
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(tmp_path).encode() in (folder / "cmdline").read_bytes():
                kill(int(folder.name))
    with suppress(Error):
        context.close()
    site.proxy.mend()
    again = kind.launch_persistent_context(tmp_path, **facts)
    site.in_process_app.sign_in(again, writer)
    page = again.pages[0]
    with page.expect_response("**/entry/draft"):
        page.goto("/")
    expect_draft(again, "Before. Typed while the journal was away.")
    again.close()
