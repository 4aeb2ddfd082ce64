"""The server command under load, killed, and beside a mail server that is no help."""

import http.client
import re
import subprocess
import threading
import time
import urllib.error
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.guessing import FREE_TRIES
from tests import smtp
from tests.cast import PASSWORD
from tests.conftest import new_postgres_database
from tests.serving.server import Browser, Server, answers, kill, manage, serving, wait_until

NEW = {"username": "ada", "email": "ada@example.org", "password": PASSWORD, "password2": PASSWORD}
WRITERS, KILLS, LEAST_SAVES = 4, 6, 40


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


def signed_in(server: Server) -> Browser:
    browser = Browser(server.address)
    browser.post("/login", {"username": "ada", "password": PASSWORD})
    return browser


def test_what_was_called_saved_is_there_after_every_kill(server: Server) -> None:
    saved: list[str] = []
    stop = threading.Event()

    def write(browser: Browser) -> None:
        while not stop.is_set():
            word = f"word{uuid.uuid4().hex}"
            try:
                page = browser.post("/entry", {"body": word, "entry_date": "2026-03-14", "visibility": "private"})
            except (OSError, urllib.error.URLError, http.client.HTTPException):
                continue
            if word in page:
                saved.append(word)

    writers = [threading.Thread(target=write, args=(signed_in(server),)) for _number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for number in range(1, KILLS + 1):
        wait_until(lambda number=number: len(saved) >= number * LEAST_SAVES // KILLS, "the next saves", server.log)  # type: ignore[misc]
        kill(server.workers()[0])
    before_master = len(saved)
    kill(server.masters()[0])
    wait_until(lambda: len(saved) >= before_master + 5, "saves after the master's death", server.log)
    stop.set()
    for writer in writers:
        writer.join()
    reader = signed_in(server)
    stored = re.findall(r"word[0-9a-f]{32}", reader.get("/day/2026-03-14"))
    assert len(saved) >= LEAST_SAVES and set(saved) <= set(stored) and len(stored) == len(set(stored))


def test_the_two_processes_look_after_each_other(server: Server) -> None:
    pages, letters = server.masters()
    kill(letters)
    wait_until(lambda: len(server.masters()) == 2 and letters not in server.masters(), "another caretaker", server.log)
    assert answers(server.address)
    workers = set(server.workers())
    server.process.send_signal(1)
    wait_until(lambda: not workers & set(server.workers()) and len(server.workers()) >= 2, "new workers", server.log)
    assert answers(server.address) and pages in server.masters()
    kill(server.process.pid)
    server.process.wait()
    wait_until(lambda: not answers(server.address), "the end of the orphans", server.log)


def test_a_silent_mail_server_slows_no_page_and_loses_no_letter(own_database: str, tmp_path: Path) -> None:
    settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_USE_TLS": "false"}
    with smtp.silence() as port, serving(own_database, tmp_path, MAIL_PORT=str(port), **settings) as server:
        started = time.monotonic()
        Browser(server.address).post("/register", NEW)
        assert time.monotonic() - started < 5, "the page waited for the mail server, which is given up after ten seconds"
        wait_until(lambda: "attempts: 1" in server.command("outbox", "list"), "the first attempt", server.log)
    with smtp.server(port) as sink, serving(own_database, tmp_path, MAIL_PORT=str(port), **settings) as server:
        server.command("outbox", "retry")
        wait_until(lambda: len(sink.letters) == 1, "the letter", server.log, seconds=150)
        body = sink.letters[0].get_body(("plain",))
        assert body and re.search(r"/confirm/\S+", body.get_content())
        assert [letter["To"] for letter in sink.letters] == ["ada@example.org"]


def test_a_start_that_cannot_be_is_explained_in_a_sentence(tmp_path: Path) -> None:
    environ = {"FLASK_CONFIG": "production", "FLASK_SKIP_DOTENV": "1", "DATA_DIR": str(tmp_path), "PUBLIC_URL": "http://127.0.0.1:1"}
    with pytest.raises(subprocess.CalledProcessError) as refused:
        manage(environ, "serve")
    assert refused.value.stderr.startswith("Error: SECRET_KEY is not set") and "Traceback" not in refused.value.stderr


def test_fifty_wrong_passwords_at_once_over_two_workers_meet_one_limit_that_a_restart_keeps(own_database: str, tmp_path: Path) -> None:
    def guess(address: str) -> int:
        try:
            Browser(address).post("/login", {"username": "marta", "password": "not hers at all"})
        except urllib.error.HTTPError as answer:
            return answer.code
        return 200

    with serving(own_database, tmp_path) as server:
        server.command("user", "create", "marta", "--email", "marta@example.org", "--password", "a quiet harbour at dawn")
        with ThreadPoolExecutor(50) as pool:
            answers = Counter(pool.map(guess, [server.address] * 50))
    assert answers == {422: FREE_TRIES + 1, 429: 50 - FREE_TRIES - 1}
    with serving(own_database, tmp_path) as server:
        assert guess(server.address) == 429
