"""Links between one's own entries: by uid, wherever the journal is kept."""

import re
import time
from html import escape

import pytest
from flask import Flask

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.models import Entry
from app.text import entry_links, markdown_code
from app.text.places import Place
from tests.cli.test_journals import run
from tests.factories import Factory
from tests.formats.test_dayone_odd import entry, journal, zipped
from tests.page_client import PageClient

UID = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("text", "portable"),
    [
        ("[x](/entry/3)", f"[x](entry:{UID})"),
        ("[x](https://journal.example/entry/3)", f"[x](entry:{UID})"),
        ("<https://journal.example/entry/3>", f"[https://journal.example/entry/3](entry:{UID})"),
        ("[x](</entry/3>)", f"[x](<entry:{UID}>)"),
        ('[x](/entry/3 "t")', f'[x](entry:{UID} "t")'),
        ("[x]: /entry/3", f"[x]: entry:{UID}"),
        ("`[x](/entry/3)`\n~~~\n[x](/entry/3)\n~~~\n```", "`[x](/entry/3)`\n~~~\n[x](/entry/3)\n~~~\n```"),
        ("I typed ``` today.\n\n[x](/entry/3)", f"I typed ``` today.\n\n[x](entry:{UID})"),
        ("``` code ``` then [x](/entry/3)", f"``` code ``` then [x](entry:{UID})"),
        ("``[x](/entry/3)``", "``[x](/entry/3)``"),
        ("> ```\n> [x](/entry/3)\n> ```\n[x](/entry/3)", f"> ```\n> [x](/entry/3)\n> ```\n[x](entry:{UID})"),
        ("- a\n\n      ```python\n      [x](/entry/3)\n      ```", "- a\n\n      ```python\n      [x](/entry/3)\n      ```"),
        ("```\n```python\n[x](/entry/3)\n```\n[x](/entry/3)", f"```\n```python\n[x](/entry/3)\n```\n[x](entry:{UID})"),
        ("\\`[x](/entry/3)\\`", f"\\`[x](entry:{UID})\\`"),
        ("[x]: /entry/3\n", f"[x]: entry:{UID}\n"),
        ("[x](/entry/4) [y](/entry/3/edit) /entry/3 (/entry/3)", "[x](/entry/4) [y](/entry/3/edit) /entry/3 (/entry/3)"),
        ("[x](https://other.example/entry/3)", "[x](https://other.example/entry/3)"),
        ("see https://journal.example/entry/3.", f"see [https://journal.example/entry/3](entry:{UID})."),
        (
            "https://journal.example/entry/3/edit https://journal.example/entry/33",
            "https://journal.example/entry/3/edit https://journal.example/entry/33",
        ),
        ("(https://journal.example/entry/3)", f"([https://journal.example/entry/3](entry:{UID}))"),
        *[
            (same, same)
            for same in (
                "[see https://journal.example/entry/3 now](https://other.example/)",
                '[x](/foo "see https://journal.example/entry/3")',
                "https://other.example/2020:https://journal.example/entry/3",
                "https://journal.example/entry/3.html",
            )
        ],
        ("* 5` tall\n* [x](/entry/3)\n* 6` deep", f"* 5` tall\n* [x](entry:{UID})\n* 6` deep"),
        ("a ` b\n# head\n[x](/entry/3) ` c", f"a ` b\n# head\n[x](entry:{UID}) ` c"),
        ("~~~ evening ~~~\n\n[x](/entry/3)", f"~~~ evening ~~~\n\n[x](entry:{UID})"),
        ("[x](/entry/3#end) [y](/entry/3?a=b)", f"[x](entry:{UID}) [y](entry:{UID})"),
        ("[x]( /entry/3 ) [y](\n/entry/3)", f"[x]( entry:{UID} ) [y](\nentry:{UID})"),
        ("[x]:\n/entry/3", f"[x]:\nentry:{UID}"),
        ("`a\nb` [x](/entry/3) `c`", f"`a\nb` [x](entry:{UID}) `c`"),
        ("`a\n[x](/entry/3)\nb`", "`a\n[x](/entry/3)\nb`"),
        ("`a\n\n[x](/entry/3)\n\nb`", f"`a\n\n[x](entry:{UID})\n\nb`"),
    ],
)
def test_numbers_become_names_that_hold_elsewhere(text: str, portable: str) -> None:
    assert entry_links.portable(text, {3: UID}, "https://journal.example") == portable


def test_code_stays_as_it_is_in_the_files_of_an_export() -> None:
    text = f"[x](entry:{UID}) `[x](entry:{UID})`\n```\n[x](entry:{UID})\n```"
    assert entry_links.moved(text, lambda _uid: "there.md") == text.replace(f"(entry:{UID})", "(there.md)", 1)


@pytest.mark.parametrize("text", ["/entry/1 ]:" + " " * 200_000, "/entry/1 entry: ](" + "\t" * 200_000])
def test_blanks_without_end_cost_no_more_than_they_are(text: str) -> None:
    before = time.process_time()
    assert entry_links.portable(text, {1: UID}, "https://journal.example") == entry_links.moved(text, str) == text
    assert time.process_time() - before < 5


def test_brackets_without_end_cost_no_more_than_they_are() -> None:
    before = time.process_time()
    for text in ("\\[" * 200_000 + " entry-of:x", "[" * 200_000 + " entry-of:x", "[a " * 100_000 + "entry-of:"):
        entry_links.resolved(text, {})
    for text in (
        "`" * 200_000,
        "~" * 200_000,
        "a `" * 100_000,
        "```\n" * 50_000,
        "> " * 100_000 + "```",
        "`" * 99_999 + "a" + "`" * 99_998,
    ):
        markdown_code.outside(text, str)
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    "link",
    [
        "[x](/entry/{})",
        '[x](/entry/{} "t")',
        "[x](</entry/{}>)",
        "[x][a]\n\n[a]: /entry/{}",
        "<{root}/entry/{}>",
        "[x]( /entry/{} )",
        "{root}/entry/{}",
    ],
)
def test_every_link_by_number_leads_there_once_it_names_the_entry(app: Flask, factory: Factory, ada: PageClient, link: str) -> None:
    target, root = factory.entry(title="Harbour"), app.config["PUBLIC_URL"]
    body = entry_links.portable(link.format(target.id, root=root), {target.id: target.uid}, root)
    assert target.uid in body and f"/entry/{target.id}" in ada.visit(f"/entry/{factory.entry(body=body).id}").links()
    assert entry_links.moved(body, lambda uid: f"../{uid}.md").count(f"../{target.uid}.md") == 1


def test_a_scheme_in_capitals_leads_there_too(factory: Factory, ada: PageClient) -> None:
    target = factory.entry(title="Harbour")
    assert f"/entry/{target.id}" in ada.visit(f"/entry/{factory.entry(body=f'[x](Entry:{target.uid.upper()})').id}").links()


@pytest.mark.parametrize("title", ["C:\\", "a `b` c", "*Bold*", "one [two", "two] three", "_so_ snake_case", "<b>", "~~no~~"])
def test_a_link_shows_the_title_of_its_entry_as_it_is(factory: Factory, ada: PageClient, title: str) -> None:
    target = factory.entry(title=title)
    text = f"`code` {entry_links.reference(target.uid, title)} `more`"
    html = ada.visit(f"/entry/{factory.entry(body=text).id}").html
    assert re.search(rf'<a href="/entry/{target.id}"[^>]*>{re.escape(escape(title, quote=False))}</a>', html)


def test_links_lead_to_entries_and_to_nothing_of_others(factory: Factory, ada: PageClient, app: Flask) -> None:
    target, strange = factory.entry(title="Harbour"), factory.entry(factory.ben, "Ben's own.")
    linking = factory.entry(body=f"See [that day](entry:{target.uid}), [his](entry:{strange.uid}) and [none](entry:{UID}).")
    page = ada.visit(f"/entry/{linking.id}")
    assert f"/entry/{target.id}" in page.links() and "his" in page.text
    assert f"/entry/{strange.id}" not in page.links() and not [link for link in page.links() if link.startswith("entry:")]


def test_others_are_led_to_what_they_may_read_alone(factory: Factory, ada: PageClient, ben: PageClient, stranger: PageClient) -> None:
    private, members, public = (factory.entry(body=word, visibility=word) for word in ("private", "members", "public"))
    links = [f"[the *{one.body}* one](entry:{one.uid})" for one in (private, members, public)]
    linking = factory.entry(body=" and ".join(links), visibility="public")
    for reader, seen in ((ada, [private, members, public]), (ben, [members, public]), (stranger, [public])):
        page = reader.visit(f"/entry/{linking.id}")
        prose = page.html.partition('class="prose"')[2].partition("<footer")[0]
        assert re.findall(r'href="/entry/(\d+)"', prose) == [str(one.id) for one in seen]
        assert "the private one and the members one and the public one" in page.text
    feed = stranger.client.get("/feed.atom").text
    assert f"/entry/{public.id}&#34;" in feed and f"/entry/{private.id}&#34;" not in feed and f"/entry/{members.id}&#34;" not in feed


def test_links_hold_after_an_export_and_an_import(app: Flask, factory: Factory, tmp_path: object) -> None:
    for number in range(3):
        factory.entry(factory.ben, f"Before {number}")
    target = factory.entry(title="Harbour")
    factory.entry(body=f"[one](/entry/{target.id}) [two](entry:{target.uid})")
    run(app, "export", "--user", "ada", "--output", f"{tmp_path}/a.zip")
    run(app, "import", "daybook", f"{tmp_path}/a.zip", "--user", "ben")
    with app.app_context():
        worker.do_chores(clock.now())
        theirs = db.session.query(Entry).filter_by(user_id=factory.ben.id, title="Harbour").one()
        linking = db.session.query(Entry).filter(Entry.user_id == factory.ben.id, Entry.body.contains("[one]")).one()
        assert linking.html.count(f'href="/entry/{theirs.id}"') == 2 and theirs.id != target.id


def test_links_of_day_one_lead_to_what_came_in_and_to_what_was_there(app: Flask, factory: Factory, tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    link = "See [that day](dayone://view?entryId=LINKA), dayone2://view?entryId=LINKA, [gone](dayone2://view?entryId=NOPE), [t](dayone2://filter?tag=x)"
    assert factory.ada
    run(app, "import", "dayone", str(zipped(folder, {"J.json": journal(entry("LINKA", "Target"))})), "--user", "ada")
    told = run(
        app, "import", "dayone", str(zipped(folder, {"J.json": journal(entry("LINKA", "Target"), entry("LINKB", link))})), "--user", "ada"
    )
    assert "Entries read: 2. Entries added: 1." in told and "Links to entries that aren't in the file: 1." in told
    with app.app_context():
        worker.do_chores(clock.now())
        target, linking = db.session.query(Entry).order_by(Entry.id).all()
        assert linking.html.count(f'href="/entry/{target.id}"') == 2 and linking.body.endswith("gone, t")


def test_facts_come_along_and_are_shown_to_their_owner_alone(
    app: Flask, factory: Factory, ada: PageClient, stranger: PageClient, tmp_path: object
) -> None:
    shared = factory.entry(body="Fog.", visibility="public")
    with app.app_context(), writing() as session:
        found = session.get_one(Entry, shared.id)
        found.place, found.facts = Place("Pier 3, Lisbon"), {"weather": "14 °C, Fog"}
    assert "Pier 3, Lisbon" in ada.visit(f"/entry/{shared.id}").text and "14 °C" in ada.page.text
    assert "Pier 3" not in stranger.visit(f"/entry/{shared.id}").html
    run(app, "export", "--user", "ada", "--output", f"{tmp_path}/a.zip")
    assert factory.ben
    run(app, "import", "daybook", f"{tmp_path}/a.zip", "--user", "ben")
    with app.app_context():
        theirs = db.session.query(Entry).filter_by(user_id=factory.ben.id).one()
        assert theirs.place == Place("Pier 3, Lisbon") and theirs.facts == {"weather": "14 °C, Fog"}
