"""Two people at two windows save one entry in any order: nothing is overwritten in silence, everything can be found again."""

import random

import pytest
from flask import Flask

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry
from app.operations import entries
from app.operations.errors import StaleEntry
from app.queries import entries as asking
from tests.factories import Factory, draft

INTERLEAVINGS = 500
"""On each of the two databases."""


@pytest.mark.parametrize("seed", range(4))
def test_no_interleaving_loses_a_text(context: Flask, factory: Factory, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # the same each time
    refused = 0
    for number in range(INTERLEAVINGS // 4):
        entry_id = factory.entry(body="Start.").id
        acknowledged = {"Start."}
        opened = dict.fromkeys("AB", (1, "Start."))
        for step in range(chance.randint(3, 8)):
            window = chance.choice("AB")
            if chance.random() < 0.4:
                db.session.rollback()
                entry = asking.own(entry_id, factory.ada)
                assert entry
                opened[window] = (entry.version, entry.body)
                continue
            version, _seen = opened[window]
            text = f"{number}.{step} by {window}"
            try:
                with writing():
                    entry = asking.own(entry_id, factory.ada)
                    assert entry
                    version = entries.revise(entry, draft(text), version, clock.now()).version
            except StaleEntry:
                refused += 1
                continue
            acknowledged.add(text)
            opened[window] = (version, text)
        assert acknowledged == set(_stored(entry_id)), "what was called saved is there, and what was refused is not"
    assert refused > 25


def _stored(entry_id: int) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    entry = db.session.get_one(Entry, entry_id)
    db.session.refresh(entry, ["revisions"])
    return [*[revision.body for revision in entry.revisions], entry.body]
