"""What a person does, in a real browser; and every page before axe."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pyotp
import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.cli.demo import invented
from tests.factories import PASSWORD, jpeg
from tests.journeys.conftest import sign_in
from tests.serving.in_process_app import InProcessApp
from tests.serving.server import Server, wait_until

GIVEN_FILE = """([kind, bytes]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], "given.jpg", { type: "image/jpeg" }));
  const facts = { bubbles: true, dataTransfer: files, clipboardData: files };
  document.querySelector("#body").dispatchEvent(kind === "drop" ? new DragEvent(kind, facts) : new ClipboardEvent(kind, facts));
}"""
OPEN_PAGES = [
    "/",
    "/login",
    "/welcome",
    "/register",
    "/reset",
    "/reset/nonsense",
    "/confirm/nonsense",
    "/logout",
    "/nowhere",
    "/people/marta",
]
OWN_PAGES = [
    *(
        "/",
        "/?view=shared",
        "/?view=starred",
        "/entry/offline",
        "/entry",
        "/entry/1",
        "/entry/1/edit",
        "/entry/1/history",
        "/drafts",
        "/files",
        "/trash",
        "/search",
        "/search?q=harbour",
        "/search?q=nothinglikeit",
    ),
    *(
        "/calendar",
        "/calendar/2026",
        "/calendar/2026/10",
        "/day/2026-10-31",
        "/day/2026-11-30",
        "/statistics",
        "/on-this-day",
        "/on-this-day?date=2026-10-31",
    ),
    *(
        "/tags",
        "/tags/garden",
        "/people/marta",
        "/people/ilya",
        "/nowhere",
    ),
]
SETTINGS_PAGES = [
    *(
        "/account",
        "/account/writing",
        "/account/languages",
        "/account/appearance",
        "/account/export",
        "/account/templates",
        "/account/password",
        "/account/devices",
        "/account/prove",
        "/account/username",
        "/account/address",
        "/account/close",
    ),
    *(
        "/account/second-factor",
        "/account/passkeys",
        "/admin/people/new",
        "/admin/people/list",
        "/account/events",
        "/admin/people",
        "/admin/people/2",
        "/admin/invitations",
        "/admin/outbox",
        "/admin/audit",
    ),
    *("/moderation",),
]
VIOLATIONS = {"resultTypes": ["violations"]}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], **VIOLATIONS}
COLOURS = {"runOnly": ["color-contrast"], **VIOLATIONS}
"""What another look can change."""
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 320), ("dark", 1280))


OTHER_WIDTHS = (360, 768, 1920)
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
  return document.documentElement.scrollWidth > innerWidth;
}"""
"""Text as far apart as somebody may need it (WCAG 2.2, 1.4.12)."""


BROKEN = """() => [...document.querySelectorAll("header.site :is(a, summary), nav a, .button, button")]
  .filter((one) => one.checkVisibility() && !/\\s/.test(one.innerText.trim()))
  .filter((one) => {
    const style = getComputedStyle(one);
    return one.clientHeight - 2 * parseFloat(style.paddingBlockStart) > 1.9 * parseFloat(style.lineHeight);
  })
  .map((one) => one.innerText)"""
"""What is one word and stands on two lines."""


def faults_of(page: Page, path: str) -> list[str]:
    """Hold a page against axe in light, dark and forced colours, and against sideways scrolling in every width and with spaced text."""
    faults = []
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        if scheme == LOOKS[0][0]:
            page.goto(path)
            found = Axe().run(page, options=RULES)
        else:
            found = AxeResults(page.evaluate("options => axe.run(options)", COLOURS))
        if found.violations_count:
            faults.append(f"{path} {scheme} {width}: {found.generate_report()}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{path} scrolls sideways at {width}")
        if broken := page.evaluate(BROKEN):
            faults.append(f"{path} breaks {broken} at {width}")
    page.emulate_media(forced_colors="active")
    forced = AxeResults(page.evaluate("options => axe.run(options)", COLOURS))
    page.emulate_media(forced_colors="none")
    if forced.violations_count:
        faults.append(f"{path} in forced colours: {forced.generate_report()}")
    for width in OTHER_WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{path} scrolls sideways at {width}")
    page.set_viewport_size({"width": 320, "height": 800})
    if page.evaluate(SPACED):
        faults.append(f"{path} scrolls sideways with spaced text")
    return faults


def test_pages_for_everybody_are_accessible(page: Page) -> None:
    assert [fault for path in OPEN_PAGES for fault in faults_of(page, path)] == []


def test_pages_of_a_writer_are_accessible(marta: Page) -> None:
    assert [fault for path in OWN_PAGES for fault in faults_of(marta, path)] == []


def test_pages_of_settings_are_accessible(marta: Page) -> None:
    assert [fault for path in SETTINGS_PAGES for fault in faults_of(marta, path)] == []


def test_from_sign_up_to_a_found_entry(page: Page, journal: Server) -> None:
    page.goto("/")
    page.get_by_role("link", name="Start a journal").click()
    page.get_by_label("User name").fill("Noor")
    page.get_by_label("Email").fill("noor@example.org")
    page.get_by_label("Password", exact=True).fill("1234")
    page.get_by_label("Repeat password").fill("1234")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("status")).to_contain_text("noor@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    sign_in(page, "noor@example.org", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    page.goto(link_of_letter(journal, "noor@example.org"))
    expect(page.get_by_role("status")).to_contain_text("confirmed")

    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_label("Title").fill("Comet")
    page.get_by_label("Text", exact=True).fill("Saw a **comet** above the roofs. 我们看到了彗星。")
    expect(page.locator("[data-state]")).to_contain_text("Draft saved")
    page.get_by_label("Tags").fill("sky, night")
    page.get_by_label("Text", exact=True).press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Comet")
    expect(page.locator("strong")).to_have_text("comet")

    page.get_by_role("link", name="Search").click()
    page.get_by_label("Search your journal").fill("彗星")
    page.get_by_label("Search your journal").press("Enter")
    expect(page.locator("mark")).to_have_text("彗星")
    page.get_by_role("link", name="Comet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comet")
    page.goto("/account")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Lisbon")


def test_codes_from_an_app_guard_the_log_in_and_recovery_codes_stand_in(page: Page, in_process_app: InProcessApp) -> None:
    in_process_app.make_person("tess")
    sign_in(page, "tess", PASSWORD)
    page.goto("/account/second-factor")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("img")).to_be_visible()
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    recovery = page.locator(".codes code").all_inner_texts()
    assert len(recovery) == 10 and faults_of_this(page) == []

    sign_out(page)
    start_to_sign_in(page, "tess", PASSWORD)
    page.get_by_label("Code").fill(pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30)))
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")

    sign_out(page)
    start_to_sign_in(page, "tess", PASSWORD)
    assert faults_of_this(page) == []
    page.get_by_label("Code").fill(recovery[3])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")


def test_a_passkey_is_added_and_opens_the_journal(chromium: Browser, journal: Server, in_process_app: InProcessApp) -> None:
    in_process_app.make_person("petra")
    context = chromium.new_context(base_url=journal.address.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, "automaticPresenceSimulation": True}})
    sign_in(page, "petra", PASSWORD)
    page.goto("/account/passkeys")
    page.get_by_label("Name").fill("my laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto("/account/passkeys")
    expect(page.locator("main")).to_contain_text("my laptop")
    assert faults_of_this(page) == []

    sign_out(page)
    page.goto("/login")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")

    sign_out(page)
    start_to_sign_in(page, "petra", PASSWORD)
    assert faults_of_this(page) == []
    page.get_by_role("button", name="Use a passkey or security key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Journal")
    context.close()


def test_another_device_is_signed_out(page: Page, journal: Server, in_process_app: InProcessApp, chromium: Browser) -> None:
    in_process_app.make_person("odile")
    elsewhere = sign_in(chromium.new_context(base_url=journal.address).new_page(), "odile", PASSWORD)
    sign_in(page, "odile", PASSWORD)
    page.goto("/account/devices")
    page.get_by_role("main").get_by_role("button", name="Log out: ").click()
    expect(page.get_by_role("status")).to_contain_text("logged out")
    elsewhere.goto("/entry")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Log in")
    elsewhere.context.close()


def test_an_account_is_closed_and_its_person_comes_back(page: Page, in_process_app: InProcessApp) -> None:
    in_process_app.make_person("runa")
    sign_in(page, "runa", PASSWORD)
    page.goto("/entry")
    page.get_by_label("Text", exact=True).fill("Before I left.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/entry/*")
    page.goto("/account")
    page.get_by_role("link", name="Close account").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export journal").click()
    assert download.value.suggested_filename.startswith("journal-runa-")
    page.get_by_label("Your user name").fill("runa")
    page.get_by_role("button", name="Close account").click()
    expect(page.get_by_role("status")).to_contain_text("to reopen it")
    sign_in(page, "runa", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Reopen your account?")
    assert faults_of_this(page) == []
    page.get_by_role("button", name="Reopen account").click()
    expect(page.get_by_role("status")).to_contain_text("Welcome back")
    page.goto("/")
    expect(page.locator("main")).to_contain_text("Before I left.")


def test_the_address_is_changed_and_the_change_undone(page: Page, journal: Server, in_process_app: InProcessApp) -> None:
    in_process_app.make_person("vera")
    sign_in(page, "vera", PASSWORD)
    page.goto("/account/address")
    page.get_by_label("Email").fill("vera@example.net")
    page.locator("main").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("vera@example.net")
    page.goto(link_of_letter(journal, "vera@example.net", "/address/"))
    assert faults_of_this(page) == []
    page.locator("main").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Your new email is confirmed")
    expect(page.locator("main")).to_contain_text("vera@example.net")
    page.goto(link_of_letter(journal, "vera@example.org", "/address/"))
    assert faults_of_this(page) == []
    page.locator("main").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("Your old email is back")
    sign_in(page, "vera@example.org", PASSWORD)
    page.goto("/account")
    expect(page.locator("main")).to_contain_text("vera@example.org")


def start_to_sign_in(page: Page, name: str, password: str) -> None:
    """Give name and password and wait for the second step."""
    sign_in(page, name, password)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")


def sign_out(page: Page) -> None:
    """Log out by the page that has the button."""
    page.goto("/logout")
    page.locator("main").get_by_role("button", name="Log out").click()


def faults_of_this(page: Page) -> list[str]:
    """Hold the page that is open, which no address leads to, against axe."""
    found = Axe().run(page, options=RULES)
    return [str(found.generate_report())] if found.violations_count else []


def test_the_writing_page_helps(marta: Page) -> None:
    marta.goto("/entry")
    text = marta.get_by_label("Text", exact=True)
    expect(text).to_be_focused()
    text.type("bold")
    text.press("Control+a")
    marta.get_by_role("button", name="Bold").click()
    expect(text).to_have_value("**bold**")
    text.press("End")
    marta.get_by_role("button", name="List").click()
    expect(text).to_have_value("- **bold**")
    marta.get_by_role("button", name="Preview").click()
    expect(marta.get_by_role("region", name="Preview").locator("li strong")).to_have_text("bold")
    marta.get_by_role("button", name="Preview").click()
    text.fill("\n".join("line" for _number in range(60)))
    assert text.evaluate("element => element.scrollHeight <= element.clientHeight + 2"), "the text area grows with the text"


def test_pictures_are_chosen_dropped_and_pasted(marta: Page, tmp_path: Path) -> None:
    boat, fake = tmp_path / "boat.jpg", tmp_path / "fake.jpg"
    boat.write_bytes(jpeg(600, 400))
    fake.write_text("<html>")
    marta.goto("/photos")
    before = marta.get_by_role("img").count()
    marta.goto("/entry")
    marta.get_by_label("Photos and files").set_input_files([boat, fake])
    expect(marta.get_by_text("Not added: Daybook can't keep this kind of file")).to_be_visible()
    marta.locator(".attached summary").first.click()
    marta.get_by_label("Description (alt text)").first.fill("A boat at dawn")
    marta.keyboard.press("Escape")
    for event in ("drop", "paste"):
        marta.evaluate(GIVEN_FILE, [event, list(jpeg(30, 20))])
        expect(marta.get_by_text("Added.")).to_have_count(2 if event == "drop" else 3)
    assert faults_of_this(marta) == []
    marta.get_by_role("button", name="Save").click()
    expect(marta.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(marta.get_by_role("img")).to_have_count(3)
    expect(marta.get_by_role("img", name="A boat at dawn")).to_be_visible()
    for picture in marta.get_by_role("img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("picture => picture.naturalWidth") > 0
    assert faults_of_this(marta) == []
    marta.get_by_role("img", name="A boat at dawn").click()
    expect(marta.get_by_role("heading", name="Photo 1 of 3")).to_have_count(1)
    assert faults_of_this(marta) == []
    marta.keyboard.press("ArrowRight")
    expect(marta).to_have_url(re.compile("/photo/2$"))
    marta.keyboard.press("Escape")
    expect(marta.locator(".prose")).to_be_visible()
    marta.goto("/photos")
    assert faults_of_this(marta) == [] and marta.get_by_role("img").count() == before + 3


def test_two_windows_never_overwrite_each_other(context: BrowserContext, marta: Page) -> None:
    marta.goto("/entry")
    marta.get_by_label("Text", exact=True).fill("Common ground.")
    marta.get_by_role("button", name="Save").click()
    marta.wait_for_url("**/entry/*")
    address = marta.url + "/edit"
    other = context.new_page()
    for window in (marta, other):
        window.goto(address)
    marta.get_by_label("Text", exact=True).fill("From one window.")
    marta.get_by_role("button", name="Save").click()
    expect(marta.locator(".prose")).to_have_text("From one window.")
    other.get_by_label("Text", exact=True).fill("From the other.")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("This changed while you were editing")
    expect(other.locator("pre")).to_have_text("From one window.")
    assert Axe().run(other, options=RULES).violations_count == 0
    other.get_by_role("button", name="Keep mine (the other version stays in the history)").click()
    expect(other.locator(".prose")).to_contain_text("From the other.")


def test_everything_works_by_keyboard(marta: Page) -> None:
    marta.goto("/")
    marta.keyboard.press("Tab")
    expect(marta.get_by_role("link", name="Skip to content")).to_be_focused()
    marta.keyboard.press("Enter")
    assert marta.evaluate("document.activeElement.id") == "content"
    marta.locator("details.menu summary").focus()
    marta.keyboard.press("Enter")
    expect(marta.get_by_role("link", name="Settings")).to_be_visible()
    marta.keyboard.press("Escape")
    expect(marta.get_by_role("link", name="Settings")).to_be_hidden()


def test_everything_works_without_scripts(chromium: Browser, journal: Server) -> None:
    context = chromium.new_context(base_url=journal.address, java_script_enabled=False)
    page = sign_in(context.new_page(), "ilya", invented.PASSWORD)
    page.goto("/entry")
    page.get_by_label("Text", exact=True).fill("Plain as paper.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".prose")).to_have_text("Plain as paper.")
    page.get_by_role("button", name="Move to trash").click()
    page.get_by_role("button", name="Restore").first.click()
    expect(page.locator(".prose")).to_have_text("Plain as paper.")
    context.close()


def test_the_look_follows_the_system_or_the_switch(marta: Page) -> None:
    # While one page takes the place of another there is no element at its root.
    paper = "document.documentElement && getComputedStyle(document.documentElement).backgroundColor"
    marta.emulate_media(color_scheme="dark")
    marta.goto("/tags")
    dark = marta.evaluate(paper)
    marta.get_by_role("button", name="Light").click()
    marta.wait_for_function(f"dark => {{ const paper = {paper}; return paper && paper !== dark; }}", arg=dark)
    assert marta.url.endswith("/tags")
    marta.get_by_role("button", name="System").click()
    marta.wait_for_function(f"dark => ({paper}) === dark", arg=dark)


def test_relative_times_stay_exact_in_a_title(marta: Page) -> None:
    marta.goto("/entry/1")
    time = marta.locator("time[data-relative]").first
    assert re.search(r"\d{4}", time.get_attribute("title") or "") and re.search("ago|last|yesterday", time.inner_text())


def link_of_letter(journal: Server, recipient: str, path: str = "/confirm/") -> str:
    """Return the link in the email that the server kept as a file; `path` is what it begins with."""
    folder = Path(journal.environ["DATA_DIR"], "mail")

    def emails() -> list[str]:
        texts = [file.read_text().replace("=\n", "") for file in folder.glob("*.eml")]
        return [text for text in texts if f"To: {recipient}" in text and path in text]

    wait_until(lambda: bool(emails()), "the email", journal.log)
    found = re.search(rf"http://127\.0\.0\.1:\d+({path}[\w./-]+)", emails()[0])
    assert found
    return found[1]


@pytest.mark.parametrize(
    "path", ["/", "/day/2026-03-02", "/entry/{id}", "/entry/{id}/history", "/search?q=sea", "/tags", "/on-this-day?date=2027-03-02"]
)
def test_nothing_scrolls_sideways_on_a_phone(journal: Server, in_process_app: InProcessApp, chromium: Browser, path: str) -> None:
    context = chromium.new_context(base_url=journal.address, viewport={"width": 360, "height": 740})
    in_process_app.sign_in(context, in_process_app.make_person(f"wide{uuid.uuid4().hex[:8]}"))
    page = context.new_page()
    page.goto("/account/writing")
    page.get_by_label("Ask for my mood").check()
    page.locator("main").get_by_role("button", name="Save").first.click()
    page.goto("/entry?date=2026-03-02")
    page.get_by_label("Title").fill("T" * 200)
    page.get_by_label("Text", exact=True).fill("sea " + "w" * 900)
    page.get_by_label("Tags").fill("g" * 64)
    page.get_by_label("Mood").fill("m" * 40)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/entry/*")
    number = page.url.rpartition("/")[2]
    page.goto(path.format(id=number))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
