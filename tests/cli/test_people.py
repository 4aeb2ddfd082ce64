"""Looking after people and email from the shell."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

import config
from app import clock, worker
from app.database import migrating
from app.database.transactions import writing
from app.extensions import db
from app.mail import outbox
from app.models import Entry, LoginSession, OutboxMail, User
from app.operations import trash
from tests.cli.test_journals import run
from tests.conftest import NewApp
from tests.factories import PASSWORD, Factory
from tests.page_client import PageClient


def test_an_account_made_in_the_shell_can_log_in(app: Flask, factory: Factory, stranger: PageClient) -> None:
    run(app, "user", "create", "mia", "--email", "mia@example.org", "--password", PASSWORD, "--role", "administrator")
    assert "mia\tmia@example.org\tAdministrator\tconfirmed" in run(app, "user", "list")
    stranger.submit("/login", {"username": "mia", "password": PASSWORD})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["create", "ada", "--email", "x@example.org", "--password", PASSWORD], "is taken"),
        (["create", "new", "--email", "ADA@example.org", "--password", PASSWORD], "already an account"),
        (["create", "new", "--email", "x@example.org", "--password", "12345678"], "too easy"),
        (["create", "two words", "--email", "x@example.org", "--password", PASSWORD], "letters, digits"),
        (["create", "new", "--email", "nonsense", "--password", PASSWORD], "valid email address"),
        (["create", "new", "--email", "x@example.org", "--password", PASSWORD, "--role", "King"], "Unknown role King"),
        (["create", "new", "--email", "x@example.org", "--password", PASSWORD, "--timezone", "Mars"], "Unknown time zone Mars"),
        (["confirm", "nobody"], "no user named"),
        (["role", "ada", "King"], "Unknown role King"),
    ],
)
def test_what_cannot_be_done_is_said(app: Flask, factory: Factory, arguments: list[str], sentence: str) -> None:
    assert factory.ada
    assert sentence in run(app, "user", *arguments, status=1)


def test_people_are_confirmed_promoted_and_signed_out(app: Flask, factory: Factory) -> None:
    dan = PageClient(app).signed_in_as(factory.dan)
    run(app, "user", "confirm", "dan")
    dan.visit("/entry")
    run(app, "user", "role", "dan", "moderator")
    assert "dan@example.org\tModerator" in run(app, "user", "list")
    run(app, "user", "sessions-revoke", "dan")
    dan.visit("/entry", 303)


def test_a_reset_link_from_the_shell_works(app: Flask, factory: Factory, stranger: PageClient) -> None:
    assert factory.ada
    link = run(app, "user", "reset-link", "ada").strip().removeprefix("http://localhost")
    stranger.submit(link, {"password": "stones of venice again", "password2": "stones of venice again"}, from_page=link)


def test_letters_are_listed_and_tried_again(app: Flask, factory: Factory) -> None:
    with app.app_context(), writing() as session:
        row = outbox.welcome_back(session.get_one(User, factory.ada.id), clock.now())
        session.flush()
        assert row
        row.failed_at, row.last_error = clock.now(), "refused"
    listing = run(app, "outbox", "list")
    assert "welcome_back\tada@example.org\tgiven up" in listing and "refused" in listing
    assert "Emails to send again now: 1" in run(app, "outbox", "retry")
    assert "waits until" in run(app, "outbox", "list")
    assert "no unsent email 999999" in run(app, "outbox", "retry", "999999", status=1)
    for odd in ("0", "99999999999999999999"):
        assert "is not in the range" in run(app, "outbox", "retry", odd, status=2)
    sent = run(app, "outbox", "run", "--once")
    assert "Emails sent: 1." in sent and "You already have an account" in sent
    assert re.search(r"welcome_back\t.*\tsent", run(app, "outbox", "list", "--all")) and run(app, "outbox", "list") == ""


@pytest.mark.parametrize("command", ["user list", "outbox list", "check", "recount"])
def test_a_database_without_tables_is_told_with_what_to_do(new_app: NewApp, command: str) -> None:
    told = run(new_app(), *command.split(), status=1)
    assert "The database cannot be used" in told and "`db upgrade` makes it ready" in told and "Traceback" not in told


@pytest.mark.parametrize(("revision", "sentence"), [("0100", "Run `db upgrade` first"), ("9999", "by a newer version")])
def test_a_database_of_another_version_is_left_alone(app: Flask, factory: Factory, tmp_path: Path, revision: str, sentence: str) -> None:
    assert factory.ada
    commands = (["user", "suspend", "ada"], ["recount"], ["search", "rebuild"], ["check"], ["backup", "--output", str(tmp_path)])
    with app.app_context():
        newest = migrating.newest_revision()
    try:
        at_revision(app, revision)
        for command in commands:
            assert sentence in run(app, *command, status=1)
    finally:
        at_revision(app, newest or "")
    with app.app_context():
        assert not db.session.get_one(User, factory.ada.id).is_suspended and not list(tmp_path.iterdir())


def at_revision(app: Flask, revision: str) -> None:
    with app.app_context(), writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_an_empty_password_is_none(app: Flask, factory: Factory, tmp_path: Path) -> None:
    assert factory.ada
    (tmp_path / "empty").write_text("\n")
    told = run(app, "user", "create", "pia", "--email", "pia@example.org", "--password-file", str(tmp_path / "empty"), status=1)
    assert "The password is empty" in told


def test_the_chores(app: Flask, factory: Factory) -> None:
    entry = factory.entry(trashed=True)
    PageClient(app).signed_in_as(factory.ada)
    later = clock.now() + trash.KEPT_FOR * 2
    with app.app_context():
        with writing() as session:
            row = outbox.welcome_back(session.get_one(User, factory.ada.id), clock.now())
            assert row
            row.sent_at = clock.now()
        worker.do_chores(later)
        assert db.session.get(Entry, entry.id) is None
        assert db.session.query(LoginSession).count() == 0 and db.session.query(OutboxMail).count() == 0


def test_configure_writes_settings_once(app: Flask, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    import config

    monkeypatch.setattr(config, "ROOT", tmp_path)
    assert "SECRET_KEY" in run(app, "configure")
    dotenv = config.ROOT / ".env"
    first = dotenv.read_text()
    assert dotenv.stat().st_mode & 0o777 == 0o600 and "PUBLIC_URL=http://127.0.0.1:8000" in first
    assert "Nothing was changed" in run(app, "configure") and dotenv.read_text() == first
    assert isinstance(config.load(environ={}), config.ProductionConfig)


def test_settings_of_another_folder_are_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / ".env").write_text("DAYBOOK_CANARY=1\nDATABASE_URL=sqlite:////nowhere/else.db\n")
    monkeypatch.chdir(tmp_path / "below")
    script = "import os; from click.testing import CliRunner; import manage; CliRunner().invoke(manage.cli, ['user', 'list']); "
    environ = {**os.environ, "PYTHONPATH": str(config.ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script + "print('DAYBOOK_CANARY' in os.environ)"], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
