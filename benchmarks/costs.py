"""What one request can cost at most: `python -m benchmarks.costs [RUNS]`, through the real server.

Each row is sent by somebody who means harm, and measured by what all processes of the server use: seconds of a processor, and
memory beyond what they had before. Then as many texts, pictures, searches, comparisons and forms as RUNS says are made at random, and
the dearest of each kind is shown. The figures are bounds for `docs/security.md`; a row beyond them makes the command fail.
"""

import random
import struct
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.factories import jpeg
from tests.serving.server import Browser, Server, serving
from tests.serving.test_files import upload
from tests.text.test_budgets import PIECES

MAX_SECONDS, MAX_MEGABYTES = 2.0, 150.0
PASSWORD = "a long enough passphrase"
TICKS = 100
Act = Callable[[Browser], object]


class Meter:
    """Seconds of a processor and the most memory that a server's processes use while something goes on."""

    def __init__(self, server: Server) -> None:
        self.server, self.peak, self.is_over = server, 0.0, threading.Event()

    def processes(self) -> list[int]:
        """Return the server's processes, and theirs."""
        found, parents = [self.server.process.pid], {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError, ValueError, IndexError):
                parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid and child not in found]
        return found

    def seconds(self) -> float:
        """Return what all of them have used, their ended children too."""
        total = 0
        for pid in self.processes():
            with suppress(OSError, ValueError, IndexError):
                total += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
        return total / TICKS

    def megabytes(self) -> float:
        """Return how much memory they have resident."""
        total = 0
        for pid in self.processes():
            with suppress(OSError, ValueError, IndexError):
                total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
        return total / 1e6

    def measure(self, act: Act, browser: Browser) -> tuple[float, float]:
        """Return the seconds and the megabytes that an act takes."""
        if isinstance(act, Comparison):
            act.prepare(browser)
        before, memory = self.seconds(), self.megabytes()
        self.peak, self.is_over = memory, threading.Event()
        watch = threading.Thread(target=self._watch)
        watch.start()
        with suppress(urllib.error.HTTPError, urllib.error.URLError, OSError):
            act(browser)
        self.is_over.set()
        watch.join()
        return self.seconds() - before, self.peak - memory

    def _watch(self) -> None:
        while not self.is_over.wait(0.02):
            self.peak = max(self.peak, self.megabytes())


def raw(path: str, body: bytes) -> Act:
    """Send a plain form as it is, with the secret behind it."""

    def act(browser: Browser) -> None:
        content = body + f"&csrf_token={browser.secret}".encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        browser.opener.open(urllib.request.Request(browser.address + path, content, kind), timeout=60).read()

    return act


def save(text: str) -> Act:
    """Save a text as an entry."""
    return lambda browser: browser.post("/entry", {"body": text, "entry_date": "2026-03-01", "visibility": "private"})


def preview(text: str) -> Act:
    """Look at a text as it would be shown."""
    return lambda browser: browser.post("/entry/preview", {"body": text})


class Comparison:
    """Two versions of an entry, saved before anything is measured, and then compared."""

    def __init__(self, one: str, other: str) -> None:
        self.bodies, self.number = (one, other), 0

    def prepare(self, browser: Browser) -> None:
        """Save one text over the other."""
        form = {"entry_date": "2026-03-01", "visibility": "private", "key": str(uuid.uuid4())}
        for body in self.bodies:
            with suppress(urllib.error.HTTPError):
                browser.post("/entry", {**form, "body": body})
        self.number = max(int(part.split('"')[0].split("/")[0]) for part in browser.get("/").split('"/entry/')[1:] if part[0].isdigit())

    def __call__(self, browser: Browser) -> None:
        """Ask for what has changed."""
        browser.get(f"/entry/{self.number}/history/1")


def flat_png(width: int, height: int) -> bytes:
    """Return a PNG of one colour that says it is so large."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(width + 1)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def rows() -> dict[str, Act]:
    """Return what was found to cost much."""
    return {
        "16 MB of fields to /login": raw("/login", b"a&" * 8_000_000),
        "16 MB of fields to /entry": raw("/entry", b"a&" * 8_000_000),
        "50 kB of half links": save("http://a." * 5_500),
        "one reference, 1,000 times": save("[a]: http://x/" + "y" * 50_000 + "\n\n" + "[a] " * 1000),
        "1.5 million Chinese characters": save("我们走到港口" * 250_000),
        "two million letters of made-up words": save(made_up_words("abcdefghijklmnoprstuvz")),
        "the same in Cyrillic": save(made_up_words("абвгдежзиклмнопрстуфхцчшщ")),
        "the same in Devanagari": save(made_up_words("कखगघचछजझटठडढणतथदधन")),
        "the same in Thai": save(made_up_words("กขคงจฉชซญดตถทธนบปผฝพ", 4)),
        "the same in Korean": save(made_up_words("가나다라마바사아자차카타파하")),
        "two versions of one word": Comparison("word " * 25_600, "word " * 25_599 + "x word"),
        "one word, asked for 130 times": lambda browser: browser.get("/search?q=" + "harbour+" * 130),
        "a draft of 15 million": lambda browser: browser.post("/entry/draft", {"key": "k", "serial": "1", "body": "x" * 15_000_000}),
        "a PNG of 44,000,000 x 1": lambda browser: upload(browser, "a.png", flat_png(44_000_000, 1)),
        "8 million JPEG markers": lambda browser: upload(browser, "a.jpg", b"\xff\xd8" + b"\xff\xe0\x00\x02" * 8_000_000 + jpeg()[2:]),
    }


def made_up_words(letters: str, length: int = 8) -> str:
    """Return an entry as long as one may be, of words that are all different."""
    chance = random.Random(7)
    return " ".join("".join(chance.choices(letters, k=length)) for _ in range(1_990_000 // (length + 1)))


def made_up(chance: random.Random) -> tuple[str, Act]:
    """Return something costly made at random, and its kind."""
    pieces = [chance.choice(PIECES) * chance.randrange(1, 30_000 // 4) for _ in range(chance.randrange(1, 4))]
    text = "".join(pieces)[:200_000]
    kinds: dict[str, Act] = {
        "texts": preview(text),
        "saves": save(text),
        "comparisons": Comparison(text[:60_000], text[30_000:120_000] or "x"),
        "searches": lambda browser: browser.get("/search?q=" + urllib.parse.quote(text[:380])),
        "pictures": lambda browser: upload(browser, "a.png", flat_png(chance.randrange(1, 40_000), chance.randrange(1, 400))),
        "forms": raw(chance.choice(["/login", "/account", "/entry/preview"]), (b"a=%41&" * chance.randrange(1, 200_000))),
    }
    kind = chance.choice(list(kinds))
    return kind, kinds[kind]


@contextmanager
def journal() -> Iterator[tuple[Server, Browser]]:
    """Serve an empty journal, with somebody signed in."""
    with tempfile.TemporaryDirectory() as folder, serving("", Path(folder)) as server:
        server.command_with_input(PASSWORD, "user", "create", "ada", "--email", "ada@example.org", "--password-file", "-")
        browser = Browser(server.address)
        browser.post("/login", {"username": "ada", "password": PASSWORD})
        browser.get("/entry")
        yield server, browser


def healthy_under(server: Server, browser: Browser, act: Act) -> float:
    """Return how long `/healthz` takes at most while eight such requests are worked on."""
    threads = [threading.Thread(target=lambda: Meter(server).measure(act, browser)) for _ in range(8)]
    for thread in threads:
        thread.start()
    slowest = 0.0
    while any(thread.is_alive() for thread in threads):
        begun = time.monotonic()
        Browser(server.address).get("/healthz")
        slowest = max(slowest, time.monotonic() - begun)
    return slowest


def main() -> int:
    """Print the table; return 1 where a row is beyond its bounds."""
    chance, runs, beyond = random.Random(9), int(sys.argv[1]) if len(sys.argv) > 1 else 60, 0
    dearest: dict[str, tuple[float, float]] = {}
    with journal() as (server, browser):
        meter = Meter(server)
        for act in (
            save("warm"),
            preview("warm"),
            lambda browser: browser.get("/search?q=warm"),
            lambda browser: upload(browser, "w.jpg", jpeg()),
        ):
            for _ in range(6):
                meter.measure(act, browser)
        for name, act in rows().items():
            dearest[name] = meter.measure(act, browser)
            browser.get("/entry")
        for _ in range(runs):
            kind, act = made_up(chance)
            seconds, megabytes = meter.measure(act, browser)
            if seconds > MAX_SECONDS:
                print(f"{kind}: {seconds:.2f} s, measured once more: hourly chores of the server may have fallen into it")
                browser.get("/entry")
                seconds, megabytes = meter.measure(act, browser)
            before = dearest.get(f"dearest of the {kind}", (0.0, 0.0))
            dearest[f"dearest of the {kind}"] = max(before[0], seconds), max(before[1], megabytes)
            browser.get("/entry")
        for name, (seconds, megabytes) in dearest.items():
            is_beyond = seconds > MAX_SECONDS or megabytes > MAX_MEGABYTES
            beyond += is_beyond
            print(f"{name:34} {seconds:6.2f} s {megabytes:7.0f} MB{'   beyond' if is_beyond else ''}")
        print(f"{'/healthz under eight texts':34} {healthy_under(server, browser, preview('![' * 60_000)):6.2f} s")
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
