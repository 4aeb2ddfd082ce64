"""The line on the journal page: a whole entry of today, however long, for those whom the page names; and what is no entry."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.database.transactions import writing
from app.extensions import db
from app.models import Entry, User
from tests.factories import Factory
from tests.page_client import PageClient

LIST = "Bought:\n\n- bread\n- plums\n\n" + "and counted gulls. " * 200


def test_what_is_pasted_into_the_line_is_kept_whole(app: Flask, ada: PageClient) -> None:
    page = ada.visit("/")
    assert "maxlength" not in page.html.partition('id="line"')[2].partition(">")[0]
    ada.submit("/entry", {**page.form(having="quick"), "body": LIST}, from_page="/")
    assert ada.location == "/" and "bread" in ada.visit("/").text
    with app.app_context():
        entry = db.session.scalars(select(Entry)).one()
        assert entry.body == LIST and entry.html.count("<li") == 2


@pytest.mark.parametrize(("visibility", "word"), [("private", ""), ("members", "Members"), ("public", "Public")])
def test_the_line_says_who_will_read_it(app: Flask, factory: Factory, ada: PageClient, visibility: str, word: str) -> None:
    with app.app_context(), writing():
        db.session.get_one(User, factory.ada.id).default_visibility = visibility
    page = ada.visit("/")
    form = page.html.partition('<form class="quick"')[2].partition("</form>")[0]
    assert [known for known in ("Members", "Public") if f">{known}<" in form] == [word] * bool(word)
    ada.submit("/entry", {**page.form(having="quick"), "body": "A line."}, from_page="/")
    with app.app_context():
        assert db.session.scalars(select(Entry.visibility)).one() == visibility


@pytest.mark.parametrize("blank", ["", " \n", "\u200f\u200f", "\u200b", "\u3164", "\u2800 \u2800", "\ufe0f", "\u2060"])
def test_what_cannot_be_seen_is_no_entry_and_no_title(app: Flask, ada: PageClient, blank: str) -> None:
    fields = {"body": blank, "title": blank, "entry_date": "2026-03-01", "visibility": "private"}
    page = ada.submit("/entry", fields, 422, from_page="/entry")
    assert "Write something first" in page.text
    ada.submit("/entry", {**fields, "body": "Seen."}, from_page="/entry")
    with app.app_context():
        assert db.session.scalars(select(Entry.title)).all() == [""]


def test_who_put_an_entry_into_the_trash_is_told_so_and_nobody_else(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    entry = factory.entry(title="Boats", visibility="public", trashed=True)
    for path in (f"/entry/{entry.id}", f"/entry/{entry.id}/edit"):
        page = ada.visit(path, 404)
        assert "This entry is in the trash" in page.text and "Boats" in page.text
        assert "in the trash" not in ben.visit(path, 404).text
    ada.submit(f"/trash/{entry.id}/restore", from_page=f"/entry/{entry.id}")
    assert "Boats" in ada.visit(f"/entry/{entry.id}").text
