"""A small HTTP client that keeps connections open and counts: how many answers a second, and how long each took."""

import itertools
import re
import socket
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from statistics import quantiles

REQUESTS_A_CONNECTION = 20
DRAFTS = 16


@dataclass(frozen=True)
class Speed:
    """Requests a second, and the median and the 99th percentile of one request in milliseconds."""

    per_second: float
    p50: float
    p99: float


class Connection:
    """One kept-open connection that carries cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()
        self.socket: socket.socket | None = None

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Send a request and return the status and the body; a connection that the server closed is opened again."""
        body = urllib.parse.urlencode(fields or {}).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: text/html\r\nAccept-Language: en\r\n"
        if self.cookies:
            head += "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()) + "\r\n"
        if method == "POST":
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        request = head.encode() + b"\r\n" + body
        try:
            return self._exchange(request)
        except ConnectionError:
            self.socket = None
            return self._exchange(request)

    def close(self) -> None:
        """Close the connection."""
        if self.socket:
            self.socket.close()
            self.socket = None

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        missing = int(length[1]) - len(body) if length else 0
        while missing > 0:
            more = self._more()
            body, missing = body + more, missing - len(more)
        for cookie in re.finditer(rb"(?i)set-cookie: ([^=]+)=([^;\r]*)", head):
            self.cookies[cookie[1].decode()] = cookie[2].decode()
        if re.search(rb"(?i)connection: close", head):
            self.close()
        return int(head.split(b" ", 2)[1]), body

    def _more(self) -> bytes:
        assert self.socket
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        return data


def signed_in(port: int, login: str, password: str) -> Connection:
    """Return a connection whose cookies are those of a person who has just logged in."""
    connection = Connection(port)
    _, page = connection.ask("GET", "/login")
    status, _ = connection.ask("POST", "/login", {"csrf_token": secret_of(page), "username": login, "password": password})
    assert status == 303, f"the log-in answered {status}"
    return connection


def secret_of(page: bytes) -> str:
    """Return the CSRF secret of a page."""
    found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1].decode()


def reading(path: str) -> Callable[[Connection], int]:
    """Return what asks for a page."""
    return lambda connection: connection.ask("GET", path)[0]


def saving(body: str, secret: str = "") -> Callable[[Connection], int]:
    """Return what saves an entry, a new one each time."""

    def save(connection: Connection) -> int:
        fields = {"title": "A benchmark", "body": body, "entry_date": "2026-11-01", "visibility": "private"}
        return connection.ask("POST", "/entry", {**fields, "csrf_token": secret, "key": str(uuid.uuid4())})[0]

    return save


def keeping_a_draft(body: str, secret: str) -> Callable[[Connection], int]:
    """Return what keeps the next state of a draft, each of `DRAFTS` in turn: of one draft a state at a time is on its way."""
    drafts: SimpleQueue[tuple[str, Iterator[int]]] = SimpleQueue()
    for _ in range(DRAFTS):
        drafts.put((str(uuid.uuid4()), itertools.count(1)))

    def keep(connection: Connection) -> int:
        key, serials = drafts.get()
        serial = next(serials)
        fields = {"title": "A benchmark", "body": f"{body} {serial}", "entry_date": "2026-11-01", "visibility": "private"}
        status = connection.ask("POST", "/entry/draft", {**fields, "csrf_token": secret, "key": key, "serial": str(serial)})[0]
        drafts.put((key, serials))
        return status

    return keep


def measure(act: Callable[[Connection], int], page_client: Connection, seconds: float, connections: int) -> Speed:
    """Repeat `act` on this many connections with the page_client's cookies and return how fast it went.

    Connections are opened anew now and then: which worker gets one is chance, and eight might all meet the same.
    """
    taken: list[list[float]] = [[] for _ in range(connections)]
    end = time.perf_counter() + seconds

    def repeat(times: list[float]) -> None:
        while time.perf_counter() < end:
            connection = Connection(page_client.port)
            for _ in range(REQUESTS_A_CONNECTION):
                connection.cookies = dict(page_client.cookies)  # or messages for pages that nobody opens would pile up in them
                started = time.perf_counter()
                status = act(connection)
                times.append(time.perf_counter() - started)
                assert status < 400, f"the server answered {status}"
            connection.close()

    threads = [threading.Thread(target=repeat, args=(times,)) for times in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    together = [time for times in taken for time in times]
    cuts = quantiles(together, n=100)
    return Speed(len(together) / seconds, cuts[49] * 1000, cuts[98] * 1000)
