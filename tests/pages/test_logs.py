"""What is written down for whoever runs the journal, and what never is."""

import json
import logging
import re
import sys

import pytest
from flask import Flask

from app.web.logging import JsonLines
from tests.cast import PASSWORD, Cast
from tests.emails import links_in, waiting_letters
from tests.visitor import Visitor


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records if record.name.startswith("app")]


def test_log_ins_and_refusals_are_written_down(app: Flask, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    visitor = Visitor(app)
    with caplog.at_level(logging.INFO, "app"):
        visitor.submit("/login", {"username": "ada", "password": "wrong and wrong"}, 422)
        visitor.submit("/login", {"username": "who?", "password": "wrong and wrong"}, 422)
        visitor.submit("/login", {"username": "ada", "password": PASSWORD})
        visitor.visit("/admin/people", 404)
        visitor.submit("/account/prove", {"password": "wrong and wrong"}, 422)
        visitor.submit("/account/prove", {"password": PASSWORD})
        visitor.client.post("/entry", data={"body": "no secret"})
        visitor.client.post("/logout", data={"csrf_token": visitor.secret("/logout")}, headers={"Sec-Fetch-Site": "cross-site"})
        visitor.submit("/logout")
        visitor.submit("/reset", {"email": "ada@example.org"})
    told = [(line["what"], line.get("person")) for line in lines(caplog)]
    ada = cast.ada.id
    assert told == [
        ("log-in refused", ada),
        ("log-in refused", None),
        ("signed in", ada),
        ("page of another role refused", ada),
        ("wrong password when asked again", ada),
        ("proved again", ada),
        ("form secret refused", None),
        ("form of another site refused", None),
        ("signed out", ada),
        ("new password asked for", None),
    ]
    first = lines(caplog)[0]
    assert first["address"] == "127.0.0.1" and first["endpoint"] == "auth.log_in"
    assert re.fullmatch(r"[\d-]+T[\d:.]+\+00:00", str(first["at"]))


def test_no_line_holds_what_is_secret_or_private(app: Flask, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    visitor = Visitor(app)
    with caplog.at_level(logging.DEBUG, "app"):
        visitor.submit("/login", {"username": "my secret typed here", "password": "wrong and wrong"}, 422)
        visitor.submit("/login", {"username": "ada", "password": PASSWORD})
        visitor.submit("/entry", {"body": "Nobody reads this.", "entry_date": "2026-03-01", "visibility": "private", "title": "Unsaid"})
        visitor.visit("/search?q=hushword")
        visitor.submit("/logout")
        visitor.submit("/reset", {"email": "ada@example.org"})
        (link,) = links_in(waiting_letters(app)[-1])[:1]
        visitor.visit(link)
    everything = " ".join(json.dumps(line) for line in lines(caplog))
    secrets = [PASSWORD, "wrong and wrong", "typed here", "Nobody reads", "Unsaid", "hushword", "ada@example.org"]
    for secret in [*secrets, link.rpartition("/")[2]]:
        assert secret not in everything, secret
    assert "signed in" in everything


def test_mistakes_are_written_down_without_what_they_say() -> None:
    try:
        raise ValueError("Key (email)=(ada@example.org) is taken")
    except ValueError:
        record = logging.LogRecord("app", logging.ERROR, "", 0, "mistake 1", (), sys.exc_info())
    line = JsonLines().format(record)
    assert "ValueError" in line and "test_logs.py" in line and "ada@example.org" not in line


def test_nobody_writes_a_line_of_their_own() -> None:
    record = logging.LogRecord("app", logging.INFO, "", 0, 'one\n{"what": "two"}\u2028three', (), None)
    assert len(JsonLines().format(record).splitlines()) == 1
