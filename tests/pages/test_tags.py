"""Tags as people keep them: renamed, merged, nested, taken away; counts and lists always agree."""

from datetime import date
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.database.transactions import writing
from app.extensions import db
from app.models import Draft, Entry, Tag, Template, User, entry_tag
from app.models.entry import split_tags_text
from app.operations import tags
from app.operations.errors import TagTooLong
from app.queries import tags as asking
from app.text.folding import fold
from tests.factories import Factory
from tests.page_client import PageClient


def tag_id(app: Flask, factory: Factory, name: str) -> int:
    with app.app_context():
        found = asking.by_name(factory.ada.id, name)
        assert found
        return found.id


def whole(app: Flask) -> dict[str, set[str]]:
    """Return which entries (by title) have which tags; AssertionError where any of the three places says something else."""
    with app.app_context():
        for tag in db.session.scalars(select(Tag)):
            mine = (
                select(func.count())
                .select_from(Entry)
                .join(entry_tag, Entry.id == entry_tag.c.entry_id)
                .where(entry_tag.c.tag_id == tag.id)
            )
            assert tag.entry_count == db.session.scalar(mine.where(Entry.trashed_at.is_(None))), tag.name
        found = {}
        for entry in db.session.scalars(select(Entry)):
            names = set(
                db.session.scalars(select(Tag.name).join(entry_tag, entry_tag.c.tag_id == Tag.id).where(entry_tag.c.entry_id == entry.id))
            )
            assert set(split_tags_text(entry.tags_text)) == names, entry.title
            found[entry.title] = names
        return found


def test_tags_stand_below_those_they_are_nested_in(app: Flask, factory: Factory) -> None:
    factory.entry(tags=["дом/сад", "дом быт", "дом", "work-day", "work/office", "work", "work.old", "тест/под/под2", "sea/a/b", "sea"])
    with app.app_context():
        listed = [(tag.name, depth) for tag, depth in asking.list_tags(factory.ada.id)]
    assert listed == [
        *(("sea", 0), ("sea/a/b", 1), ("work", 0), ("work/office", 1), ("work-day", 0), ("work.old", 0)),
        *(("дом", 0), ("дом/сад", 1), ("дом быт", 0), ("тест/под/под2", 0)),
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("שבת", "\u200fשבת", "שבת\u200e", "\u2067שבת\u2069"),
        ("sea/harbour", "sea / harbour", "sea/ harbour", "\u200bsea /harbour\ufeff"),
        ("می\u200cخواهم", "\u202bمی\u200cخواهم\u202c"),
    ],
)
def test_tags_that_look_the_same_are_the_same(app: Flask, factory: Factory, ada: PageClient, names: tuple[str, ...]) -> None:
    for name in names:
        ada.submit("/entry", {"body": "x", "entry_date": "2026-03-01", "visibility": "private", "tags": name}, from_page="/entry?another=1")
    with app.app_context():
        assert list(db.session.scalars(select(Tag.name))) == [names[0]]
    for name in names:
        assert f"{len(names)} entries" in ada.visit(f"/search?q=tag:%22{quote(name)}%22").text


def test_a_tag_from_before_names_were_tidied_so_stays_one(app: Flask, factory: Factory, ada: PageClient) -> None:
    one, other = factory.entry(body="one", tags=["sea/x"]), factory.entry(body="other", tags=["sea/x"])
    with app.app_context(), writing():
        db.session.execute(update(Tag).values(name="sea / x\u200e", name_folded=fold("sea / x\u200e")))
        db.session.execute(update(Entry).values(tags_text="sea / x\u200e"))
    for body, version in (("one", 1), ("one more", 2)):
        form = ada.visit(f"/entry/{one.id}/edit").form(having="body")
        ada.submit(f"/entry/{one.id}/edit", {**form, "body": body})
        assert factory.again(one).version == version
    with app.app_context():
        assert [(tag.entry_count) for tag in db.session.scalars(select(Tag))] == [2]
    assert "2 entries" in ada.visit(f"/search?q=tag:%22{quote('sea / x' + chr(0x200E))}%22").text
    ada.submit(f"/tag/{factory.again(other).tags[0].id}/rename", {"name": "sea/x"}, from_page="/tags")
    assert "2 entries" in ada.visit("/tags/sea/x").text


def test_what_cannot_be_seen_is_no_tag(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = {"body": "x", "entry_date": "2026-03-01", "visibility": "private", "tags": "\u200f, \u3164, \u2800, \u200d, sea"}
    ada.submit("/entry", entry, from_page="/entry")
    with app.app_context():
        assert list(db.session.scalars(select(Tag.name))) == ["sea"]


def test_a_tag_is_renamed_with_those_nested_in_it(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(title="a", tags=["sea", "walk"])
    factory.entry(title="b", tags=["Sea/Harbour", "seaside"])
    factory.entry(factory.ben, title="c", tags=["sea"])
    ada.submit(f"/tag/{tag_id(app, factory, 'sea')}/rename", {"name": " #Ocean "}, from_page="/tags/sea")
    assert ada.location == "/tags/Ocean" and "1 entry" in ada.visit("/tags/ocean").text
    assert whole(app) == {"a": {"Ocean", "walk"}, "b": {"Ocean/Harbour", "seaside"}, "c": {"sea"}}
    page = ada.visit("/tags/ocean")
    assert "/tags/Ocean/Harbour" in page.links()
    assert len([link for link in page.links() if link.startswith("/entry/") and link[7:].isdigit()]) == 2
    assert ada.visit("/tags/ocean?full=1").html.count("<article") == 2


def test_what_was_open_or_kept_for_later_follows_a_tag_that_is_renamed(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(title="a", tags=["walk", "walk/long"])
    search, draft = {"name": "Out", "q": "-tag:WALK tag:“walk/long” walk"}, "walk，x"
    template = {"name": "Round", "body": "x", "tags": "walk, Sea"}
    ada.submit("/search/saved", search, from_page="/search?q=a")
    ada.submit("/account/templates", template, from_page="/account/writing")
    fields = {"key": "k" * 20, "serial": "1", "body": "b", "tags": draft, "entry_date": "2026-03-01", "visibility": "private"}
    ada.submit("/entry/draft", fields, 200, from_page="/entry")
    open_page = ada.visit(f"/entry/{entry.id}/edit").form(having="body")
    ada.submit(f"/tag/{tag_id(app, factory, 'walk')}/rename", {"name": "going out"}, from_page="/tags/walk")
    ada.submit(f"/entry/{entry.id}/edit", {**open_page, "tags": f"{open_page['tags']}, new"}, from_page=f"/entry/{entry.id}/edit")
    assert whole(app) == {"a": {"going out", "going out/long", "new"}}
    with app.app_context():
        assert db.session.scalars(select(Template.tags)).one() == "going out, Sea"
        assert db.session.scalars(select(Draft.tags)).one() == "going out, x"
        assert db.session.scalars(select(User.saved_searches)).one() == 'Out\t-tag:"going out" tag:"going out/long" walk'


def test_a_tag_taken_off_in_a_draft_stays_off(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(title="a", tags=["sea", "walk"])
    fields = {**ada.visit(f"/entry/{entry.id}/edit").form(having="body"), "tags": "sea", "serial": "1", "entry": str(entry.id)}
    ada.submit("/entry/draft", fields, 200, from_page="/entry")
    with app.app_context():
        number = db.session.scalars(select(Draft.id)).one()
    ada.submit(f"/entry/{entry.id}/edit", ada.visit(f"/drafts/{number}").form(having="body"), from_page="/entry")
    assert whole(app) == {"a": {"sea"}}


def test_a_tag_that_was_removed_meanwhile_stays_away(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(title="a", tags=["sea", "walk"])
    open_page = ada.visit(f"/entry/{entry.id}/edit").form(having="body")
    fields = {**open_page, "body": "half", "serial": "1", "entry": str(entry.id), "key": "k" * 20}
    ada.submit("/entry/draft", fields, 200, from_page="/entry")
    ada.submit(f"/tag/{tag_id(app, factory, 'walk')}/delete", from_page="/tags/walk")
    with app.app_context():
        assert db.session.scalars(select(Draft.tags)).one() == "sea"
    ada.submit(f"/entry/{entry.id}/edit", {**open_page, "title": "b"}, from_page=f"/entry/{entry.id}/edit")
    assert whole(app) == {"b": {"sea"}}


def test_a_name_that_is_taken_takes_the_entries_over(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(title="a", tags=["sea"])
    factory.entry(title="b", tags=["ocean", "sea"])
    factory.entry(title="c", tags=["ocean"], trashed=True)
    factory.entry(title="d", tags=["sea"], trashed=True)
    ada.submit(f"/tag/{tag_id(app, factory, 'sea')}/rename", {"name": "OCEAN"}, from_page="/tags/sea")
    assert whole(app) == {name: {"ocean"} for name in "abcd"}
    assert ada.location == "/tags/ocean" and "2 entries" in ada.visit("/tags/ocean").text
    ada.visit("/tags/sea", 404)


def test_only_the_spelling_of_a_tag_changes(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(title="a", tags=["sea", "sea/x"])
    ada.submit(f"/tag/{tag_id(app, factory, 'sea')}/rename", {"name": "Sea"}, from_page="/tags/sea")
    assert whole(app) == {"a": {"Sea", "Sea/x"}}


def test_a_sign_that_is_no_slash_nests_nothing(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(title="a", tags=["旅"])
    factory.entry(title="b", tags=["旅／京都"])
    ada.submit(f"/tag/{tag_id(app, factory, '旅')}/rename", {"name": "旅行"}, from_page="/tags")
    assert whole(app) == {"a": {"旅行"}, "b": {"旅／京都"}}


def test_tags_that_move_up_meet_only_those_that_stay(app: Flask, factory: Factory, ada: PageClient) -> None:
    for name in ("a/a", "a/a/z", "a/a/a/z"):
        factory.entry(title=name, tags=[name])
    ada.submit(f"/tag/{tag_id(app, factory, 'a/a')}/rename", {"name": "a"}, from_page="/tags")
    assert whole(app) == {"a/a": {"a"}, "a/a/z": {"a/z"}, "a/a/a/z": {"a/a/z"}}


def test_a_name_that_is_long_once_folded_is_refused(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(title="a", tags=["a/" + "ﷺ" * 13, "a"])
    ada.submit(f"/tag/{tag_id(app, factory, 'a')}/rename", {"name": "ﷺ" * 10}, 422, from_page="/tags")


def test_a_tag_goes_below_itself(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(title="a", tags=["sea"])
    factory.entry(title="b", tags=["sea/x"])
    ada.submit(f"/tag/{tag_id(app, factory, 'sea')}/rename", {"name": "sea/x"}, from_page="/tags/sea")
    assert whole(app) == {"a": {"sea/x"}, "b": {"sea/x"}}


@pytest.mark.parametrize("name", ["", "  ", ",", "a, b", "x" * 65, "#"])
def test_what_is_no_name_is_refused_and_given_back(app: Flask, factory: Factory, ada: PageClient, name: str) -> None:
    factory.entry(title="a", tags=["sea"])
    ada.submit(f"/tag/{tag_id(app, factory, 'sea')}/rename", {"name": name}, 422, from_page="/tags/sea")
    assert ada.page.form(having="name")["name"] == name.strip() and whole(app) == {"a": {"sea"}}


def test_a_nested_name_that_would_be_too_long_changes_nothing(app: Flask, factory: Factory, ada: PageClient) -> None:
    factory.entry(title="a", tags=["sea", "sea/" + "x" * 55])
    page = ada.submit(f"/tag/{tag_id(app, factory, 'sea')}/rename", {"name": "y" * 20}, 422, from_page="/tags/sea")
    assert "a nested tag too long" in page.text and "sea" in whole(app)["a"]
    with app.app_context(), pytest.raises(TagTooLong), writing():
        found = asking.by_name(factory.ada.id, "sea")
        assert found
        tags.rename(found, "y" * 20)


def test_deleting_a_tag_asks_first_and_keeps_its_entries(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    factory.entry(title="a", tags=["sea", "walk"], day=date(2026, 1, 1))
    factory.entry(title="b", tags=["sea"], trashed=True)
    address = f"/tag/{tag_id(app, factory, 'sea')}/delete"
    assert "1 entry loses this tag" in ada.visit(address).text
    ben.visit(address, 404)
    ben.submit(address, {}, 404, from_page="/tags")
    ada.submit(address, {}, from_page=address)
    assert whole(app) == {"a": {"walk"}, "b": set()} and "/tags/sea" not in ada.visit("/tags").links()
    assert "/tags/sea" not in ada.visit("/").links(), "no list remembers it"


@pytest.mark.parametrize("names", [["50%", "50x"], ["a_b", "axb"], ["c\\d", "cd"], ["日本/東京", "日本"], ["a/b/c", "a"]])
def test_no_name_stands_for_another(app: Flask, factory: Factory, ada: PageClient, names: list[str]) -> None:
    for name in names:
        factory.entry(title=name, tags=[name, f"{name}/below"])
    ada.submit(f"/tag/{tag_id(app, factory, names[0])}/rename", {"name": "new"}, from_page="/tags")
    found = whole(app)
    assert found[names[0]] == {"new", "new/below"} and found[names[1]] == {names[1], f"{names[1]}/below"}


def test_a_tag_and_a_search_are_read_in_full(factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    factory.entry(body="Later.\n\nThe **end** of a long walk.", day=date(2026, 3, 2), tags=["walk"])
    factory.entry(body="Earlier.\n\nThe end of the beginning.", day=date(2026, 3, 1), tags=["walk"])
    factory.entry(body="The end, elsewhere.", tags=["other"])
    factory.entry(factory.ben, body="The end of Ben's.", tags=["walk"], visibility="public")
    html = ada.visit("/tags/walk?full=1").html
    assert html.index("The end of the beginning.") < html.index("<strong>end</strong> of a long walk"), "the oldest first"
    assert "elsewhere" not in html and "of Ben" not in html and "/tags/walk?full=1" in ada.visit("/tags/walk").html
    for typed in ("end", "en", "en*"):
        assert ada.visit(f"/search?q={typed}&full=1").html.count("<article") == ada.visit("/search?q=end&full=1").html.count("<article") > 0
    html = ada.visit("/search?q=end&full=1").html
    assert "<strong>end</strong> of a long walk" in html and "elsewhere" in html and "of Ben" not in html
    assert "/search?q=end&amp;full=1" in ada.visit("/search?q=end").html and "No entries." in ada.visit("/search?q=nothing&full=1").text
    monkeypatch.setattr("app.queries.in_full.MAX_ON_A_PAGE", 1)
    assert "more entries than fit" in ada.visit("/tags/walk?full=1").text
