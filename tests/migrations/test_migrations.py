"""The schema, up and down, with rows in every table."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, event, func, inspect, select, text

from app import clock
from app.database import migrating
from app.database.transactions import writing
from app.extensions import db
from app.mail import outbox
from app.models import (
    Attachment,
    AttachmentVariant,
    ChallengePurpose,
    DraftSnapshot,
    Invitation,
    ModerationAction,
    Passkey,
    Role,
    Template,
    User,
)
from app.operations import attachments, drafts, email_changes, entries, passkeys, people, second_factor, security_events
from app.queries import entries as asking
from app.queries import searching
from tests.conftest import NewApp, make_app
from tests.factories import Factory, code_for, draft
from tests.page_client import PageClient
from tests.upgrades import OLDEST, one_more_migration, uncopied


@pytest.fixture
def fresh(new_app: NewApp) -> Flask:
    """An application on a database of its own, not migrated yet."""
    return new_app()


@pytest.fixture
def newest(new_app: NewApp, migrated: str) -> Flask:
    """An application on a database of its own, of the newest schema."""
    return new_app(migrated)


@pytest.fixture
def later(new_app: NewApp, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, one migration beyond the newest."""
    with one_more_migration(tmp_path / "later"):
        app = new_app()
        with app.app_context():
            migrating.bring_up_to_date()
        yield app


def fill(app: Flask) -> Factory:
    factory = Factory(app)
    ada, dan_id = factory.ada, factory.dan.id
    entry = factory.entry(title="Fog", body="Comet over the harbour.", tags=["sea"])
    with app.app_context():
        with writing():
            own = asking.own(entry.id, ada)
            assert own
            entries.revise(own, draft("Comet again.", title="Fog", tags=["sea", "sky"]), 1, clock.now())
        with writing() as session:
            outbox.welcome_back(session.get_one(User, ada.id), clock.now())
        browser = security_events.Browser("tests", "127.0.0.1")
        with writing():
            second_factor.offer(ada.id, clock.now())
        code = code_for(ada.id)
        with writing() as session:
            assert second_factor.enrol(session.get_one(User, ada.id), code, browser, clock.now())
            email_changes.ask(session.get_one(User, ada.id), "ada@example.net", browser, clock.now())
            people.confirm(session.get_one(User, dan_id), None, clock.now())
            kept = drafts.keep(ada, drafts.Typed("a", 1, 0, "", "Half a", "2026-03-01", "", "", "private"), None, clock.now())
            session.add(DraftSnapshot(draft_id=kept.id, at=clock.now(), title="", body="Half"))
            pictured(entry.id, ada.id)
            session.add(Template(user_id=ada.id, name="Morning", body="Weather:", tags="", created_at=clock.now()))
            passkeys.begin(ChallengePurpose.ADD, ada.id, clock.now())
            facts = {"credential_id": "AA", "public_key": "AA", "user_handle": "AA", "sign_count": 0, "created_at": clock.now()}
            session.add(Passkey(user_id=ada.id, name="phone", **facts))
            session.add(ModerationAction(entry_id=entry.id, at=clock.now(), reason="For a test."))
            session.add(Invitation(token_hash="0" * 64, created_at=clock.now(), expires_at=clock.now(), max_uses=1))
            second_factor.wait_for(session.get_one(User, ada.id), remember=False, now=clock.now())
    PageClient(app).signed_in_as(ada)
    return factory


def pictured(entry_id: int, owner_id: int) -> Attachment:
    """Return a row of every table that files have; no bytes are behind it."""
    facts: dict[str, Any] = {"width": 1, "height": 1, "size": 1}
    found = Attachment(user_id=owner_id, uid="boat", key="k" * 22, name="boat.jpg", kind="photo", created_at=clock.now(), **facts)
    found.variants = [AttachmentVariant(is_original=False, media_type="image/webp", digest="0" * 64, **facts)]
    db.session.add(found)
    db.session.flush()
    attachments.link_all([(entry_id, found.id, True)])
    return found


Rows = dict[str, list[dict[str, Any]]]


def rows() -> Rows:
    """Return all rows of our tables with the columns that there are."""
    found: Rows = {}
    with db.engine.connect() as connection:
        columns = inspect(connection).get_multi_columns()
        for table in db.metadata.sorted_tables:
            if (None, table.name) in columns:
                there = [table.c[column["name"]] for column in columns[None, table.name] if column["name"] in table.c]
                found[table.name] = sorted((dict(row) for row in connection.execute(select(*there)).mappings()), key=repr)
    return found


def as_far_as(there: Rows, model: Rows) -> Rows:
    """Return the rows with the tables and columns of `model` only."""
    columns = {name: list(kept[0]) if kept else [] for name, kept in model.items()}
    return {name: [{column: row[column] for column in columns[name]} for row in there[name]] for name in model}


def test_the_files_of_migrations_are_named_by_their_revisions_in_order() -> None:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(migrating.MIGRATIONS))
    scripts = list(ScriptDirectory.from_config(settings).walk_revisions())
    assert [script.revision for script in scripts] == sorted(migrating.revisions(), reverse=True)
    assert migrating.newest_revision() == scripts[0].revision


def test_models_and_migrations_agree(fresh: Flask) -> None:
    with fresh.app_context():
        upgrade()
    result = fresh.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


def test_down_to_the_bottom_and_up_again(newest: Flask) -> None:
    fill(newest)
    with newest.app_context():
        assert all(rows().values()), "every table has rows"
        downgrade(revision="base")
        assert rows() == {}
        upgrade()
        roles = dict(db.session.execute(select(Role.name, Role.permissions)).all())
        assert roles == {"User": 1, "Moderator": 3, "Administrator": 7}
    fill(newest)


def test_a_step_down_and_up_keeps_what_the_schema_can_hold(later: Flask) -> None:
    factory = fill(later)
    with later.app_context(), uncopied():
        above = rows()
        downgrade(revision=OLDEST)
        kept = rows()
        assert kept == as_far_as(above, kept) and all(kept.values())
        upgrade()
        assert rows() == above
        assert len(searching.search(factory.ada, "comet").found) == 1
        db.session.rollback()


def test_a_failed_migration_leaves_nothing_behind(later: Flask) -> None:
    def fail(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO trial"):
            raise RuntimeError("a migration that fails")

    fill(later)
    with later.app_context():
        downgrade(revision=OLDEST)
        before = rows()
        event.listen(db.engine, "before_cursor_execute", fail)
        with pytest.raises(SystemExit):
            upgrade()
        event.remove(db.engine, "before_cursor_execute", fail)
        assert rows() == before and migrating.problem() == "not migrated"


def test_migrations_stay_what_they_were_whatever_becomes_of_the_application() -> None:
    files = [*(migrating.MIGRATIONS / "versions").glob("*.py"), *(migrating.MIGRATIONS / "baseline").glob("*.py")]
    assert len(files) > 6
    for path in files:
        names = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
        modules = [node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name for node in names]
        assert not [name for name in modules if name.partition(".")[0] in {"app", "config"}], path


@pytest.mark.parametrize("revision", ["0001", "0023"])
def test_a_journal_from_before_the_first_release_is_told_how_to_come_over(newest: Flask, revision: str) -> None:
    with newest.app_context():
        with db.engine.begin() as connection:
            connection.execution_options(writes=True)
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        with pytest.raises(migrating.SchemaError, match="Export each person's journal with that version"):
            migrating.bring_up_to_date()
        with db.engine.connect() as connection:
            assert migrating.current_revision(connection) == revision and migrating.problem() == "not migrated"


def test_serving_brings_the_schema_up_after_a_copy(new_app: NewApp, tmp_path: Path) -> None:
    with one_more_migration(tmp_path / "later"):
        fresh = new_app()
        with fresh.app_context():
            assert migrating.problem() == "not migrated"
            assert migrating.bring_up_to_date() is None and migrating.problem() is None
            assert migrating.bring_up_to_date() is None, "nothing to do"
        fill(fresh)
        with fresh.app_context():
            downgrade(revision=OLDEST)
            copy = migrating.bring_up_to_date()
            assert migrating.problem() is None
            assert copy and copy.stat().st_size > 0 and not list(copy.parent.glob("*.partial"))


def test_a_database_of_a_newer_version_is_refused_and_untouched(newest: Flask) -> None:
    with newest.app_context():
        with db.engine.begin() as connection:
            connection.execution_options(writes=True)
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(migrating.SchemaError, match="newer version"):
            migrating.bring_up_to_date()
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_sqlite_is_set_up_to_keep_what_it_was_given(fresh: Flask, engine_name: str) -> None:
    if engine_name != "sqlite":
        with fresh.app_context(), db.engine.connect() as connection:
            assert connection.scalar(text("SHOW timezone")) == "UTC" and connection.scalar(text("SHOW fsync")) in {"on", "off"}
        return
    with fresh.app_context(), db.engine.connect() as connection:
        facts = [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")]
        assert facts == ["wal", 2, 1, 5000]


def test_no_id_is_ever_given_twice(newest: Flask, engine_name: str) -> None:
    with newest.app_context():
        if engine_name != "sqlite":
            assert inspect(db.engine).get_sequence_names(), "a sequence never goes back"
            return
        made: dict[str, str] = dict(db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
        models = [table for table in db.metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]]
        assert len(models) > 10
        assert [table.name for table in models if "AUTOINCREMENT" not in made[table.name]] == []


def test_an_encrypted_file_opens_with_its_key_only(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/secret.db"
    app = make_app(url, tmp_path, DATABASE_KEY="it's a key")
    with one_more_migration(tmp_path / "later"), app.app_context():
        upgrade()
        assert db.session.scalar(select(func.count()).select_from(Role)) == 3
        downgrade(revision=OLDEST)
        copy = migrating.bring_up_to_date()
        db.engine.dispose()
    assert copy
    assert b"SQLite format" not in (tmp_path / "secret.db").read_bytes()[:16] and b"SQLite format" not in copy.read_bytes()[:16]
    without = make_app(url, tmp_path)
    with without.app_context():
        assert migrating.problem() == "unreachable"
        db.engine.dispose()
