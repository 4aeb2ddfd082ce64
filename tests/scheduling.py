"""In which order, and by which worker of pytest-xdist, the tests run."""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ENGINES = ("sqlite", "postgresql")
SLOW = ("faults", "serving", "journeys", "migrations")
"""Folders whose tests wait for servers and browsers: they begin first, so that nobody waits for them at the end."""
TOGETHER = {
    "tests/faults/test_remains.py": "remains",
    "tests/faults/test_typing.py": "typing",
    "tests/journeys/test_journeys.py": "journeys",
    **dict.fromkeys(
        (f"tests/journeys/test_{name}.py" for name in ("clicks", "counting", "keyboard", "without", "writers", "writing_page")), "writers"
    ),
}
"""Files whose tests share a server, a browser or a prepared journal: a worker takes all of one name."""


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives out tests one by one, but for those that belong together."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return TOGETHER.get(file, nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    """Let the workers take turns as said here."""
    return Scheduling(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one ask for one engine's tests alone, beside those that need none."""
    parser.addoption("--engine", choices=ENGINES, help="run the tests of one database only")


def _engine_of(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("engine_name", "")) if callspec else ""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run slow tests first, one engine after the other; of one engine alone where that is asked for."""
    if wanted := config.getoption("--engine"):
        others = [item for item in items if _engine_of(item) not in {"", wanted}]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]

    def turn(item: pytest.Item) -> tuple[int, bool]:
        engine = _engine_of(item)
        is_slow = Path(item.path).parent.name in SLOW
        return (ENGINES.index(engine) + 1 if engine else 0 if is_slow else len(ENGINES) + 1), not is_slow

    items.sort(key=turn)
