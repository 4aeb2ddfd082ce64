"""`docs/security.md` names tests; each of them has to be there."""

import re
from pathlib import Path

import config

NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_test_that_the_security_page_names_is_there() -> None:
    root = Path(config.__file__).parent
    named = NAMED.findall((root / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(named) > 40
    missing = [f"{path}::{name}" for path, name in named if f"def {name}" not in (root / path).read_text(encoding="utf-8")]
    assert missing == []
