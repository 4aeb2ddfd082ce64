"""Photos and files on pages: sent, shown to those who may read, never run, and gone with the entry."""

import errno
import io
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app import clock, worker
from app.database.transactions import writing
from app.extensions import db
from app.models import Attachment, AttachmentVariant, Entry, User
from app.operations import attachments, closing, entries
from app.storage import blobs
from tests.factories import Factory, jpeg
from tests.media.test_pictures import CANARY, huge_png, telling_jpeg
from tests.page_client import PageClient

FIELDS = {"title": "", "body": "Two boats.", "entry_date": "2026-03-01", "visibility": "private"}


def send(page_client: PageClient, content: bytes, name: str = "boat.jpg", status: int = 201) -> dict[str, Any]:
    page_client.submit("/file", {"file": (io.BytesIO(content), name)}, status, from_page="/entry")
    answer: dict[str, Any] = page_client.response.get_json()
    return answer


def entry_with(factory: Factory, picture: Attachment, visibility: str = "private", **facts: Any) -> Entry:
    return factory.entry(body=f"![A boat](attachment:{picture.uid})", visibility=visibility, **facts)


def statuses(app: Flask, people: list[User | None], path: str) -> list[int]:
    found = []
    for person in people:
        page_client = PageClient(app).signed_in_as(person) if person else PageClient(app)
        found.append(page_client.client.get(path, buffered=True).status_code)
    return found


def digests(app: Flask) -> set[str]:
    with app.app_context():
        return set(blobs.files().digests())


def test_a_picture_is_sent_and_stands_in_its_entry(app: Flask, ada: PageClient) -> None:
    sent = send(ada, jpeg(1200, 800), "пристань.jpeg")
    assert sent["kind"] == "photo" and sent["markdown"] == f"![](attachment:{sent['uid']})" and sent["name"] == "пристань.jpg"
    ada.submit("/entry", {**FIELDS, "body": f"Dawn.\n\n![A “boat”](attachment:{sent['uid']})"})
    page = ada.visit(ada.location)
    (image,) = page.all("img")
    address = image["src"].rpartition("/")[0]
    assert image["alt"] == "A “boat”" and image["loading"] == "lazy" and (image["width"], image["height"]) == ("1200", "800")
    assert image["srcset"] == f"{address}/480 480w, {address}/960 960w, {address}/1200 1200w" and image["src"] == f"{address}/960"
    for width in (480, 960, 1200):
        ada.visit(f"{address}/{width}")
        assert ada.response.mimetype == "image/webp" and ada.response.data[:4] == b"RIFF"
    ada.visit(address)
    headers = ada.response.headers
    assert headers["Content-Disposition"].startswith("inline; filename") and "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store, private" and headers["Cross-Origin-Resource-Policy"] == "same-origin"
    ada.visit(f"{address}/333", 404)
    ada.visit(f"{address}/original", 404)


def test_photos_in_succession_are_a_row_and_a_name_of_a_file_describes_none(factory: Factory, ada: PageClient) -> None:
    one, two = factory.picture(name="IMG_1.jpg"), factory.picture(name="IMG_2.jpg")
    shown = f"![](attachment:{one.uid})\n\n![A <gull>](attachment:{two.uid})"
    entry = factory.entry(body=f"Dawn.\n\n{shown}\n\nNoon.\n\n![](attachment:{one.uid})")
    html = ada.visit(f"/entry/{entry.id}").html
    assert html.count('<div class="photos">') == 1 and html.index("Dawn.") < html.index('class="photos"') < html.index("Noon.")
    assert re.findall(r'alt="([^"]*)"', html) == ["Photo, Sunday, March 1, 2026", "A &lt;gull&gt;", "Photo, Sunday, March 1, 2026"]


@pytest.mark.parametrize(("visibility", "expected"), [("private", "404 404 200"), ("members", "404 200 200"), ("public", "200 200 200")])
def test_who_may_read_the_entry_may_see_its_picture(app: Flask, factory: Factory, visibility: str, expected: str) -> None:
    picture = factory.picture()
    path, people = f"/file/{picture.key}", [None, factory.ben, factory.ada]
    assert statuses(app, people, path) == [404, 404, 200], "before any entry shows it"
    entry_with(factory, picture, visibility)
    assert " ".join(map(str, statuses(app, people, path))) == expected


def test_a_picture_taken_out_of_a_public_text_is_for_its_owner_again(app: Flask, factory: Factory, ada: PageClient) -> None:
    picture = factory.picture()
    entry, path = entry_with(factory, picture, "public"), f"/file/{picture.key}"
    ada.submit(f"/entry/{entry.id}/edit", {**FIELDS, "body": "No boat.", "visibility": "public", "version": "1"})
    assert statuses(app, [None, factory.ben, factory.ada], path) == [404, 404, 200]
    ada.submit(f"/entry/{entry.id}/history/1/restore", from_page="/logout")
    assert statuses(app, [None, factory.ben, factory.ada], path) == [200, 200, 200]
    assert ada.visit(f"/entry/{entry.id}").all("img")
    ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
    assert statuses(app, [None, factory.ben, factory.ada], path) == [404, 404, 200]


def test_a_text_shows_its_writers_files_only(app: Flask, factory: Factory) -> None:
    hers = factory.picture(factory.ada)
    entry = factory.entry(factory.ben, body=f"![mine now](attachment:{hers.uid}) [a link](attachment:{hers.uid})", visibility="public")
    page = PageClient(app).visit(f"/entry/{entry.id}")
    assert not page.all("img") and hers.key not in page.html and "mine now" in page.text
    assert statuses(app, [None, factory.ben], f"/file/{hers.key}") == [404, 404]


def test_no_byte_that_others_get_tells_of_place_or_camera(app: Flask, factory: Factory) -> None:
    picture = factory.picture(content=telling_jpeg().getvalue(), keeps_original=True)
    entry_with(factory, picture, "public")
    stranger, base = PageClient(app), f"/file/{picture.key}"
    for path in (base, f"{base}/480", f"{base}/960", f"{base}/1200"):
        stranger.visit(path)
        assert CANARY not in stranger.response.data and b"EXIF" not in stranger.response.data
    stranger.visit(f"{base}/original", 404)
    assert statuses(app, [factory.ben, factory.cleo], f"{base}/original") == [404, 404]
    owner = PageClient(app).signed_in_as(factory.ada)
    owner.visit(f"{base}/original")
    assert owner.response.data == telling_jpeg().getvalue() and owner.response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(("wish", "expected"), [("", 404), ("y", 200)])
def test_the_original_is_kept_if_wished(ada: PageClient, wish: str, expected: int) -> None:
    form = {**ada.visit("/account").form(having="display_name"), "timezone": "UTC", "day_ends_at": "0", "week_begins_on": "0"}
    ada.submit("/account", {**form, "default_visibility": "private", **({"keep_originals": wish} if wish else {})})
    assert ("keep_originals" in ada.visit("/account").form(having="display_name")) == bool(wish)
    ada.visit(f"{send(ada, jpeg())['address']}/original", expected)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jpg", b"", "the file is empty"),
        ("a.jpg", b"<html><script>alert(1)</script>", "keep this kind of file"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "keep this kind of file"),
        ("a.jpg", b"\xff\xd8\xff\xe0 and nothing more", "damaged"),
        ("a.png", huge_png(60_000), "too many pixels"),
        ("../../a.jpg", jpeg(), "Rename it"),
        ("a\u202egpj.jpg", jpeg(), "Rename it"),
        ("a%0ab.jpg", jpeg(), "Rename it"),
        ("a%00.jpg", jpeg(), "Rename it"),
        ("a\x00.jpg", jpeg(), "Rename it"),
        ("a\x1b[2J.jpg", jpeg(), "Rename it"),
    ],
)
def test_what_is_no_file_for_a_journal_is_refused_in_a_sentence(app: Flask, ada: PageClient, name: str, content: bytes, words: str) -> None:
    assert words in send(ada, content, name, 422)["sentence"]
    assert digests(app) == set()


def test_a_line_end_in_a_name_is_refused(app: Flask, ada: PageClient) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\nb.jpg"\r\n\r\n' + jpeg() + b"\r\n"
    body += f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{ada.secret("/entry")}\r\n--x--\r\n'.encode()
    answer = ada.client.post("/file", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in {400, 422} and digests(app) == set()


def test_the_ending_follows_the_bytes(app: Flask, ada: PageClient) -> None:
    assert send(ada, jpeg(), "boat.html")["name"] == "boat.jpg"
    assert send(ada, b"%PDF-1.7\n%fine", "letter")["name"] == "letter.pdf"


def test_sounds_come_in_pieces_and_documents_to_be_saved(app: Flask, ada: PageClient) -> None:
    sound = send(ada, b"ID3\x04\0\0" + bytes(range(200)), "sea.mp3")
    ada.submit("/entry", {**FIELDS, "body": sound["markdown"]})
    (player,) = ada.visit(ada.location).all("audio")
    assert player["src"] == sound["address"] and player["title"] == "sea.mp3"
    ada.visit(sound["address"], 206, headers={"Range": "bytes=6-9"})
    assert ada.response.data == bytes(range(4)) and ada.response.headers["Content-Range"] == "bytes 6-9/206"
    for other in ("bytes=900-", "items=0-1", "bytes=abc"):
        ada.visit(sound["address"], headers={"Range": other})
        assert len(ada.response.data) == 206, "what cannot be given in pieces comes whole"
    document = send(ada, b"%PDF-1.7\n%fine", "letter.pdf")
    assert document["markdown"] == f"[letter.pdf](attachment:{document['uid']})"
    ada.submit("/entry", {**FIELDS, "body": document["markdown"]})
    assert document["address"] in ada.visit(ada.location).links()
    ada.visit(document["address"])
    assert ada.response.headers["Content-Disposition"].startswith("attachment")
    ada.visit(f"{document['address']}/0", 404)


def test_without_javascript_files_come_with_the_form(app: Flask, ada: PageClient) -> None:
    files = [(io.BytesIO(jpeg()), "one.jpg"), (io.BytesIO(b"%PDF-1.7\n"), "two.pdf")]
    ada.submit("/entry", {**FIELDS, "files": files}, from_page="/entry", commits=3)
    page = ada.visit(ada.location)
    assert len(page.all("img")) == 1 and "two.pdf" in page.text and "Two boats." in page.text


def test_a_refused_file_keeps_the_text_and_the_other_files(app: Flask, ada: PageClient) -> None:
    files = [(io.BytesIO(jpeg()), "one.jpg"), (io.BytesIO(b"<html>"), "two.jpg")]
    page = ada.submit("/entry", {**FIELDS, "files": files}, 422, from_page="/entry")
    body = page.form(having="body")["body"]
    assert body.startswith("Two boats.") and re.search(r"!\[\]\(attachment:\w{12}\)", body) and "“two.jpg” wasn't added" in page.text
    ada.submit("/entry", {**page.form(having="body"), "visibility": "private"})
    assert len(ada.visit(ada.location).all("img")) == 1


def test_text_comes_back_when_its_files_are_too_large(app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_UPLOAD_MB", 1)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1024)
    page = ada.submit(
        "/entry",
        {**FIELDS, "files": (io.BytesIO(b"x" * 3_000_000), "film.mp4")},
        413,
        from_page="/entry",
    )
    assert page.form(having="body")["body"] == "Two boats."
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 16_000_000)
    assert "too large" in send(ada, b"ID3\x04\0\0" + b"x" * 1_100_000, "a.mp3", 422)["sentence"]


def test_a_person_has_so_much_room_and_no_more(app: Flask, factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "FILES_PER_PERSON_MB", 1)
    send(ada, b"ID3\x04\0\0" + b"x" * 700_000, "a.mp3")
    assert "out of storage" in send(ada, b"ID3\x04\0\0" + b"y" * 700_000, "b.mp3", 422)["sentence"]
    send(PageClient(app).signed_in_as(factory.ben), b"ID3\x04\0\0" + b"y" * 700_000, "b.mp3")
    assert "684 kB of 1 MB" in ada.visit("/files").text


def test_bytes_go_with_the_last_entry_that_has_them(app: Flask, factory: Factory, ada: PageClient) -> None:
    picture = factory.picture(content=jpeg(30, 20))
    first, second = entry_with(factory, picture), entry_with(factory, picture)
    for entry, left in ((first, 1), (second, 0)):
        ada.submit(f"/entry/{entry.id}/trash", from_page="/logout")
        ada.submit(f"/trash/{entry.id}/delete", from_page="/trash")
        with app.app_context():
            worker.sweep_files()
            assert db.session.scalar(select(func.count()).select_from(Attachment)) == left
        assert len(digests(app)) == left


def test_equal_bytes_of_two_people_are_kept_until_both_let_go(app: Flask, factory: Factory, ada: PageClient) -> None:
    hers, his = factory.picture(factory.ada), factory.picture(factory.ben)
    assert len(digests(app)) == 1
    ada.submit(f"/files/{hers.id}/discard", from_page="/files")
    with app.app_context():
        worker.sweep_files()
    assert len(digests(app)) == 1 and statuses(app, [factory.ben], f"/file/{his.key}") == [200]


def test_what_an_entry_or_a_draft_needs_is_not_thrown_away(app: Flask, factory: Factory, ada: PageClient) -> None:
    used, typed, idle, others = factory.picture(), factory.picture(), factory.picture(), factory.picture(factory.ben)
    entry_with(factory, used, trashed=True)
    draft = {**FIELDS, "body": f"![](attachment:{typed.uid})", "key": "k", "serial": "1"}
    ada.submit("/entry/draft", draft, 200, from_page="/entry")
    for picture in (used, typed, others):
        ada.submit(f"/files/{picture.id}/discard", status=404, from_page="/files")
    later = clock.now() + timedelta(days=3)
    with app.app_context():
        with writing():
            attachments.forget_unused(later)
        assert set(db.session.scalars(select(Attachment.id))) == {used.id, typed.id}
        assert idle.id


def test_a_closed_account_leaves_no_byte(app: Flask, factory: Factory) -> None:
    entry_with(factory, factory.picture())
    with app.app_context():
        with writing() as session:
            session.get_one(User, factory.ada.id).closed_at = clock.now() - timedelta(days=15)
        while True:
            with writing():
                if not closing.erase_batch(clock.now()):
                    break
        worker.sweep_files()
    assert digests(app) == set()


def test_a_sweep_waits_for_those_who_keep_and_removes_what_was_left_half_done(app: Flask, factory: Factory) -> None:
    with app.app_context():
        store = blobs.files()
        with store.keeping():
            store.put(io.BytesIO(b"put and never named"))
            store.ask_for_sweep()
            worker.sweep_files()
            assert len(set(store.digests())) == 1
        partial = Path(app.config["DATA_DIR"], "files", "left.partial")
        partial.touch()
        worker.sweep_files()
        assert set(store.digests()) == set() and store.sweep_asked_for() is False


def test_the_list_of_files_says_where_they_are(app: Flask, factory: Factory, ada: PageClient) -> None:
    assert "No files yet" in ada.visit("/files").text
    used, idle = factory.picture(name="used.jpg"), factory.picture(name="idle.jpg")
    entry = entry_with(factory, used)
    page = ada.visit("/files")
    assert f"/entry/{entry.id}" in page.links() and page.form(action=f"/files/{idle.id}/discard")
    assert not any(form["attributes"].get("action") == f"/files/{used.id}/discard" for form in page.forms)
    assert "used.jpg" not in PageClient(app).signed_in_as(factory.ben).visit("/files").text
    ada.visit("/files?before=nonsense")
    assert "used.jpg" not in ada.visit(f"/files?before={used.id}").text


def test_bytes_that_are_gone_are_not_found_rather_than_a_mistake(app: Flask, factory: Factory, ada: PageClient) -> None:
    picture = factory.picture()
    with app.app_context():
        for digest in db.session.scalars(select(AttachmentVariant.digest)):
            blobs.files().remove(digest)
    ada.visit(f"/file/{picture.key}", 404)


def test_feeds_show_pictures_from_the_journals_own_address(app: Flask, factory: Factory) -> None:
    picture = factory.picture()
    entry_with(factory, picture, "public")
    feed = PageClient(app)
    feed.visit("/feed.atom")
    assert f"{app.config['PUBLIC_URL']}/file/{picture.key}/60" in feed.response.text and '"/file/' not in feed.response.text


def test_a_preview_shows_pictures(factory: Factory, ada: PageClient) -> None:
    picture = factory.picture()
    ada.submit("/entry/preview", {"body": f"![](attachment:{picture.uid})"}, 200, from_page="/entry")
    assert f"/file/{picture.key}/60" in ada.response.text


def test_a_full_list_of_pictures_takes_as_many_statements_as_one(factory: Factory, ada: PageClient) -> None:
    uids = [factory.picture(content=jpeg(10 + number, 10)).uid for number in range(12)]
    entry = factory.entry(body="\n".join(f"![](attachment:{uid})" for uid in uids))
    assert len(ada.visit(f"/entry/{entry.id}").all("img")) == 12
    ada.visit("/files")


def test_a_fault_after_the_files_came_gives_the_text_back_with_them(app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> Entry:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(entries, "write", fail)
    page = ada.submit("/entry", {**FIELDS, "files": (io.BytesIO(jpeg()), "one.jpg")}, 503, from_page="/entry")
    assert re.search(r"Two boats\.\s+!\[\]\(attachment:\w{12}\)", page.form(having="body")["body"])


def test_refused_bytes_are_not_kept(app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "FILES_PER_PERSON_MB", 1)
    for number in range(3):
        assert "out of storage" in send(ada, b"ID3\x04\0\0" + bytes([number]) * 1_100_000, "a.mp3", 422)["sentence"]
    assert digests(app) == set()


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "can't write to")])
def test_a_disk_that_takes_nothing_is_told_of(
    app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def fail(*_arguments: object) -> tuple[str, int]:
        raise OSError(number, "as the system says it")

    monkeypatch.setattr(blobs.Folder, "put", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    page = ada.submit("/entry", {**FIELDS, "files": (io.BytesIO(jpeg()), "one.jpg")}, 503, from_page="/entry")
    assert words in page.text and page.form(having="body")["body"] == "Two boats."


def test_files_need_no_folder_of_the_system(app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08moov" + (600_000).to_bytes(4, "big") + b"mdat" + bytes(599_992)
    page = ada.submit("/entry", {**FIELDS, "files": (io.BytesIO(film), "one.mp4")}, from_page="/entry", commits=2)
    assert page and len(digests(app)) == 1


def test_words_come_back_where_no_disk_takes_a_file_while_it_is_read(app: Flask, ada: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "as the system says it")

    ada.secret("/entry")
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "write", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    page = ada.submit("/entry", {"files": (io.BytesIO(jpeg()), "one.jpg"), **FIELDS}, 503, from_page="/entry")
    assert "disk is full" in page.text and page.form(having="body")["body"] == "Two boats."


def test_earlier_versions_and_templates_keep_their_files(app: Flask, factory: Factory, ada: PageClient) -> None:
    stepped, wanted = factory.picture(), factory.picture()
    typed = {**FIELDS, "body": f"![](attachment:{stepped.uid})", "key": "k", "serial": "1"}
    ada.submit("/entry/draft", typed, 200, from_page="/entry")
    later = clock.now() + timedelta(minutes=11)
    with clock.set_to(later):
        ada.submit("/entry/draft", {**typed, "body": "No picture.", "serial": "2"}, 200, from_page="/entry")
        ada.submit("/entry", {**typed, "body": "No picture.", "serial": "3"}, from_page="/entry")
    ada.submit("/account/templates", {"name": "Boats", "body": f"![](attachment:{wanted.uid})"})
    with app.app_context():
        with writing():
            attachments.forget_unused(clock.now() + timedelta(days=3))
        assert set(db.session.scalars(select(Attachment.id))) == {stepped.id, wanted.id}
    assert statuses(app, [None, factory.ben, factory.ada], f"/file/{stepped.key}") == [404, 404, 200]


def test_a_stray_file_stops_no_sweep(app: Flask, factory: Factory) -> None:
    with app.app_context():
        stray = Path(app.config["DATA_DIR"], "files", "ab", ".nfs0001")
        stray.parent.mkdir(exist_ok=True)
        stray.touch()
        with blobs.files().keeping():
            blobs.files().put(io.BytesIO(b"named by nothing"))
        assert attachments.delete_orphaned_blobs() and digests(app) == set()
        stray.unlink()
