"""The house rules, as far as a machine can hold them."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

import config
from app.extensions import db
from tests.rules.exported_columns import EXPORTED, LEFT_OUT

APP = Path(config.ROOT, "app")
SOURCES = sorted([*APP.rglob("*.py"), *Path(config.ROOT, "migrations").rglob("*.py"), *Path(config.ROOT).glob("*.py")])
TESTS = sorted(Path(config.ROOT, "tests").rglob("*.py"))
TEMPLATES = sorted(path for path in (APP / "templates").rglob("*.*"))
MAX_FILE_LENGTH, MAX_FUNCTION_LENGTH, MAX_TEMPLATE_LENGTH = 300, 60, 150
WITHOUT_REQUESTS = (
    *("operations", "queries", "models", "text", "formats", "search", "mail"),
    *("transfer", "backup", "security", "storage", "media", "database"),
)
BESIDE_THE_ROOMS = {"__init__", "clock", "extensions", "gate", "i18n", "timezones", "urls", "worker"}
LAYERED = {"__init__", "attachments", "drafts", "entries", "forms", "history", "passkeys", "people", "second_factor", "tags"}
"""Subjects that have a module of one name in three rooms or more: their pages, their changes and their questions."""
OF_A_REQUEST = {"request", "session", "current_user", "has_request_context"}
OPEN_TO_ALL = {"public", "auth", "assets", None}


def test_imports_point_one_way() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=config.ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=lambda path: str(path.relative_to(config.ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    limit = MAX_FILE_LENGTH if path in SOURCES else 2 * MAX_FILE_LENGTH
    assert text.count("\n") <= limit, "split it by subject"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and path.parent.name != "versions":
            assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION_LENGTH, f"{node.name} is too long"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_stay_small_and_safe(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_TEMPLATE_LENGTH
    trusted = re.findall(r"\{\{[^}]*\|\s*safe", text)
    assert all(re.search(r"html\|safe|'[^']*'\|safe", piece) for piece in trusted), "only sanitised HTML and literals are safe"


@pytest.mark.parametrize("folder", WITHOUT_REQUESTS)
def test_only_doors_know_of_requests(folder: str) -> None:
    for path in (APP / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("flask"):
                names = {alias.name for alias in node.names}
                assert not names & OF_A_REQUEST, f"{path} imports {names & OF_A_REQUEST}"


def test_a_module_has_a_room() -> None:
    assert {path.stem for path in APP.glob("*.py")} == BESIDE_THE_ROOMS


def test_a_name_of_a_file_says_where_it_is() -> None:
    rooms = Counter(path.stem for path in APP.rglob("*.py"))
    assert {name for name, number in rooms.items() if number > 2} <= LAYERED


def test_only_the_clock_reads_the_clock() -> None:
    for path in APP.rglob("*.py"):
        if path.name != "clock.py":
            assert not re.search(r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.time\(", path.read_text(encoding="utf-8")), path


def test_operations_never_commit() -> None:
    for path in (APP / "operations").rglob("*.py"):
        assert not re.search(r"\.commit\(|writing\(", path.read_text(encoding="utf-8")), path


def test_every_view_is_behind_its_blueprints_rule(app: Flask) -> None:
    """Strangers get into none of the writer's pages."""
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0] or None
        assert blueprint in OPEN_TO_ALL or app.before_request_funcs.get(blueprint), rule


def test_every_template_compiles_and_names_itself(app: Flask) -> None:
    for path in TEMPLATES:
        name = str(path.relative_to(APP / "templates"))
        parsed = app.jinja_env.parse(path.read_text(encoding="utf-8"))
        app.jinja_env.get_template(name)
        if any(True for _node in parsed.find_all(nodes.Extends)) and "mail" not in name:
            assert any(block.name == "title" for block in parsed.find_all(nodes.Block)), f"{name} has no title"


def test_every_column_is_exported_or_left_out_for_a_reason() -> None:
    for table in db.metadata.sorted_tables:
        exported, left_out = EXPORTED.get(table.name, set()), LEFT_OUT.get(table.name, {})
        if "*" in left_out:
            continue
        columns = {column.name for column in table.columns}
        assert columns == exported | set(left_out), f"{table.name}: {columns ^ (exported | set(left_out))}"
        assert not exported & set(left_out)


def test_all_strings_can_be_translated(sentences: list[str]) -> None:
    assert len(sentences) > 150
    for beginning in ("You're logged out", "Who can read it", "Confirm your email"):
        assert any(sentence.startswith(beginning) for sentence in sentences), beginning


def test_nothing_published_speaks_of_other_machines() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=config.ROOT, capture_output=True, text=True, check=False).stdout.split()
    for name in tracked:
        path = config.ROOT / name
        if path.suffix in {".py", ".md", ".txt", ".toml", ".yaml", ".html"} and path.is_file() and "tests/rules" not in name:
            assert not re.search(r"/work/|\.library|index-url", path.read_text(encoding="utf-8")), name
