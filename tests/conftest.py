"""Fixtures of the whole suite: an application for each database, a clean journal for each test, a clock that stands still."""

import gc
import logging
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest
from flask import Flask, current_app
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import delete, make_url

os.environ["FLASK_SKIP_DOTENV"] = "1"
for name in ("DATABASE_URL", "DATA_DIR", "PUBLIC_URL", "SECRET_KEY", "FLASK_CONFIG", "MAIL_SERVER"):
    os.environ.pop(name, None)
MEMORY, ROOM_NEEDED = Path("/dev/shm"), 4 * 1024**3
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_NEEDED:
    # Nothing that tests write has to outlast a power cut, and a disk takes its time for thousands of files.
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

from app import clock, create_app  # noqa: E402  # the environment comes first
from app.backup import archive  # noqa: E402
from app.database import migrating  # noqa: E402
from app.database.transactions import writing  # noqa: E402
from app.extensions import db  # noqa: E402
from app.media import sandbox  # noqa: E402
from app.media.renderings import Rendering  # noqa: E402
from app.models import Installation, Role  # noqa: E402
from app.security import counters  # noqa: E402
from app.storage import blobs  # noqa: E402
from tests import postgres  # noqa: E402
from tests.factories import Factory  # noqa: E402
from tests.page_client import PageClient  # noqa: E402
from tests.scheduling import ENGINES, pytest_addoption, pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: E402, F401  # hooks
from tests.serving.server import Server, serving, wait_until  # noqa: E402

settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

SMALL = 20_000
NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first of them is used. The shell is the same engine without the windows of a browser, and takes a quarter less of a processor."""
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
NewPlace = Callable[..., str]
NewApp = Callable[..., Flask]
CLUSTER = pytest.StashKey[tuple[postgres.Cluster, threading.Thread]]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the PostgreSQL is that all workers share; it starts while they read the tests."""
    stash = node.config.stash
    if node.config.getoption("--engine") == "sqlite":
        return
    if CLUSTER not in stash:
        cluster = postgres.Cluster()
        stash[CLUSTER] = cluster, threading.Thread(target=cluster.start)
        stash[CLUSTER][1].start()
    node.workerinput["postgres"] = stash[CLUSTER][0].address


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the shared PostgreSQL."""
    if CLUSTER in config.stash:
        cluster, start = config.stash[CLUSTER]
        start.join()
        cluster.stop()


def pytest_collection_finish() -> None:
    """Tell the garbage collector that what is loaded by now stays."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder for the databases of this run."""
    path = Path(tempfile.mkdtemp(prefix="daybook-tests-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a PostgreSQL of this run's own, with `{name}` for the database."""
    if shared := getattr(request.config, "workerinput", {}).get("postgres"):
        wait_until(lambda: postgres.answers(shared), "PostgreSQL")
        yield shared
        return
    with postgres.running() as cluster:
        yield cluster.address


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def new_place(engine_name: str, folder: Path, request: pytest.FixtureRequest) -> NewPlace:
    """What makes databases of the engine that is tested, empty or copies of one that nobody is connected to."""
    address = request.getfixturevalue("postgres_address") if engine_name == "postgresql" else ""

    def make(model: str = "") -> str:
        name = f"place_{uuid.uuid4().hex}"
        if address:
            return postgres.new_database(address, name, make_url(model).database or "" if model else "template1")
        if model:
            shutil.copyfile(make_url(model).database or "", folder / name)
        return f"sqlite:///{folder}/{name}"

    return make


@pytest.fixture(scope="session")
def migrated(new_place: NewPlace, folder: Path) -> str:
    """The address of a database of the newest schema that nothing is in, to be copied."""
    url = new_place()
    app = make_app(url, folder / uuid.uuid4().hex)
    with app.app_context():
        migrating.bring_up_to_date()
        db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def database_url(new_place: NewPlace, migrated: str) -> str:
    """The address of the database that most tests share, one after the other."""
    return new_place(migrated)


@pytest.fixture(scope="session")
def app(database_url: str, folder: Path) -> Iterator[Flask]:
    """The application on a migrated database."""
    application = make_app(database_url, folder / uuid.uuid4().hex)
    with application.app_context():
        migrating.bring_up_to_date()
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def remembered_pictures() -> Iterator[None]:
    """Let the child process make each small picture of the tests once: hundreds of pages need the same one."""
    known: dict[tuple[bytes, bool], list[Rendering]] = {}
    made_by_child = sandbox.render

    def render(file: IO[bytes], *, is_ours: bool = False) -> list[Rendering]:
        file.seek(0)
        content = file.read(SMALL)
        if len(content) == SMALL:
            return made_by_child(file, is_ours=is_ours)
        if (content, is_ours) not in known:
            known[content, is_ours] = made_by_child(file, is_ours=is_ours)
        return known[content, is_ours]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "render", render)
        yield


@pytest.fixture
def factory(app: Flask) -> Iterator[Factory]:
    """Ada, Ben, Cleo and Dan on a clean journal, at 9:26 on 14 March 2026."""
    with clock.set_to(NOW):
        with app.app_context():
            empty()
        people = Factory(app)
        assert people.ada.is_confirmed
        yield people


@pytest.fixture
def context(app: Flask, factory: Factory) -> Iterator[Flask]:
    """An application context for tests without HTTP; never open a page inside it."""
    with app.app_context():
        yield app


@pytest.fixture
def stranger(app: Flask, factory: Factory) -> PageClient:
    """A browser that is not signed in."""
    return PageClient(app)


@pytest.fixture
def ada(app: Flask, factory: Factory) -> PageClient:
    """Ada's browser, signed in."""
    return PageClient(app).signed_in_as(factory.ada)


@pytest.fixture
def ben(app: Flask, factory: Factory) -> PageClient:
    """Ben's browser, signed in."""
    return PageClient(app).signed_in_as(factory.ben)


def make_app(url: str, data_dir: Path, **settings: str) -> Flask:
    """Return an application in the testing environment on this database."""
    values = {"DATABASE_URL": url, "DATA_DIR": str(data_dir), "FLASK_CONFIG": "testing", **settings}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        return create_app()
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def empty() -> None:
    """Remove every row but the roles and the journal's id, every file, and the word of the last backup."""
    for digest in blobs.files().digests():
        blobs.files().remove(digest)
    Path(current_app.config["DATA_DIR"], archive.LAST).unlink(missing_ok=True)
    with writing() as session:
        for table in reversed(db.metadata.sorted_tables):
            if table.name not in {Role.__tablename__, Installation.__tablename__}:
                session.execute(delete(table))
    db.session.remove()
    counters.storage().reset()


def chromium_program() -> str:
    """Return the path of the browser that tests, pictures and benchmarks drive."""
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    assert program, "install Chromium; `make test` does it for you"
    return program


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def new_app(new_place: NewPlace, tmp_path: Path) -> Iterator[NewApp]:
    """What makes applications on databases of the engine that is tested, empty or copies, each with a folder of its own."""
    made: list[Flask] = []

    def make(model: str = "") -> Flask:
        made.append(make_app(new_place(model), tmp_path / f"place_{len(made)}"))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    logging.getLogger("alembic").setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def small_journal(new_place: NewPlace, migrated: str, folder: Path) -> str:
    """The address of a journal with Ada's account, to be copied."""
    url = new_place(migrated)
    small = make_app(url, folder / uuid.uuid4().hex)
    with small.app_context():
        assert Factory(small).ada
        db.session.remove()
        db.engine.dispose()
    return url


@pytest.fixture
def own_journal(new_place: NewPlace, small_journal: str) -> str:
    """The address of a journal with Ada's account that only this test uses."""
    return new_place(small_journal)


@pytest.fixture
def server(own_journal: str, tmp_path: Path) -> Iterator[Server]:
    """A running server with Ada's account."""
    with serving(own_journal, tmp_path) as running:
        yield running
