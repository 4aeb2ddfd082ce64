"""Settings: declared once, documented everywhere, and refused where they would do harm."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click import ClickException
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import config
from app import __version__, create_app
from app.cli import listening
from app.cli.setup import configure
from app.database import migrating
from app.extensions import db
from app.security import counters
from config import SETTINGS, SettingsError
from tests.conftest import make_app

ROOT = Path(config.__file__).parent
ODD_HOSTS = (
    "j.example.org#x",
    "j.example.org # c",
    "exa mple.org",
    "<b>.org",
    ".",
    "a..b",
    "*.example.org",
    "j.example.org\\x",
    "j%2eexample.org",
    "a" * 64 + ".org",
    "ann@example.org",
    "256.1.1.1",
    "j.example.org:0",
    "[::1]x",
    "[v1.x]",
    "-a.org",
)
GOOD = {"FLASK_CONFIG": "production", "SECRET_KEY": "k" * 32, "PUBLIC_URL": "https://journal.example.org", "FLASK_SKIP_DOTENV": "1"}


def test_code_example_and_readme_name_the_same_settings() -> None:
    declared = [setting.name for setting in SETTINGS]
    example = re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    table = re.findall(r"^\| `([A-Z][A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert declared == example and declared == table


def test_the_readme_says_what_the_code_says() -> None:
    readme = (ROOT / "README.md").read_text()
    for setting in SETTINGS:
        assert setting.help in readme, f"README: {setting.name}"
        assert setting.help in (ROOT / ".env.example").read_text().replace("\n# ", " "), f".env.example: {setting.name}"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": config.SAMPLE_SECRET}, "SECRET_KEY"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://journal.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "journal.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://journal.example.org/path"}, "PUBLIC_URL"),
        *[({"PUBLIC_URL": f"https://{odd}"}, "a scheme and a host only") for odd in ODD_HOSTS],
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///?x=1"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:////tmp/x.db?timeout=abc"}, "DATABASE_URL"),
        ({"SECRET_KEY_FILE": "/dev/null", "SECRET_KEY": ""}, "SECRET_KEY_FILE"),
        ({"DATABASE_KEY_FILE": "/dev/null", "DATABASE_KEY": "x"}, "DATABASE_KEY_FILE"),
        ({"MAIL_PORT": "many"}, "MAIL_PORT"),
        ({"MAIL_USE_TLS": "perhaps"}, "MAIL_USE_TLS"),
        ({"REGISTRATION": "sometimes"}, "REGISTRATION"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"DEFAULT_TIMEZONE": "Mars"}, "DEFAULT_TIMEZONE"),
        ({"LOGIN_LENGTH": "3"}, "LOGIN_LENGTH"),
        ({"LOGIN_LENGTH": "65"}, "LOGIN_LENGTH"),
        ({"PASS_LENGTH": "8"}, "PASS_LENGTH"),
        ({"PASS_CHARS": "aaaaaaaaaaa"}, "PASS_CHARS"),
        ({"PASS_CHARS": "abcdefgh ijklmnop"}, "PASS_CHARS"),
        ({"FLASK_CONFIG": "prod"}, "FLASK_CONFIG"),
        ({"SECRET_KEY_FILE": "/nowhere/at/all"}, "SECRET_KEY_FILE"),
    ],
)
def test_production_refuses_and_names_the_setting(change: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        config.load(environ={**GOOD, **change})


def test_https_makes_cookies_secure_and_loopback_may_be_plain() -> None:
    secure = config.load(environ=GOOD)
    assert secure.SESSION_COOKIE_SECURE and secure.SESSION_COOKIE_NAME.startswith("__Host-")
    assert "[2001:db8::1]" in config.load(environ={**GOOD, "PUBLIC_URL": "https://[2001:db8::1]"}).TRUSTED_HOSTS
    for address in ("http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"):
        plain = config.load(environ={**GOOD, "PUBLIC_URL": address})
        assert not plain.SESSION_COOKIE_SECURE


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS if setting.secret])
def test_every_secret_can_come_from_a_file(tmp_path: Path, name: str) -> None:
    value = "postgresql://somewhere/x" if name == "DATABASE_URL" else "s" * 40
    (tmp_path / "secret").write_text(value + "\n")
    settings = config.load(environ={**GOOD, name: "", f"{name}_FILE": str(tmp_path / "secret")})
    read = getattr(settings, name)
    assert read == ([value] if name.endswith("FALLBACKS") else value)


def test_postgres_addresses_name_the_driver() -> None:
    for address in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        assert config.load(environ={**GOOD, "DATABASE_URL": address}).SQLALCHEMY_DATABASE_URI == "postgresql+psycopg://u@h/d"


def test_the_example_is_refused_as_it_stands() -> None:
    from dotenv import dotenv_values

    values = {name: value or "" for name, value in dotenv_values(ROOT / ".env.example").items()}
    with pytest.raises(SettingsError):
        config.load(environ={**values, "FLASK_SKIP_DOTENV": "1"})


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://Journal.Example.org:443/", "https://journal.example.org"),
        ("https://дневник.рф", "https://" + "дневник.рф".encode("idna").decode()),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://journal.example.org:8443", "https://journal.example.org:8443"),
    ],
)
def test_the_address_is_kept_as_browsers_write_it(written: str, kept: str) -> None:
    assert kept == config.load(environ={**GOOD, "PUBLIC_URL": written}).PUBLIC_URL


@pytest.mark.parametrize(
    "change",
    [
        {"WEB_CONCURRENCY": "0"},
        {"WEB_CONCURRENCY": "9" * 5000},
        {"PASS_LENGTH": "2000"},
        {"MAIL_PORT": "99999"},
        {"MAX_UPLOAD_MB": "0"},
        {"TRUSTED_PROXIES": "-1"},
        {"LOGIN_LENGTH": "65"},
        {"PUBLIC_URL": "https://journal.example.org:99999"},
        {"DATABASE_URL": "sqlite:///"},
    ],
    ids=str,
)
def test_numbers_out_of_range_are_refused_with_the_range(change: dict[str, str]) -> None:
    (name,) = change
    with pytest.raises(SettingsError, match=name):
        config.load(environ={**GOOD, **change})


@pytest.mark.parametrize(
    ("bind", "address"),
    [("127.0.0.1:8099", "http://127.0.0.1:8099"), ("0.0.0.0:80", "http://127.0.0.1"), ("[::]:81", "http://127.0.0.1:81")],
)
def test_without_a_public_url_links_lead_to_where_it_listens(bind: str, address: str) -> None:
    assert address == config.load("development", {"BIND": bind, "FLASK_SKIP_DOTENV": "1"}).PUBLIC_URL


def test_a_folder_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "file"
    taken.write_text("x")
    monkeypatch.setenv("FLASK_CONFIG", "testing")
    for folder in (taken, taken / "below", Path("/proc/nothing/here")):
        monkeypatch.setenv("DATA_DIR", str(folder))
        with pytest.raises(SettingsError, match="DATA_DIR is") as refused:
            create_app()
        assert str(folder) in refused.value.message and "chown" in refused.value.message


def test_configure_completes_a_file_and_says_where_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("BIND", "127.0.0.1:8099")
    path = tmp_path / ".env"
    path.write_text("MAIL_SERVER=smtp.example.org")
    assert "SECRET_KEY" in CliRunner().invoke(configure).output
    written = path.read_text()
    assert "MAIL_SERVER=smtp.example.org\n" in written and "PUBLIC_URL=http://127.0.0.1:8099\n" in written
    assert path.stat().st_mode & 0o077 == 0
    assert "complete" in CliRunner().invoke(configure).output and path.read_text() == written


@pytest.mark.parametrize(("bind", "sentence"), [("unix:/run/x.sock", "Set PUBLIC_URL, too"), ("nonsense", "one host and one port")])
def test_configure_writes_nothing_that_the_settings_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bind: str, sentence: str
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("BIND", bind)
    told = CliRunner().invoke(configure)
    assert told.exit_code == 1 and sentence in told.output and not (tmp_path / ".env").exists()


def test_a_file_of_settings_is_taken_word_for_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    (tmp_path / ".env").write_text("MAIL_PASSWORD='a$b${c}#d'\nDATABASE_KEY=${HOME}\n")
    found = config.environment({})
    assert found["MAIL_PASSWORD"] == "a$b${c}#d" and found["DATABASE_KEY"] == "${HOME}"
    read_by_flask = {"MAIL_PASSWORD": "a$b#d", "DATABASE_KEY": os.environ["HOME"]}
    assert config.environment(read_by_flask) == found
    assert config.environment({"DATABASE_KEY": "another"})["DATABASE_KEY"] == "another"


@pytest.mark.parametrize("name", [".env", "secret"])
def test_a_file_of_another_encoding_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    (tmp_path / name).write_bytes("MAIL_SERVER=café".encode("utf-16"))
    with pytest.raises(SettingsError, match="not written in UTF-8") as refused:
        config.load("development", {"SECRET_KEY_FILE": str(tmp_path / "secret")} if name == "secret" else {})
    assert name in refused.value.message


@pytest.mark.parametrize("uri", ["foo://x", "nonsense", "redis://localhost:port"])
def test_a_store_of_counters_that_there_is_none_of_is_refused_at_the_start(tmp_path: Path, uri: str) -> None:
    app = make_app(f"sqlite:///{tmp_path}/a.db", tmp_path, RATELIMIT_STORAGE_URI=uri)
    with app.app_context(), pytest.raises(ClickException, match="RATELIMIT_STORAGE_URI"):
        counters.refuse_unknown_store()


@pytest.mark.parametrize("bind", ["unix:/nowhere/at/all/x.sock", f"{'a' * 70}:8000"])
def test_what_nobody_can_listen_at_is_told(bind: str) -> None:
    with pytest.raises(ClickException, match="can't listen on"):
        listening.refuse_taken(bind)


@pytest.mark.parametrize(
    ("first", "then", "sentence"),
    [("", "a key", "not encrypted"), ("a key", "another", "set the passphrase"), ("a key", "", "encrypted, or")],
)
def test_a_key_that_does_not_fit_is_told_with_what_to_do(tmp_path: Path, first: str, then: str, sentence: str) -> None:
    url = f"sqlite:///{tmp_path}/daybook.db"
    with make_app(url, tmp_path / "data", DATABASE_KEY=first).app_context():
        migrating.bring_up_to_date()
        db.engine.dispose()
    with make_app(url, tmp_path / "other", DATABASE_KEY=then).app_context():
        with pytest.raises(OperationalError, match=sentence):
            db.session.execute(text("SELECT 1"))
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"BIND": "127.0.0.1:8000,127.0.0.1:8001"}, "one host and one port"),
        ({"BIND": "127.0.0.1:8000 127.0.0.1:8001"}, "one host and one port"),
        ({"BIND": "127.0.0.1"}, "one host and one port"),
        ({"BIND": "127.0.0.1:99999"}, "one host and one port"),
        ({"BIND": "::1:8000"}, "one host and one port"),
        ({"BIND": "fd://x"}, "one host and one port"),
        ({"PUBLIC_URL": "http://[::1"}, "a scheme and a host only"),
        ({"PUBLIC_URL": "https://℀.example"}, "a scheme and a host only"),
        ({"DEFAULT_TIMEZONE": "Europe"}, "a zone such as"),
        ({"DEFAULT_TIMEZONE": "x" * 300}, "a zone such as"),
        ({"DATABASE_URL": "postgresql://[::1/x"}, "must be sqlite"),
        ({"DATABASE_URL": "postgresql://host:port/x"}, "must be sqlite"),
        ({"DATABASE_URL": "postgresql://ada:p@ss@localhost/x"}, "write it as %40"),
    ],
)
def test_settings_that_look_right_and_are_not(change: dict[str, str], words: str) -> None:
    with pytest.raises(config.SettingsError, match=words) as refused:
        config.DevelopmentConfig(change)
    assert "ss@" not in str(refused.value)


def test_the_version_is_the_same_everywhere(app: Flask) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    said = subprocess.run([sys.executable, "manage.py", "--version"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    told = app.test_client().get("/readyz").json
    assert told and project["version"] == __version__ == told["version"] and __version__ in said and "Daybook" in said
