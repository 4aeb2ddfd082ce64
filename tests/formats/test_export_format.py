"""The document about the export names every field that there is."""

from dataclasses import fields
from pathlib import Path

import config
from app.formats.record import DraftRecord, EntryRecord, FileRecord, RevisionRecord, TemplateRecord
from app.transfer.exporting import SETTINGS


def test_every_field_has_its_name_in_the_document() -> None:
    text = Path(config.ROOT, "docs", "export-format.md").read_text(encoding="utf-8")
    names = {one.name for record in (EntryRecord, RevisionRecord, FileRecord, DraftRecord, TemplateRecord) for one in fields(record)}
    assert [name for name in sorted(names | set(SETTINGS)) if f"`{name}`" not in text] == []
