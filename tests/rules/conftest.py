"""What several rules look at."""

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import config


@pytest.fixture(scope="session")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Everything that can be translated: each sentence of pages and emails."""
    target = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    command = [str(Path(sys.executable).with_name("pybabel")), "--quiet", "extract", "-k", "lazy_gettext"]
    subprocess.run([*command, "-F", "app/translations/babel.cfg", "-o", str(target), "app"], cwd=config.ROOT, check=True)
    with target.open("rb") as file:
        return [text for message in read_po(file) for text in ([message.id] if isinstance(message.id, str) else message.id) if text]
