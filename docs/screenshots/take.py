"""Take the pictures of this folder: every page of the demo journal, wide and light, narrow and dark (`make screenshots`)."""

import io
import re
import tempfile
import time
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.cli.demo import invented
from tests.conftest import QUIET, chromium_program
from tests.serving.in_process_app import InProcessApp
from tests.serving.server import Server, serving

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
WRITER = invented.PEOPLE[0].username
LOOKS: tuple[tuple[str, int, int, Literal["light", "dark"]], ...] = (("wide", 1280, 800, "light"), ("narrow", 360, 740, "dark"))
TALL = {"journal": 1300, "entry": 1300}
"""Pages that say more a little further down."""
OPEN_PAGES = {
    "welcome": "/",
    "log-in": "/login",
    "sign-up": "/register",
    "reset": "/reset",
    "slip-code": "/welcome",
    "not-found": "/nowhere",
}
PAGES = {
    "journal": "/",
    "write": "/entry?another=1",
    "drafts": "/drafts",
    "photos": "/photos",
    "calendar": "/calendar",
    "year": "/calendar/{year}",
    "tags": "/tags",
    "tag": "/tags/sea",
    "search": "/search?q=harbour",
    "on-this-day": "/on-this-day?window=years",
    "statistics": "/statistics",
    "files": "/files",
    "trash": "/trash",
    "profile": "/account",
    "writing": "/account/writing",
    "languages": "/account/languages",
    "appearance": "/account/appearance",
    "security": "/account/security",
    "two-factor": "/account/second-factor",
    "passkeys": "/account/passkeys",
    "export": "/account/export",
    "close-account": "/account/close",
    "people": "/admin/people",
    "new-person": "/admin/people/new",
    "invitations": "/admin/invitations",
    "email-queue": "/admin/outbox",
    "audit-log": "/admin/audit",
}


def keep(page: Page, name: str) -> None:
    """Keep what a page shows in the window, as WebP."""
    page.wait_for_load_state("networkidle")
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.save(FOLDER / f"{name}.webp", quality=82, method=6)


def take_all(browser: Browser, server: Server) -> int:
    """Take every page in every look, and return how many pictures that are."""
    number = 0
    for look, width, height, scheme in LOOKS:
        context = browser.new_context(
            base_url=server.address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="en-GB",
            service_workers="block",
        )
        page = context.new_page()
        for name, path in OPEN_PAGES.items():
            page.goto(path)
            keep(page, f"{name}-{look}")
        InProcessApp(server).sign_in(context, WRITER)
        year = time.localtime().tm_year
        for name, path in {**PAGES, **_of_an_entry(page)}.items():
            page.set_viewport_size({"width": width, "height": TALL.get(name, height)})
            page.goto(path.format(year=year))
            keep(page, f"{name}-{look}")
        number += len(OPEN_PAGES) + len(PAGES) + 4
        context.close()
    return number


def an_entry(page: Page) -> str:
    """Return the path of an entry with text, a photo and tags, for a browser that is signed in."""
    page.goto("/search?q=ferry+plums")
    address: str = page.locator(".entries .title a").first.evaluate("link => link.href")
    return re.sub(r"^https?://[^/]+", "", address)


def _of_an_entry(page: Page) -> dict[str, str]:
    """Return the pages of one entry with a photo, and of one of several photos."""
    entry = an_entry(page)
    page.goto("/photos")
    photos = re.sub(r"^https?://[^/]+", "", page.locator(".photo-grid a").nth(2).evaluate("link => link.href"))
    return {
        "entry": entry,
        "edit": f"{entry}/edit",
        "photo": f"{entry}/photo/1",
        "entry-of-photos": photos,
    }


def main() -> None:
    """Serve the demo journal from a folder that is thrown away, and take the pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(f"sqlite:///{folder}/journal.db", Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        server.command("demo")
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=QUIET)
        print(f"{take_all(browser, server)} pictures are in {FOLDER.relative_to(ROOT)}.")
        browser.close()


if __name__ == "__main__":
    main()
