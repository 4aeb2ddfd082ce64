"""In which order, and by which worker of pytest-xdist, the tests run."""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

ENGINES = ("sqlite", "postgresql")
SLOW = ("faults", "serving", "journeys", "migrations")
"""Folders whose tests wait for servers and browsers: they begin first, so that nobody waits for them at the end."""
TOGETHER = ("tests/faults/test_typing.py", "tests/journeys/test_journeys.py")
"""Files whose tests share one server and one browser: a worker takes all of one."""


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives out tests one by one, but for those that belong together."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    """Let the workers take turns as said here."""
    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run slow tests first, one engine after the other."""

    def turn(item: pytest.Item) -> tuple[int, bool]:
        engine = item.callspec.params.get("engine_name") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
        is_slow = Path(item.path).parent.name in SLOW
        return (ENGINES.index(engine) + 1 if engine else 0 if is_slow else len(ENGINES) + 1), not is_slow

    items.sort(key=turn)
