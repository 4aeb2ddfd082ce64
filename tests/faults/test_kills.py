"""Workers and masters are killed without a word while people write: what was called saved is there, and there once."""

import http.client
import re
import threading
import urllib.error
import uuid

from tests.serving.server import Browser, Server, kill, signed_in, wait_until

WRITERS, WORKER_KILLS, MASTER_KILLS = 6, 30, 5
UNREACHABLE = (OSError, urllib.error.URLError, http.client.HTTPException)


def wait_for_more(saved: list[str], number: int, server: Server, turns: threading.Semaphore) -> None:
    """Let everybody write, and wait until so many more pages were called saved."""
    enough = len(saved) + number
    turns.release(WRITERS)
    wait_until(lambda: len(saved) >= enough and bool(server.workers()), "the next saves", server.log)


class Writer(threading.Thread):
    """Writes a page for each turn; one that was not answered is sent again, as the same form, until it is."""

    def __init__(self, browser: Browser, saved: list[str], stop: threading.Event, turns: threading.Semaphore) -> None:
        super().__init__()
        self.browser, self.saved, self.stop, self.turns = browser, saved, stop, turns

    def run(self) -> None:
        """Write until told to stop."""
        while not self.stop.is_set():
            if not self.turns.acquire(timeout=0.1):
                continue
            word = f"word{uuid.uuid4().hex}"
            fields = {"body": word, "entry_date": "2026-03-14", "visibility": "private", "key": word}
            while word not in self._page(fields) and not self.stop.is_set():
                self.stop.wait(0.05)

    def _page(self, fields: dict[str, str]) -> str:
        try:
            page = self.browser.post("/entry", fields)
        except UNREACHABLE:
            return ""
        if fields["body"] in page:
            self.saved.append(fields["body"])
        return page


def test_nothing_that_was_called_saved_is_lost_or_doubled(server: Server) -> None:
    saved: list[str] = []
    stop, turns = threading.Event(), threading.Semaphore(0)
    writers = [Writer(signed_in(server), saved, stop, turns) for _number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        for number in range(WORKER_KILLS):
            wait_for_more(saved, 1, server, turns)
            workers = server.workers()
            if workers:
                kill(workers[number % len(workers)])
        for _number in range(MASTER_KILLS):
            kill(server.masters()[0])
            wait_for_more(saved, 2, server, turns)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    stored = re.findall(r"<p[^>]*>(word[0-9a-f]{32})</p>", signed_in(server).get("/day/2026-03-14"))
    assert len(saved) >= WORKER_KILLS + MASTER_KILLS
    assert set(saved) - set(stored) == set(), "acknowledged minus stored"
    assert len(stored) == len(set(stored)), "nothing is there twice"
