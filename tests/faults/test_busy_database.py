"""The database is held by somebody else, full, or restarted: a clear answer, the text given back, nothing saved twice or lost."""

import contextlib
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
from tests.factories import PASSWORD
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


def test_another_writer_is_waited_for_and_one_that_takes_too_long_gets_the_text_back(server: Server, own_journal: str) -> None:
    browser = signed_in(server)
    holding, done = threading.Event(), threading.Event()

    def hold(seconds: float) -> None:
        with held(own_journal):
            holding.set()
            done.wait(seconds)

    other = threading.Thread(target=hold, args=(3,))
    other.start()
    assert holding.wait(10)
    status, page = save(browser, "patience")
    other.join()
    assert status == 200 and "patience" in page

    holding.clear()
    other = threading.Thread(target=hold, args=(30,))
    other.start()
    assert holding.wait(10)
    text_of_a_megabyte = "Подъехали к пристани. " * 50_000
    status, page = save(browser, text_of_a_megabyte)
    assert status == 503 and "not saved yet" in page and given_back(page) == text_of_a_megabyte
    assert "Journal" in browser.get("/")
    done.set()
    other.join()
    status, page = save(browser, "afterwards")
    assert status == 200 and browser.get("/day/2026-03-14").count("<article") == 2


def test_postgresql_is_restarted_while_people_write(tmp_path: Path, engine_name: str) -> None:
    if engine_name != "postgresql":
        return
    saved: list[str] = []
    stop, turns = threading.Event(), threading.Semaphore(0)
    with postgres.running(DURABLE) as cluster, serving(postgres.new_database(cluster.address, "restarted"), tmp_path) as server:
        server.command("user", "create", "ada", "--email", "ada@example.org", "--password", PASSWORD)
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
        stored = re.findall(r"<p[^>]*>(word[0-9a-f]{32})</p>", signed_in(server).get("/day/2026-03-14"))
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
        server.command("user", "create", "ada", "--email", "ada@example.org", "--password", PASSWORD)
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
