"""Take the pictures of this folder: every page of the demo journal, wide and light, narrow and dark (`make screenshots`)."""

import io
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.cli.demo import invented

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PASSWORD = invented.PASSWORD
LOOKS: tuple[tuple[str, int, int, Literal["light", "dark"]], ...] = (("wide", 1280, 800, "light"), ("narrow", 360, 740, "dark"))
TALL = {"journal": 1300, "entry": 1300}
"""Pages that say more a little further down."""
OPEN_PAGES = {"welcome": "/", "log-in": "/login", "sign-up": "/register", "reset": "/reset", "not-found": "/nowhere"}
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


@contextmanager
def demo_journal() -> Iterator[str]:
    """Serve the demo journal from a folder that is thrown away, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {
            "FLASK_SKIP_DOTENV": "1",
            "FLASK_CONFIG": "development",
            "SECRET_KEY": secrets.token_urlsafe(32),
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/daybook.db",
            "BIND": address,
            "PUBLIC_URL": f"http://{address}",
        }
        for command in (["db", "upgrade"], ["demo"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environ, check=True, capture_output=True)
        server = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
        try:
            _wait_for(f"http://{address}/readyz")
            yield f"http://{address}"
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(address: str) -> None:
    for _attempt in range(200):
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the demo journal does not answer")


def keep(page: Page, name: str) -> None:
    """Keep what a page shows in the window, as WebP."""
    page.wait_for_load_state("networkidle")
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.save(FOLDER / f"{name}.webp", quality=82, method=6)


def take_all(browser: Browser, address: str) -> int:
    """Take every page in every look, and return how many pictures that are."""
    number = 0
    for look, width, height, scheme in LOOKS:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB", service_workers="block"
        )
        page = context.new_page()
        for name, path in OPEN_PAGES.items():
            page.goto(path)
            keep(page, f"{name}-{look}")
        page.goto("/login")
        page.get_by_label("User name").fill("marta")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url(f"{address}/")
        year = time.localtime().tm_year
        for name, path in {**PAGES, **_of_an_entry(page)}.items():
            page.set_viewport_size({"width": width, "height": TALL.get(name, height)})
            page.goto(path.format(year=year))
            keep(page, f"{name}-{look}")
        number += len(OPEN_PAGES) + len(PAGES) + 4
        context.close()
    return number


def _of_an_entry(page: Page) -> dict[str, str]:
    """Return the pages of one entry with a photo, and of one of several photos."""
    page.goto("/search?q=ferry+plums")
    entry = re.sub(r"^https?://[^/]+", "", page.locator(".entries .title a").first.evaluate("link => link.href"))
    page.goto("/photos")
    photos = re.sub(r"^https?://[^/]+", "", page.locator(".photo-grid a").nth(2).evaluate("link => link.href"))
    return {
        "entry": entry,
        "edit": f"{entry}/edit",
        "photo": f"{entry}/photo/1",
        "entry-of-photos": photos,
    }


def main() -> None:
    """Take the pictures."""
    with demo_journal() as address, sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        print(f"{take_all(browser, address)} pictures are in {FOLDER.relative_to(ROOT)}.")
        browser.close()


if __name__ == "__main__":
    main()
