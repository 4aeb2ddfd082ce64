"""A real Chromium before a real server with the invented journal."""

import fcntl
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.serving.in_process_app import InProcessApp
from tests.serving.server import Server, new_folder, serving


@pytest.fixture(scope="session")
def invented_journal(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of the demo's journal, made by the first worker that needs it, to be copied."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    folder = shared / "invented"
    with (shared / "invented.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial = shared / "invented.partial"
            partial.mkdir()
            with serving(f"sqlite:///{partial}/journal.db", partial) as server:
                server.command("demo")
            partial.rename(folder)
    return folder


@pytest.fixture(scope="session")
def journal(invented_journal: Path) -> Iterator[Server]:
    """A running server with the demo's people."""
    folder = new_folder()
    shutil.copytree(invented_journal, folder, dirs_exist_ok=True)
    try:
        with serving(f"sqlite:///{folder}/journal.db", folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def context(chromium: Browser, journal: Server) -> Iterator[BrowserContext]:
    """A fresh browser profile that fails the test when a page asks another host for anything, or says anything is wrong.

    What the service worker does is the matter of `tests/faults/test_typing.py`; here it would only take time.
    """
    context = chromium.new_context(base_url=journal.address, locale="en-GB", timezone_id="Europe/Lisbon", service_workers="block")
    faults: list[str] = []
    context.on("request", lambda request: _note_stranger(request, journal.address, faults))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on(
        "console", lambda message: faults.append(message.text) if message.type == "error" and "status of" not in message.text else None
    )
    yield context
    context.close()
    assert faults == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of nobody's."""
    return context.new_page()


@pytest.fixture(scope="session")
def in_process_app(journal: Server) -> InProcessApp:
    """What makes people and sessions without a page."""
    return InProcessApp(journal)


@pytest.fixture
def marta(context: BrowserContext, in_process_app: InProcessApp) -> Page:
    """A tab in which Marta of the demo is signed in."""
    in_process_app.sign_in(context, "marta")
    return context.new_page()


def sign_in(page: Page, name: str, password: str) -> Page:
    """Log in by the form."""
    page.goto("/login")
    page.get_by_label("User name or email").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", level=1).wait_for()
    return page


def _note_stranger(request: Request, address: str, faults: list[str]) -> None:
    if not request.url.startswith((address, "data:", "blob:")):
        faults.append(f"a page asked for {request.url}")


@pytest.fixture
def newcomer(in_process_app: InProcessApp) -> str:
    """The name of somebody who wrote nothing yet."""
    return in_process_app.make_person(f"newcomer{uuid.uuid4().hex[:8]}")
