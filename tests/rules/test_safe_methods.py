"""GET, HEAD and OPTIONS change nothing (RFC 9110, 9.2.1), but for the few things listed here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.database.transactions import NestedWrite, WriteInSafeRequest, refuse_writes, writing
from app.extensions import db
from app.models import AddressChange, Role, SecurityEvent, User
from app.operations import email_changes, entries, security_events
from app.queries import entries as asking
from app.security import tokens
from tests.factories import Factory, draft
from tests.page_client import PageClient

MAY_WRITE = {"app/auth/confirming.py": "open_confirmation", "app/web/sessions.py": "note_seen"}
"""The signed-in owner's press on a confirmation link, and when a browser was last here."""

PARAMETERS = {
    "next": "/entry",
    "invite": "x",
    "older": "1.1",
    "newer": "1.1",
    "view": "mine",
    "q": "harbour",
    "page": "2",
    "date": "2026-03-01",
    "template": "1",
    "about": "1",
    "correct": "1",
    "step": "1",
    "before": "5",
    "after": "a",
    "starred": "1",
    "restore": "1",
    "disown": "1",
    "_method": "POST",
}
EACH: list[dict[str, str]] = [{name: value} for name, value in PARAMETERS.items()]
BEYOND = ("/admin", "/moderation")
"""Where only an administrator gets further than a writer does."""


def contents(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, but when browsers were last here."""
    with app.app_context():
        return {
            table.name: sorted((tuple(row) for row in db.session.execute(select(*columns))), key=repr)
            for table in db.metadata.sorted_tables
            if (columns := [column for column in table.columns if column.name != "last_seen_at"])
        }


def links(app: Flask, factory: Factory) -> dict[str, str]:
    """Return a link of each kind that would do something, were its button pressed."""
    dan_id = factory.dan.id
    with app.app_context(), writing() as session:
        ada = session.get_one(User, factory.ada.id)
        email_changes.ask(ada, "ada@example.net", security_events.Browser("tests", "127.0.0.1"), clock.now())
        change = session.scalars(select(AddressChange)).one()
        event = session.scalars(select(SecurityEvent)).one()
        confirmed = AddressChange(
            user_id=ada.id, old_email="a@example.org", new_email=ada.email, asked_at=clock.now(), confirmed_at=clock.now()
        )
        session.add(confirmed)
        new = User(username="new", email="new@example.org", password_hash="", role_id=ada.role_id, timezone="UTC", created_at=clock.now())
        new.confirm_token_version = new.reset_token_version = new.epoch = 0
        session.add(new)
        session.flush()
        dan = session.get_one(User, dan_id)
        return {
            "/confirm/<token>": f"/confirm/{tokens.sign(tokens.CONFIRM, dan)}",
            "/address/<token>": f"/address/{tokens.sign_row(tokens.CHANGE_ADDRESS, change.id, change.state)}",
            "/address/<token>/undo": f"/address/{tokens.sign_row(tokens.UNDO_ADDRESS, confirmed.id, confirmed.state)}/undo",
            "/undo/<token>": f"/undo/{tokens.sign_row(tokens.UNDO, event.id, event.state)}",
            "/reset/<token>": f"/reset/{tokens.sign(tokens.RESET, ada)}",
            "/welcome/<token>": f"/welcome/{tokens.sign(tokens.FIRST_PASSWORD, new)}",
            "/first-administrator/<token>": f"/first-administrator/{tokens.sign(tokens.FIRST_ADMINISTRATOR)}",
        }


def paths(app: Flask, factory: Factory) -> Iterator[str]:
    """Yield the path of every route that a safe method reaches, with rows that are there."""
    entry = factory.entry(body="Private, at the harbour.", tags=["sea"])
    with app.app_context(), writing():
        own = asking.own(entry.id, factory.ada)
        assert own
        entries.revise(own, draft("Another text.", tags=["sea"]), 1, clock.now())
    known = {
        **links(app, factory),
        "<id:entry_id>": str(entry.id),
        "<id:user_id>": str(factory.ada.id),
        "<id:draft_id>": "1",
        "<id:template_id>": "1",
        "<key>": factory.picture().key,
        "<int:width>": "60",
        "<revision:number>": "1",
        "<username>": "ada",
        "<name>": "sea",
        "<day:day>": "2026-03-01",
        "<int:year>": "2026",
        "<int:month>": "3",
        "<digest>": "0",
        "<path:name>": "daybook.css",
    }
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()):
            path = rule.rule
            for placeholder, value in known.items():
                path = value if path == placeholder else path.replace(placeholder, value)
            yield path


@pytest.mark.parametrize("who", ["nobody", "owner", "administrator", "unconfirmed"])
def test_safe_methods_change_nothing_whatever_they_ask_for(app: Flask, factory: Factory, who: str) -> None:
    everything = list(paths(app, factory))
    moderator = factory.person("admin", role_name=Role.ADMINISTRATOR)
    person = {"owner": factory.ada, "administrator": moderator, "unconfirmed": factory.dan}.get(who)
    client = (PageClient(app).signed_in_as(person) if person else PageClient(app)).client
    before = contents(app)
    for path in everything:
        each = EACH if who == "owner" or (who == "administrator" and path.startswith(BEYOND)) else []
        for method in ("HEAD", "OPTIONS", *([] if who == "unconfirmed" and path.startswith("/confirm/") else ["GET"])):
            for query in ({}, PARAMETERS, *(each if method == "GET" else [])):
                answer = client.open(path, method=method, query_string=query, buffered=True)
                assert answer.status_code < 500 or path == "/readyz", (method, path, query)
    assert contents(app) == before


def test_writing_is_refused_inside_a_safe_request_and_inside_itself(context: Flask, factory: Factory) -> None:
    with writing(), pytest.raises(NestedWrite), writing():
        pytest.fail("the inner one was entered")
    refuse_writes()
    with pytest.raises(WriteInSafeRequest), writing():
        pytest.fail("it was entered")


def test_only_what_is_named_here_may_write_in_a_safe_request() -> None:
    found = {}
    for path in sorted(Path("app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name != "allow_writes":
                calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
                if any(isinstance(call, ast.Name) and call.id == "allow_writes" for call in calls):
                    found[str(path)] = node.name
    assert found == MAY_WRITE
