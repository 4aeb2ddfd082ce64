"""What is written down for whoever runs the journal, and what never is."""

import json
import logging
import re
import sys

import pytest
from flask import Flask

from app.web.logging import JsonLines
from tests.emails import links_in, waiting_emails
from tests.factories import PASSWORD, Factory
from tests.page_client import PageClient


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records if record.name.startswith("app")]


def test_log_ins_and_refusals_are_written_down(app: Flask, factory: Factory, caplog: pytest.LogCaptureFixture) -> None:
    page_client = PageClient(app)
    with caplog.at_level(logging.INFO, "app"):
        page_client.submit("/login", {"username": "ada", "password": "wrong and wrong"}, 422)
        page_client.submit("/login", {"username": "who?", "password": "wrong and wrong"}, 422)
        page_client.submit("/login", {"username": "ada", "password": PASSWORD})
        page_client.visit("/admin/people", 404)
        page_client.submit("/account/prove", {"password": "wrong and wrong"}, 422)
        page_client.submit("/account/prove", {"password": PASSWORD})
        page_client.client.post("/entry", data={"body": "no secret"})
        page_client.client.post("/logout", data={"csrf_token": page_client.secret("/logout")}, headers={"Sec-Fetch-Site": "cross-site"})
        page_client.submit("/logout")
        page_client.submit("/reset", {"email": "ada@example.org"})
    told = [(line["what"], line.get("person")) for line in lines(caplog)]
    ada = factory.ada.id
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


def test_no_line_holds_what_is_secret_or_private(app: Flask, factory: Factory, caplog: pytest.LogCaptureFixture) -> None:
    page_client = PageClient(app)
    with caplog.at_level(logging.DEBUG, "app"):
        page_client.submit("/login", {"username": "my secret typed here", "password": "wrong and wrong"}, 422)
        page_client.submit("/login", {"username": "ada", "password": PASSWORD})
        page_client.submit("/entry", {"body": "Nobody reads this.", "entry_date": "2026-03-01", "visibility": "private", "title": "Unsaid"})
        page_client.visit("/search?q=hushword")
        page_client.submit("/logout")
        page_client.submit("/reset", {"email": "ada@example.org"})
        (link,) = links_in(waiting_emails(app)[-1])[:1]
        page_client.visit(link)
    everything = " ".join(json.dumps(line) for line in lines(caplog))
    secrets = [PASSWORD, "wrong and wrong", "typed here", "Nobody reads", "Unsaid", "hushword", "ada@example.org"]
    for secret in [*secrets, link.rpartition("/")[2]]:
        assert secret not in everything, secret
    assert "signed in" in everything


def test_mistakes_are_written_down_without_what_they_say() -> None:
    try:
        raise ValueError("Key (email)=(ada@example.org) is taken")
    except ValueError:
        record = logging.LogRecord("app", logging.ERROR, "", 0, "error 1", (), sys.exc_info())
    line = JsonLines().format(record)
    assert "ValueError" in line and "test_logs.py" in line and "ada@example.org" not in line


def test_nobody_writes_a_line_of_their_own() -> None:
    record = logging.LogRecord("app", logging.INFO, "", 0, 'one\n{"what": "two"}\u2028three', (), None)
    assert len(JsonLines().format(record).splitlines()) == 1
