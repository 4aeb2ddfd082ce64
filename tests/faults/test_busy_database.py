"""The database is held by somebody else, full, or restarted: a clear answer, the text given back, nothing saved twice or lost."""

import contextlib
import http.client
import os
import re
import subprocess
import threading
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlcipher3 import dbapi2 as sqlcipher

from tests import postgres
from tests.conftest import new_postgres_database
from tests.faults.test_kills import Writer, wait_for_more
from tests.serving.server import Browser, Server, serving, signed_in

PAGE = {"entry_date": "2026-03-14", "visibility": "private"}
DURABLE = "-c max_connections=60"


@contextmanager
def held(url: str) -> Iterator[None]:
    """Hold the database as a writer would that does not come to an end."""
    if url.startswith("sqlite"):
        connection = sqlcipher.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.close()
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE entry IN SHARE MODE"))
        yield
    engine.dispose()


def save(browser: Browser, word: str) -> tuple[int, str]:
    """Send a new page and return the status and what comes back."""
    try:
        return 200, browser.post("/entry", {**PAGE, "body": word, "key": word})
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def given_back(page: str) -> str:
    found = re.search(r'<textarea id="kept-body"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return found[1] if found else ""


def test_a_writer_that_takes_three_seconds_is_waited_for(server: Server, own_database: str) -> None:
    browser, done = signed_in(server), threading.Event()

    def hold() -> None:
        with held(own_database):
            holding.set()
            done.wait(3)

    holding = threading.Event()
    other = threading.Thread(target=hold)
    other.start()
    assert holding.wait(10)
    status, page = save(browser, "patience")
    other.join()
    assert status == 200 and "patience" in page


def test_a_writer_that_takes_too_long_gets_the_text_back_and_reading_goes_on(server: Server, own_database: str) -> None:
    browser = signed_in(server)
    text_of_a_megabyte = "Подъехали к пристани. " * 50_000
    with held(own_database):
        status, page = save(browser, text_of_a_megabyte)
        assert status == 503 and "not saved yet" in page and given_back(page) == text_of_a_megabyte
        assert "Journal" in browser.get("/")
    status, page = save(browser, "afterwards")
    assert status == 200 and browser.get("/day/2026-03-14").count("<article") == 1


def test_postgresql_is_restarted_while_people_write(tmp_path: Path, engine_name: str) -> None:
    if engine_name != "postgresql":
        return
    saved: list[str] = []
    stop, turns = threading.Event(), threading.Semaphore(0)
    with postgres.running(DURABLE) as cluster:
        url = new_postgres_database(cluster.address, "restarted")
        with serving(url, tmp_path) as server:
            server.command("user", "create", "ada", "--email", "ada@example.org", "--password", "seven lamps of architecture")
            writers = [Writer(signed_in(server), saved, stop, turns) for _number in range(4)]
            for writer in writers:
                writer.start()
            try:
                for _number in range(3):
                    wait_for_more(saved, 5, server, turns)
                    cluster.restart()
            finally:
                wait_for_more(saved, 5, server, turns)
                stop.set()
                for writer in writers:
                    writer.join()
            stored = re.findall(r"<p>(word[0-9a-f]{32})</p>", signed_in(server).get("/day/2026-03-14"))
    assert set(saved) <= set(stored) and len(stored) == len(set(stored))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes, for those who may mount one; the suite's machine can."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_disk_is_told_and_forgiven(small_disk: Path) -> None:
    with serving(f"sqlite:///{small_disk}/full.db", small_disk) as server:
        server.command("user", "create", "ada", "--email", "ada@example.org", "--password", "seven lamps of architecture")
        browser = signed_in(server)
        status, _page = save(browser, "Before it was full.")
        assert status == 200
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        long = "So much to tell. " * 5_000
        status, page = save(browser, long)
        assert status == 503 and "disk is full" in page and given_back(page) == long
        assert "Before it was full." in browser.get("/day/2026-03-14") and "Journal" in browser.get("/")
        filler.unlink()
        status, page = save(browser, long)
        assert status == 200 and "So much to tell." in page, "without a restart"
        assert browser.get("/day/2026-03-14").count("So much to tell. So much") >= 1


def test_the_server_says_that_it_is_alive_without_a_database(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path}/alive.db", tmp_path) as server:
        connection = http.client.HTTPConnection(server.address.removeprefix("http://"))
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
