"""Promises of `docs/security.md` that no other test holds: what the code never does, and what every answer does."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

import config
from app.extensions import db
from app.security import counters, passwords
from tests.conftest import make_app
from tests.factories import PASSWORD, Factory
from tests.page_client import PageClient

ROOT = Path(config.ROOT)
SOURCES = [*(ROOT / "app").rglob("*.py"), ROOT / "config.py", ROOT / "manage.py"]
NEVER_CALLED = {"eval", "exec", "compile", "__import__", "render_template_string", "populate_obj", "system", "popen", "literal_eval"}
NEVER_IMPORTED = {"pickle", "marshal", "shelve", "yaml", "requests", "httpx", "aiohttp", "xml", "lxml", "urllib.request", "http.client"}
TALKERS = {"transport.py", "delivery.py", "listening.py"}
"""Emails are carried by the first two; the third looks whether the server's own address is free."""


def calls(tree: ast.AST) -> set[str]:
    """Return the names of all functions that are called as functions, not as methods of something else than a module."""
    names = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    attributes = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return names | {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id not in {"re", "regex"}}


def imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module}
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_runs_text_reads_pickles_or_asks_other_hosts(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not calls(tree) & NEVER_CALLED
    used = imports(tree)
    assert not {name for name in used if name in NEVER_IMPORTED or name.split(".")[0] in NEVER_IMPORTED}
    assert path.name in TALKERS or not used & {"smtplib", "socket", "ssl"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_weak_hash_no_shell_no_mixed_parameters(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for weak in (
        "hashlib.md5",
        "md5(",
        '"md5",',
        "sha1(",
        "shell=True",
        "request.values",
        "AES.MODE",
        "verify_mode",
        "check_hostname = False",
    ):
        assert weak not in text, weak


def test_signed_links_are_read_with_a_span_of_time_and_made_with_sha256() -> None:
    text = (ROOT / "app" / "security" / "tokens.py").read_text(encoding="utf-8")
    assert text.count(".loads(") == text.count("max_age=") == 2 and "digest_method" in text


def test_scripts_put_text_in_as_text() -> None:
    for path in (ROOT / "app" / "static" / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|document\.write|insertAdjacentHTML|localStorage\.setItem\(.*password", text)
        assert text.count("innerHTML") == text.count("innerHTML = cleanHTML("), "only what the server cleaned"
        assert ("createPolicy" in text) == (path.name == "trusted.js")
        assert not re.search(r"serviceWorker\.register\((?!ownProgram\()", text)


@pytest.mark.parametrize("path", ["/", "/login", "/nowhere", "/healthz", "/favicon.ico", "/feed.atom", "/logout"])
def test_no_answer_opens_a_door_to_other_sites(app: Flask, factory: Factory, path: str) -> None:
    answer = app.test_client().get(path, headers={"Origin": "https://evil.example"})
    assert not [name for name, _value in answer.headers if name.startswith("Access-Control")]
    assert re.match(r"text/|application/(json|atom\+xml)|image/", answer.content_type)
    assert (answer.mimetype or "").startswith("image/") or "charset=utf-8" in answer.content_type or answer.mimetype == "application/json"
    assert "Werkzeug" not in answer.headers.get("Server", "") and "X-Powered-By" not in answer.headers


def test_https_is_demanded_for_two_years_on_every_answer(database_url: str, folder: Path, factory: Factory) -> None:
    secure = make_app(database_url, folder / "data", PUBLIC_URL="https://journal.example.org")
    for path in ("/", "/nowhere", "/static/0/daybook.css"):
        answer = secure.test_client().get(path, base_url="https://journal.example.org", buffered=True)
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains", path
    with secure.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PUT", "DELETE", "PATCH"])
def test_methods_that_nobody_needs_are_refused(app: Flask, factory: Factory, method: str) -> None:
    assert app.test_client().open("/login", method=method).status_code in {400, 405}


@pytest.mark.parametrize("path", ["/.git/config", "/.env", "/config.py", "/static/../config.py", "/instance/daybook.db", "/metrics"])
def test_nothing_but_pages_and_static_files_is_served(app: Flask, factory: Factory, path: str) -> None:
    assert app.test_client().get(path).status_code == 404


def test_forwarded_addresses_count_only_from_trusted_proxies(app: Flask, factory: Factory) -> None:
    with app.app_context():
        counters.storage().reset()
    statuses = []
    for number in range(12):
        page_client = PageClient(app)
        data = {"username": f"nobody{number}", "password": "wrong and wrong", "csrf_token": page_client.secret("/login")}
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        statuses.append(page_client.client.post("/login", data=data, headers=forged).status_code)
    person = PageClient(app)
    person.submit("/login", {"username": "ada", "password": PASSWORD}, headers={"X-Forwarded-For": "203.0.113.9"})
    assert statuses == [422] * 12 and "127.0.0.1" in person.visit("/account/devices").text and "203.0.113" not in person.page.text


@pytest.mark.parametrize(
    "password", ["correct horse battery staple " * 3, "  spaces  around violet tractors  ", "密码是一句很长很长的话没有人会猜到"]
)
def test_passwords_are_taken_as_they_are_sent(app: Flask, password: str) -> None:
    with app.app_context():
        stored = passwords.hash_password(password)
        assert passwords.matches(password, stored)
        for other in (password.strip() if password != password.strip() else password + " ", password.upper() + "x", password[:64] + "y"):
            assert not passwords.matches(other, stored)
    assert passwords.MIN_LENGTH == 8 and passwords.MAX_LENGTH >= 64


def test_the_second_of_two_values_is_not_read(app: Flask, factory: Factory, ada: PageClient) -> None:
    secret = ada.secret("/entry")
    query = f"csrf_token={secret}&title=first&title=second&body=b&entry_date=2026-03-01&visibility=private"
    answer = ada.client.post("/entry", data=query, content_type="application/x-www-form-urlencoded")
    assert ">first<" in ada.client.get(answer.headers["Location"]).text


@pytest.mark.parametrize("field", ["role_id", "role", "confirmed_at", "permissions", "user_id", "password_hash", "suspended_at"])
def test_fields_that_no_form_has_change_nothing(app: Flask, factory: Factory, ada: PageClient, field: str) -> None:
    liked = {"timezone": "Europe/Lisbon", "day_ends_at": "0", "week_begins_on": "0", "default_visibility": "private"}
    ada.submit("/account", {**liked, field: "3"})
    ada.visit("/admin/people", 404)
    ada.submit("/login", {"username": "ada", "password": PASSWORD}, 303, from_page="/logout")


def test_there_is_no_account_until_somebody_makes_one() -> None:
    migrations = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert not re.search(r"(?i)insert into \"?user|bulk_insert\(\s*user", migrations), "no migration makes anybody"


def test_the_container_runs_as_nobody_in_particular_and_holds_no_tests() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER (?!root)\w+", text, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert ignored.startswith("*\n") and "!tests" not in ignored and "!.git" not in ignored


def test_every_dependency_is_locked_with_its_hash() -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z][\w.-]*(?:\[\w+\])?==", lock, re.MULTILINE)
    assert len(pins) > 30 and lock.count("--hash=sha256:") >= len(pins)


@pytest.mark.parametrize("path", ["/register", "/login", "/account", "/account/close", "/entry", "/entry/draft"])
def test_what_is_no_form_is_refused(app: Flask, factory: Factory, ada: PageClient, path: str) -> None:
    secret = ada.secret("/logout")
    for body in ("5", '"x"', '{"username": 5}', "{"):
        answer = ada.client.post(path, data=body, content_type="application/json", headers={"X-CSRFToken": secret})
        assert answer.status_code == 415
