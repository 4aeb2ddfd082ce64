"""The real server command, started for tests and killed in all the ways that happen."""

import http.client
import http.cookiejar
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import smtp
from tests.factories import PASSWORD
from tests.serving.commands import Process, manage, start

PATIENCE_SECONDS = 40


class Server:
    """A running `manage.py serve`, its address and its processes."""

    def __init__(self, process: Process, address: str, environ: dict[str, str], log: Path) -> None:
        self.process, self.address, self.environ, self.log = process, address, environ, log

    def command(self, *arguments: str) -> str:
        """Run another command on the same journal and return what it prints."""
        return manage(self.environ, *arguments)

    def command_with_input(self, text: str, *arguments: str) -> None:
        """Run another command that reads a text from standard input."""
        manage(self.environ, *arguments, given=text)

    def masters(self) -> list[int]:
        """Return the processes that the server command keeps: gunicorn's first, then the worker's."""
        children = _children(self.process.pid)
        return sorted(children, key=lambda pid: Path(f"/proc/{pid}/comm").read_text() != "daybook-pages\n")

    def await_another(self, pid: int) -> None:
        """Wait until another process has taken the place of one of the two that was killed."""

        def has_come() -> bool:
            masters = self.masters()
            return len(masters) == 2 and pid not in masters

        wait_until(has_come, "another process", self.log)

    def die(self) -> None:
        """End all of it at once, as a power cut would."""
        for pid in [self.process.pid, *self.masters(), *self.workers()]:
            kill(pid)
        self.process.wait()

    def workers(self) -> list[int]:
        """Return gunicorn's workers."""
        masters = self.masters()
        return _children(masters[0]) if masters else []


class Browser:
    """An HTTP client with cookies, as plain as can be; the secret that its forms take is that of the last page that had one."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.secret = ""
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), urllib.request.ProxyHandler({})
        )

    def get(self, path: str) -> str:
        """Return a page's text; an error answer is raised."""
        return self._read(path, None)

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Send a form and return the page it leads to."""
        if not self.secret:
            self.get(path)
        return self._read(path, urllib.parse.urlencode({"csrf_token": self.secret, **fields}).encode())

    def _read(self, path: str, data: bytes | None) -> str:
        with self.opener.open(self.address + path, data, timeout=PATIENCE_SECONDS) as answer:
            page = str(answer.read().decode())
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page):
            self.secret = found[1]
        return page


def signed_in(server: "Server", name: str = "ada") -> Browser:
    """Return a client in which a person of the tests is signed in."""
    browser = Browser(server.address)
    browser.post("/login", {"username": name, "password": PASSWORD})
    return browser


@contextmanager
def serving(database_url: str, folder: Path, is_fresh: bool = False, /, *, port: str = "", **settings: str) -> Iterator[Server]:
    """Start the server command on a database of its own and wait until it is ready."""
    port = port or str(smtp.free_port())
    environ = {
        **os.environ,
        "FLASK_SKIP_DOTENV": "1",
        "FLASK_CONFIG": "production",
        "SECRET_KEY": "only for the tests of the server command",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "BIND": f"127.0.0.1:{port}",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        **settings,
    }
    log = folder / "server.log"
    process = start(environ, "serve", log=log, is_fresh=is_fresh)
    try:
        server = Server(process, f"http://127.0.0.1:{port}", environ, log)
        wait_until(lambda: answers(server.address), "the server", log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def answers(address: str) -> bool:
    """Say whether the journal at `address` is ready."""
    try:
        Browser(address).get("/readyz")
    except (OSError, urllib.error.URLError, http.client.HTTPException):
        return False
    return True


def wait_until(fact: Callable[[], bool], name: str, log: Path | None = None, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something that a process does, at most `seconds`."""
    limit = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < limit, f"{name} did not come: {log.read_text() if log else ''}"
        time.sleep(0.05)


def kill(pid: int) -> None:
    """End a process without a word; one that is gone already is no matter."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def new_folder() -> Path:
    """Return a new folder for a server's data."""
    return Path(tempfile.mkdtemp(prefix="daybook-served-"))


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found
