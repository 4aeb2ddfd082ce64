"""The development mode: what one edits shows at once, a mistake shows itself; and none of it in production."""

import http.client
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import config
from tests.serving.server import wait_until
from tests.smtp import free_port


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, to be edited."""
    for name in ("app", "migrations"):
        shutil.copytree(Path(config.ROOT, name), tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.py", "manage.py"):
        shutil.copy(Path(config.ROOT, name), tmp_path / name)
    return tmp_path


def environ(port: int) -> dict[str, str]:
    facts = {"FLASK_CONFIG": "development", "FLASK_DEBUG": "1", "DATA_DIR": "data", "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    return {**os.environ, **facts, "DATABASE_URL": "", "SECRET_KEY": "x" * 48}


@pytest.fixture
def address(project: Path) -> Iterator[str]:
    """The address of a development server on that copy."""
    port = free_port()
    with (project / "log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "manage.py", "dev"], cwd=project, env=environ(port), stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def page(address: str) -> str:
    """Return what a page says, its error page included; nothing while the server is away, or goes in the middle of an answer."""
    try:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as problem:
            return problem.read().decode()
    except (OSError, http.client.HTTPException):
        return ""


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_edits_show_without_a_restart_and_mistakes_show_themselves(project: Path, address: str) -> None:
    def shows(path: str, words: str) -> None:
        wait_until(lambda: words in page(address + path), words, project / "log")

    shows("/login", "Log in")
    edit(project / "app/templates/auth/log_in.html", "<h1>", "<h1>Edited ")
    shows("/login", "Edited ")
    edit(project / "app/static/css/base.css", "text-size-adjust: 100%", "text-size-adjust: 99%")
    edit(project / "app/static/js/words.js", "class Counter", "class Edited")
    links = [part.split('"')[0] for part in page(f"{address}/login").split('="') if part.startswith("/static/")]
    style = next(link for link in links if link.endswith("daybook.css"))
    shows(style, "text-size-adjust: 99%")
    shows(style.replace("daybook.css", "js/words.js"), "class Edited")
    edit(project / "app/auth/signing_in.py", "def log_in() -> ResponseReturnValue:\n", "def log_in() -> ResponseReturnValue:\n    1 / 0\n")
    shows("/login", "ZeroDivisionError")


@pytest.mark.parametrize("change", [{"FLASK_CONFIG": "production"}, {"FLASK_CONFIG": "production", "FLASK_DEBUG": ""}, {"FLASK_DEBUG": ""}])
def test_no_real_journal_is_served_so(project: Path, change: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "dev"], cwd=project, env={**environ(8123), **change}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode and ("development only" in done.stderr or "debugger" in done.stderr) and "Traceback" not in done.stderr
