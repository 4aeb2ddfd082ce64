"""A process that is killed in the middle of an export, a backup, an import or an upload leaves nobody's words lying about.

One moment of each kind of work belongs to the suite; `REMAINS_RUNS=20` tries as many.
"""

import http.client
import os
import random
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from app.database import migrating
from app.extensions import db
from tests import smtp
from tests.conftest import make_app
from tests.factories import PASSWORD, Factory
from tests.serving.commands import manage, start
from tests.serving.server import Browser, serving, wait_until
from tests.serving.test_files import upload

RUNS = int(os.environ.get("REMAINS_RUNS", "1"))
CANARY = b"quicksilver-lighthouse"
EARLIEST, LATEST = 0.05, 0.8
KEY = "a passphrase for the tests"


def holders(*folders: Path) -> set[str]:
    """Return the names of the files in which the canary stands."""
    found = set()
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and CANARY in path.read_bytes():
                found.add(path.name)
    return found


def environment(folder: Path, key: str) -> dict[str, str]:
    return {
        **os.environ,
        "FLASK_SKIP_DOTENV": "1",
        "FLASK_CONFIG": "development",
        "SECRET_KEY": "only for the tests of the server command",
        "DATA_DIR": str(folder),
        "DATABASE_KEY": key,
    }


@pytest.fixture(scope="module", params=["", KEY], ids=["plain", "encrypted"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A journal with entries of a word that nobody else has, and its key."""
    folder = tmp_path_factory.mktemp("remains")
    app = make_app("", folder, DATABASE_KEY=request.param, FLASK_CONFIG="development")
    with app.app_context():
        migrating.bring_up_to_date()
    factory = Factory(app)
    for number in range(30):
        factory.entry(body=f"{CANARY.decode()} {number} " * 2000)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return folder, request.param


@pytest.fixture
def place(prepared: tuple[Path, str], tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A copy of that journal, and the settings to reach it with."""
    folder, key = prepared
    shutil.copytree(folder, tmp_path / "data")
    return tmp_path / "data", environment(tmp_path / "data", key)


def killed_at_random(environ: dict[str, str], chance: random.Random, *arguments: str) -> None:
    child = start(environ, *arguments, log=Path(os.devnull))
    time.sleep(chance.uniform(EARLIEST, LATEST))
    child.kill()
    child.wait()


def test_commands_that_are_killed_leave_nothing(place: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    (folder, environ), out, chance = place, tmp_path / "out", random.Random(5)  # noqa: S311
    out.mkdir()
    manage(environ, "export", "--user", "ada", "--output", str(tmp_path / "journal.zip"))
    (tmp_path / "journal.zip").rename(tmp_path.parent / f"{tmp_path.name}.zip")
    exported = str(tmp_path.parent / f"{tmp_path.name}.zip")
    for _ in range(RUNS):
        killed_at_random(environ, chance, "export", "--user", "ada", "--output", str(out / "journal.zip"))
        (out / "journal.zip").unlink(missing_ok=True)
        killed_at_random(environ, chance, "backup", "--output", str(out / "backup.zip"))
        (out / "backup.zip").unlink(missing_ok=True)
        killed_at_random(environ, chance, "import", "daybook", exported, "--user", "ada")
    manage(environ, "backup", "--output", str(out / "last.zip"))
    (out / "last.zip").unlink()
    allowed = set() if environ["DATABASE_KEY"] else {"daybook.db", "daybook.db-wal"}
    assert holders(folder, out) <= allowed and not list(out.iterdir())
    Path(exported).unlink()


def picture() -> bytes:
    """Return a picture that takes a while, and whose file says the canary."""
    out = BytesIO()
    Image.effect_noise((1500, 1500), 90).save(out, "JPEG", comment=CANARY)
    return out.getvalue()


def test_a_server_that_is_killed_leaves_nothing_of_an_export_or_an_upload(place: tuple[Path, dict[str, str]]) -> None:
    (folder, environ), chance, content = place, random.Random(6), picture()  # noqa: S311
    for _ in range(RUNS):
        for work in (lambda browser: browser.post("/account/export", {}), lambda browser: upload(browser, "a.jpg", content)):
            killed_in(work, folder, environ, chance)
    with serving("", folder, port=str(smtp.free_port()), DATABASE_KEY=environ["DATABASE_KEY"], FLASK_CONFIG="development"):
        pass
    allowed = set() if environ["DATABASE_KEY"] else {"daybook.db", "daybook.db-wal"}
    assert holders(folder) <= allowed


def killed_in(work: Callable[[Browser], object], folder: Path, environ: dict[str, str], chance: random.Random) -> None:
    facts = {"DATABASE_KEY": environ["DATABASE_KEY"], "FLASK_CONFIG": "development"}
    with serving("", folder, port=str(smtp.free_port()), **facts) as server:
        browser = Browser(server.address)
        browser.post("/login", {"username": "ada", "password": PASSWORD})
        browser.get("/entry")
        ended = Thread(target=quietly, args=(work, browser))
        ended.start()
        time.sleep(chance.uniform(0.0, 0.6))
        server.die()
        ended.join(30)
        wait_until(lambda: not ended.is_alive(), "the client's end")


def quietly(work: Callable[[Browser], object], browser: Browser) -> None:
    with suppress(OSError, http.client.HTTPException, UnicodeDecodeError):
        work(browser)
