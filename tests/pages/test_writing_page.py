"""What the writing page shows beside its form: the draft of today, what is attached, and entries to link to."""

from typing import Any

import pytest
from flask import Flask

from tests.factories import Factory, jpeg
from tests.page_client import PageClient
from tests.pages.test_drafts import drafts, keep
from tests.pages.test_files import FIELDS, send

TODAY = "2026-03-14"


def offers(page_client: PageClient, typed: str) -> list[dict[str, Any]]:
    page_client.visit("/entry/offer", query_string={"q": typed})
    found: list[dict[str, Any]] = page_client.response.get_json()
    return found


def test_write_opens_the_only_draft_of_today(app: Flask, ada: PageClient, ben: PageClient) -> None:
    keep(ada, 3, body="Half a thought", entry_date=TODAY)
    page = ada.visit("/entry")
    fields = page.form(having="body")
    assert (fields["body"], fields["key"], fields["serial"]) == ("Half a thought", "form-1", "3")
    assert ada.visit("/entry?another=1").form(having="body")["body"].strip() == "" and "another=1" in page.html
    assert ada.visit(f"/entry?date={TODAY}").form(having="body")["key"] != "form-1", "a day that was chosen is begun anew"
    assert ben.visit("/entry").form(having="body")["key"] != "form-1"
    ada.submit("/entry", {**fields, "body": "A thought."})
    assert drafts(app) == [] and ada.visit("/entry").form(having="body")["body"].strip() == ""


@pytest.mark.parametrize("other", [{"entry_date": "2026-03-13"}, {"entry": "entry"}])
def test_a_draft_of_another_day_or_of_an_entry_is_not_what_one_begins(factory: Factory, ada: PageClient, other: dict[str, str]) -> None:
    entry = factory.entry()
    fields = {"entry_date": TODAY, **other, **({"entry": str(entry.id)} if "entry" in other else {})}
    keep(ada, 1, 200, "form-1", **fields)
    assert ada.visit("/entry").form(having="body")["key"] != "form-1"


def test_of_two_drafts_of_today_none_is_opened_by_itself(ada: PageClient) -> None:
    keep(ada, 1, entry_date=TODAY)
    keep(ada, 1, key="form-2", entry_date=TODAY)
    assert ada.visit("/entry").form(having="body")["key"] not in {"form-1", "form-2"}


def test_an_entry_says_that_a_change_of_it_was_begun(app: Flask, factory: Factory, ada: PageClient) -> None:
    entry = factory.entry(visibility="public")
    assert "unsaved changes" not in ada.visit(f"/entry/{entry.id}").text
    keep(ada, 1, entry=str(entry.id), version="1")
    (draft,) = drafts(app)
    for path in (f"/entry/{entry.id}", f"/entry/{entry.id}/edit"):
        page = ada.visit(path)
        assert "You have unsaved changes from" in page.text and f"/drafts/{draft.id}/discard" in page.html
    assert "unsaved changes" not in PageClient(app).visit(f"/entry/{entry.id}").text
    ada.submit(f"/drafts/{draft.id}/discard", {}, from_page=f"/entry/{entry.id}")
    assert "unsaved changes" not in ada.visit(f"/entry/{entry.id}").text


def test_what_is_attached_stands_below_the_text(app: Flask, factory: Factory, ada: PageClient, ben: PageClient) -> None:
    boat, gull = send(ada, jpeg(1200, 800)), send(ada, jpeg(30, 20), "gull.jpg")
    theirs = send(ben, jpeg(30, 20))
    uids = [gull["uid"], boat["uid"], boat["uid"], theirs["uid"]]
    body = "\n\n".join(f"![{words}](attachment:{uid})" for words, uid in zip(["A gull", "", "again", ""], uids, strict=True))
    ada.submit("/entry", {**FIELDS, "body": body})
    page = ada.visit(f"{ada.location}/edit")
    shown = [item["data-uid"] for item in page.all("li") if item.get("data-uid")]
    assert shown == [gull["uid"], boat["uid"]], "in the order of the text, each once, one's own alone"
    assert [image["alt"] for image in page.all("img")] == ["A gull", boat["name"]] and page.all("img")[0]["src"] == gull["thumbnail"]
    refused = ada.submit("/entry", {**FIELDS, "body": body, "entry_date": "never"}, 422)
    assert len(refused.all("img")) == 2
    keep(ada, 1, body=body)
    assert len(ada.visit(f"/drafts/{drafts(app)[0].id}").all("img")) == 2


def test_entries_are_offered_to_link_to(factory: Factory, ada: PageClient, ben: PageClient) -> None:
    harbour = factory.entry(body="The lights came on.", title="Harbour [lights]")
    untitled = factory.entry(body="Мы дошли до гавани. Был дождь.")
    factory.entry(factory.ben, body="Harbour of another.")
    (found,) = offers(ada, "harb")
    assert (
        found["name"] == "Harbour [lights]"
        and found["markdown"] == f"[Harbour \\[lights\\]](entry:{harbour.uid})"
        and "2026" in found["day"]
    )
    assert offers(ada, "гава")[0]["markdown"] == f"[Мы дошли до гавани.](entry:{untitled.uid})"
    assert {one["name"] for one in offers(ada, "")} == {"Harbour [lights]", "Мы дошли до гавани."}, "the latest, before anything is typed"
    assert offers(ada, "nowhere") == [] and [one["name"] for one in offers(ben, "harb")] == ["Harbour of another."]
    assert len(offers(ada, "x" * 5000)) == 0
