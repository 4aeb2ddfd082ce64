"""Fixtures of the whole suite: an application for each database, a clean journal for each test, a clock that stands still."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, current_app
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, delete, text

os.environ["FLASK_SKIP_DOTENV"] = "1"
for name in ("DATABASE_URL", "DATA_DIR", "PUBLIC_URL", "SECRET_KEY", "FLASK_CONFIG", "MAIL_SERVER"):
    os.environ.pop(name, None)

from app import clock, create_app, limits, storage  # noqa: E402  # the environment comes first
from app.backup import archive  # noqa: E402
from app.database import writing  # noqa: E402
from app.extensions import db  # noqa: E402
from app.models import Journal, Role  # noqa: E402
from tests import postgres  # noqa: E402
from tests.cast import PASSWORD, Cast  # noqa: E402
from tests.serving.server import Server, serving  # noqa: E402
from tests.visitor import Visitor  # noqa: E402

settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
ENGINES = ("sqlite", "postgresql")


SLOW = ("faults", "serving", "journeys", "migrations")
"""Folders whose tests wait for servers and browsers: they begin first, so that nobody waits for them at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run slow tests first, one engine after the other."""

    def turn(item: pytest.Item) -> tuple[int, bool]:
        engine = item.callspec.params.get("engine_name") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
        is_slow = Path(item.path).parent.name in SLOW
        return (ENGINES.index(engine) + 1 if engine else 0 if is_slow else len(ENGINES) + 1), not is_slow

    items.sort(key=turn)


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder for the databases of this run, in memory where the machine has such a place."""
    home = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    path = Path(tempfile.mkdtemp(prefix="daybook-tests-", dir=home))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """The address of a PostgreSQL of this run's own, with `{name}` for the database."""
    with postgres.cluster() as address:
        yield address


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def database_url(engine_name: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """The address of an empty database."""
    if engine_name == "sqlite":
        return f"sqlite:///{folder}/suite.db"
    return new_postgres_database(request.getfixturevalue("postgres_address"), "suite")


@pytest.fixture(scope="session")
def app(database_url: str, engine_name: str, folder: Path) -> Iterator[Flask]:
    """The application on a migrated database."""
    application = make_app(database_url, folder / engine_name)
    with application.app_context():
        from app import schema

        schema.bring_up_to_date()
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    """Ada, Ben, Cleo and Dan on a clean journal, at 9:26 on 14 March 2026."""
    with clock.set_to(NOW):
        with app.app_context():
            empty()
        people = Cast(app)
        assert people.ada.is_confirmed
        yield people


@pytest.fixture
def context(app: Flask, cast: Cast) -> Iterator[Flask]:
    """An application context for tests without HTTP; never open a page inside it."""
    with app.app_context():
        yield app


@pytest.fixture
def stranger(app: Flask, cast: Cast) -> Visitor:
    """A browser that is not signed in."""
    return Visitor(app)


@pytest.fixture
def ada(app: Flask, cast: Cast) -> Visitor:
    """Ada's browser, signed in."""
    return Visitor(app).signed_in_as(cast.ada)


@pytest.fixture
def ben(app: Flask, cast: Cast) -> Visitor:
    """Ben's browser, signed in."""
    return Visitor(app).signed_in_as(cast.ben)


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


def new_postgres_database(address: str, name: str) -> str:
    """Make a database on the run's server and return its address."""
    server = create_engine(address.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    server.dispose()
    return address.format(name=name)


def empty() -> None:
    """Remove every row but the roles and the journal's id, every file, and the word of the last backup."""
    for digest in storage.files().digests():
        storage.files().remove(digest)
    Path(current_app.config["DATA_DIR"], archive.LAST).unlink(missing_ok=True)
    with writing() as session:
        for table in reversed(db.metadata.sorted_tables):
            if table.name not in {Role.__tablename__, Journal.__tablename__}:
                session.execute(delete(table))
    db.session.remove()
    limits.storage().reset()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    assert program, "install Chromium; `make test` does it for you"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def own_database(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database that only this test uses."""
    if engine_name == "sqlite":
        return f"sqlite:///{tmp_path}/served.db"
    return new_postgres_database(request.getfixturevalue("postgres_address"), f"served_{uuid.uuid4().hex}")


@pytest.fixture
def server(own_database: str, tmp_path: Path) -> Iterator[Server]:
    """A running server with Ada's account."""
    with serving(own_database, tmp_path) as running:
        running.command("user", "create", "ada", "--email", "ada@example.org", "--password", PASSWORD)
        yield running
