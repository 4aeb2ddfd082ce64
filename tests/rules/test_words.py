"""One word for one thing (docs/style.md): what pages, emails and documents never say."""

import re
from pathlib import Path

import pytest

import config

OUT = re.compile(
    r"\be-mails?\b|\bletters?\b(?!, digits| and digits| from)|\bdiar(?:y|ies)\b|\banew\b|\bthereof\b|\bcoax|\bworks? no more\b|\bis none\b"
    r"|\b(?:throw|thrown) away\b|\bsign(?:ed)? (?:in|out)\b|\bsealed\b|\bpictures?\b|\bfilms?\b|\bfor good\b|\bgo on\b",
    re.IGNORECASE,
)
OUT_OF_DOCUMENTS = re.compile(
    r"\be-mails?\b|\bletters?\b(?!, digits| and digits|s| of)|\bthereof\b|\bcoax|\bworks? no more\b", re.IGNORECASE
)
DOCUMENTS = [Path(config.ROOT, name) for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "config.py", ".env.example")]
DOCUMENTS += [path for path in Path(config.ROOT, "docs").glob("*.md") if path.name != "style.md"]


def test_pages_and_emails_use_the_words_of_the_style_guide(sentences: list[str]) -> None:
    assert len(sentences) > 500
    assert [sentence for sentence in sentences if OUT.search(sentence)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_do_too(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if OUT_OF_DOCUMENTS.search(re.sub(r"`[^`]*`", "", line))] == []
