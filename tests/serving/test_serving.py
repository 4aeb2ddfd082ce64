"""The server command under load, killed, and beside a mail server that is no help."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlcipher3 import dbapi2 as sqlcipher

import config
from app.cli.serving import Supervisor
from app.security.login_limits import FREE_TRIES
from tests import smtp
from tests.factories import PASSWORD
from tests.serving.commands import manage
from tests.serving.server import Browser, Server, answers, kill, serving, signed_in, wait_until

NEW = {"username": "bea", "email": "bea@example.org", "password": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def server(own_journal: str, tmp_path: Path) -> Iterator[Server]:
    """A server whose processes share no memory with any other's: it was started as people do."""
    with serving(own_journal, tmp_path, True) as running:
        yield running


def test_what_is_started_while_a_stop_comes_is_stopped_too() -> None:
    supervisor = Supervisor({"pages": signal.pause})
    supervisor.is_stopping = True
    supervisor.start("pages")
    supervisor.processes["pages"].join(10)
    assert supervisor.processes["pages"].exitcode == -signal.SIGTERM


def test_nobody_holds_the_database_while_nobody_asks(own_journal: str, tmp_path: Path) -> None:
    with serving(own_journal, tmp_path) as server:
        signed_in(server).post("/entry", {"body": "One more.", "entry_date": "2026-03-14", "visibility": "private"})
        wait_until(lambda: is_free(own_journal), "the end of every transaction")
    if own_journal.startswith("sqlite"):
        log = Path(own_journal.removeprefix("sqlite:///") + "-wal")
        assert not log.exists() or log.stat().st_size == 0, "a stop leaves nothing in the log of changes"


def is_free(url: str) -> bool:
    """Say whether nobody is in the middle of a transaction: one that stays open keeps SQLite's log growing, and PostgreSQL's dead rows."""
    engine = create_engine(url, module=sqlcipher) if url.startswith("sqlite") else create_engine(url)
    try:
        with engine.connect() as connection:
            if url.startswith("sqlite"):
                busy, in_log, copied = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
                return (busy, in_log, copied) == (0, 0, 0)
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%%'"
            return connection.exec_driver_sql(waiting).scalar() == 0
    finally:
        engine.dispose()


def test_all_processes_share_one_copy_of_the_code(server: Server) -> None:
    wait_until(lambda: len(server.workers()) == 2, "both workers", server.log)
    processes = [server.process.pid, *server.masters(), *server.workers()]
    assert len(processes) == 5
    for pid in processes[1:]:
        facts = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
        resident, shared = (int(facts[name].split()[0]) for name in ("Rss", "Pss"))
        assert shared < resident / 2, "most of its memory is that of the others, too"


HEAVY = ("alembic", "PIL", "confusable_homoglyphs", "pillow_heif", "webauthn", "zxcvbn")


@pytest.mark.parametrize("first", ["config", "app", "app.database.migrating", "app.cli.serving"])
def test_modules_can_be_imported_in_any_order(first: str, tmp_path: Path) -> None:
    environ = {**os.environ, "FLASK_SKIP_DOTENV": "1", "FLASK_CONFIG": "development", "DATA_DIR": str(tmp_path)}
    program = f"import {first}, config, app; app.create_app()"
    subprocess.run([sys.executable, "-c", program], env=environ, cwd=config.ROOT, check=True, capture_output=True)


def test_what_few_need_is_not_loaded_before_they_do(tmp_path: Path) -> None:
    environ = {**os.environ, "FLASK_SKIP_DOTENV": "1", "FLASK_CONFIG": "development", "DATA_DIR": str(tmp_path)}
    program = f"import sys, app, app.cli.serving; app.create_app(); print(*(set({HEAVY}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", program], env=environ, cwd=config.ROOT, check=True, capture_output=True, text=True)
    assert loaded.stdout.split() == []


def attempts(url: str) -> int:
    """Return how often the one email of a journal failed to be sent."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT attempts FROM outbox_mail WHERE last_error <> ''"))
    engine.dispose()
    return found or 0


def test_a_silent_mail_server_slows_no_page_and_loses_no_letter(tmp_path: Path) -> None:
    url, port = f"sqlite:///{tmp_path}/silent.db", smtp.free_port()
    settings = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port), "MAIL_USE_TLS": "false"}
    with serving(url, tmp_path, **settings) as server:
        with smtp.silence(port):
            started = time.monotonic()
            Browser(server.address).post("/register", NEW)
            assert time.monotonic() - started < 5, "the page waited for the mail server, which is given up after ten seconds"
            wait_until(lambda: attempts(url) == 1, "the first attempt", server.log)
            kill(server.masters()[1])
        with smtp.server(port) as sink:
            wait_until(lambda: len(sink.emails) == 1, "the email", server.log)
            body = sink.emails[0].get_body(("plain",))
            assert body and re.search(r"/confirm/\S+", body.get_content())
            assert [email["To"] for email in sink.emails] == [NEW["email"]]


def test_a_start_that_cannot_be_is_explained_in_a_sentence(tmp_path: Path) -> None:
    environ = {"FLASK_CONFIG": "production", "FLASK_SKIP_DOTENV": "1", "DATA_DIR": str(tmp_path), "PUBLIC_URL": "http://127.0.0.1:1"}
    with pytest.raises(subprocess.CalledProcessError) as refused:
        manage(environ, "serve")
    assert refused.value.stderr.startswith("Error: SECRET_KEY is not set") and "Traceback" not in refused.value.stderr


def test_an_address_that_is_taken_is_told_in_a_sentence_at_once(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        environ = {"FLASK_CONFIG": "development", "FLASK_SKIP_DOTENV": "1", "DATA_DIR": str(tmp_path), "BIND": bind}
        with pytest.raises(subprocess.CalledProcessError) as refused:
            manage(environ, "serve")
    assert f"can't listen on {bind}: another program listens there already" in refused.value.stderr
    assert "Daybook is at" not in refused.value.stdout and "Traceback" not in refused.value.stderr


def guess(address: str) -> int:
    """Try a wrong password and return the status of the answer."""
    try:
        Browser(address).post("/login", {"username": "ada", "password": "not hers at all"})
    except urllib.error.HTTPError as answer:
        return answer.code
    return 200


def test_processes_that_are_killed_come_again_and_two_workers_keep_one_limit_on_guessing(server: Server) -> None:
    pages, emails = server.masters()
    kill(emails)
    server.await_another(emails)
    assert answers(server.address)

    workers = set(server.workers())
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: not workers & set(server.workers()) and len(server.workers()) >= 2, "new workers", server.log)
    assert answers(server.address) and pages in server.masters()

    with ThreadPoolExecutor(50) as pool:
        statuses = Counter(pool.map(guess, [server.address] * 50))
    assert statuses == {422: FREE_TRIES, 429: 50 - FREE_TRIES}
    kill(pages)
    server.await_another(pages)
    wait_until(lambda: answers(server.address), "its workers", server.log)
    assert guess(server.address) == 429, "a restart forgets nothing"

    kill(server.process.pid)
    server.process.wait()
    wait_until(lambda: not answers(server.address), "the end of the orphans", server.log)
