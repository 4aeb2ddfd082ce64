"""What anybody may send: bounded before it is read, of our own pages only, and answered with a sentence whatever it is."""

import tracemalloc
from contextlib import closing
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.security import login_limits, passwords
from app.web import form_parsing, upload_limits
from app.web.content_disposition import disposition
from tests.factories import PASSWORD, Factory
from tests.page_client import PageClient
from tests.pages.test_writing import FIELDS

NAMES = ("фото.png", "Screenshot 2026-03-14 at 9.26.53\u202fPM.png", "写真 (1).jpg", 'a"b\\c.png', "e\u0301té.png", "\U0001f388.gif")
FILE_ROUTES = {"/entry", "/file", "/entry/<id:entry_id>/edit", "/admin/people/list"}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_has_a_header_that_every_server_can_send(name: str) -> None:
    value = disposition("inline", name)
    assert value.isascii() and "\n" not in value
    value.encode("latin-1")


@pytest.mark.parametrize("name", NAMES[:3])
def test_a_file_keeps_its_name_when_it_is_sent(app: Flask, factory: Factory, ada: PageClient, name: str) -> None:
    picture = factory.picture(factory.ada, name=name)
    ada.visit(f"/file/{picture.key}")
    ada.response.headers["Content-Disposition"].encode("latin-1")


def test_a_strangers_form_is_refused_before_it_is_read(app: Flask, factory: Factory, stranger: PageClient) -> None:
    class Endless(BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            self.taken += max(0, size or 0)
            return b"a&" * ((size or 0) // 2)

    body = Endless()
    environ = EnvironBuilder("/login", method="POST", input_stream=body, content_type=form_parsing.FORM).get_environ()
    environ["CONTENT_LENGTH"] = str(16 * 1024 * 1024)
    _body, status, _headers = run_wsgi_app(app, environ)
    assert status.startswith("413")
    assert body.taken <= upload_limits.MAX_FORM_SIZE
    stranger.submit("/login", {f"f{number}": "" for number in range(form_parsing.MAX_FIELDS)}, 413)


def test_only_texts_may_be_long_and_only_of_who_is_signed_in(app: Flask, factory: Factory, ada: PageClient) -> None:
    long = "x" * upload_limits.MAX_FORM_SIZE
    ada.submit("/account", {"display_name": long}, 413)
    ada.submit("/entry", {**FIELDS, "body": long})


PART = b'--b\r\nContent-Disposition: form-data; name="body"'
HEADERS = {
    "one of a million words": (PART + b'; a*0="x"' * 1_000 + b"\r\n\r\nx\r\n--b--", True),
    "ten thousand of them": (PART + b"\r\nX:a" * 10_000 + b"\r\n\r\nx\r\n--b--", True),
    "one that never ends": (PART + b"\r\nX:" + b"a" * 10_000, True),
    "long ones of many parts": ((PART + b"\r\nX:" + b"a" * 4_000 + b"\r\n\r\nx\r\n") * 70 + b"--b--", True),
    "lines before the first part": (b"\r\n" * 5_000 + PART + b"\r\n\r\nx\r\n--b--", True),
    "an empty line before them": (b"--b\n\n" + b"A:\n" * 10_000 + b"Content-Disposition: form-data; name=x\n\nx\n--b--", True),
    "a name as long as files have": (PART + b'; filename="' + "я".encode() * 255 + b'"\r\n\r\nx\r\n--b--', False),
    "a thousand fields": ((PART + b"\r\n\r\nx\r\n") * 999 + b"--b--", False),
    "a long text with empty lines": (PART + b"\r\n\r\n" + b"line\r\n\r\n--bee\r\n" * 30_000 + b"\r\n--b--", False),
}


@pytest.mark.parametrize("size", [7, 1000, 64 * 1024])
@pytest.mark.parametrize("form", HEADERS)
def test_headers_of_parts_are_bounded(form: str, size: int) -> None:
    content, is_refused = HEADERS[form]
    parser = form_parsing.BoundedParser(max_form_memory_size=upload_limits.MAX_GIVEN_BACK_SIZE, max_form_parts=1000, buffer_size=size)
    if is_refused:
        with pytest.raises(RequestEntityTooLarge):
            parser.parse(BytesIO(content), b"b", len(content))
    else:
        usual = MultiPartParser(max_form_memory_size=upload_limits.MAX_GIVEN_BACK_SIZE, max_form_parts=1000, buffer_size=size)
        fields, files = parser.parse(BytesIO(content), b"b", len(content))
        as_usual = usual.parse(BytesIO(content), b"b", len(content))
        assert fields == as_usual[0] and contents(files) == contents(as_usual[1])
        assert fields or content.count(b"filename")


def contents(files: MultiDict[str, FileStorage]) -> list[bytes]:
    found = []
    for file in files.values():
        with closing(file):
            found.append(file.read())
    return found


def test_a_form_with_headers_that_nobody_needs_is_refused_with_a_sentence(ada: PageClient) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + ada.secret("/entry").encode() + b"\r\n"
    body += HEADERS["one of a million words"][0]
    answer = ada.client.post("/entry", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 413


def test_a_form_of_a_long_text_takes_little_more_memory_than_it_has_bytes() -> None:
    content = b"body=" + b"%E6%88%91" * 1_000_000
    tracemalloc.start()
    try:
        ((_name, value),) = form_parsing._pairs(content)
        assert value == "我" * 1_000_000
        assert tracemalloc.get_traced_memory()[1] < 2.5 * len(content)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text", ["a=1&b=%C3%A9+x", "a", "=", "&&a=%", "a=%zz&%41=%e9", "a=%20ab%41b&%%41=%4%41%", "x=" + "%E6%88%91" * 30_000 + "%"]
)
def test_plain_forms_are_read_as_browsers_send_them(text: str) -> None:
    from urllib.parse import parse_qsl

    pairs = list(form_parsing._pairs(text.encode()))
    assert pairs == parse_qsl(text, keep_blank_values=True, errors="replace")


def test_a_file_in_a_field_that_takes_none_is_no_mistake_of_ours(
    app: Flask, factory: Factory, ada: PageClient, stranger: PageClient
) -> None:
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set()) and rule.rule not in FILE_ROUTES]
    assert len(posts) > 50
    for page_client in (stranger, ada):
        for rule in posts:
            path = rule.rule.replace("<id:entry_id>", "1")
            data = {"username": (BytesIO(b"x"), "x"), "title": (BytesIO(b"x"), "x"), "csrf_token": page_client.secret("/logout")}
            status = page_client.client.post(path, data=data, content_type="multipart/form-data").status_code
            assert 400 <= status < 500, (path, status)
    for path in ("/entry", "/file"):
        data = {"title": (BytesIO(b"x"), "x"), "body": (BytesIO(b"x"), "x"), "csrf_token": ada.secret("/logout")}
        assert ada.client.post(path, data=data, content_type="multipart/form-data").status_code == 400


@pytest.mark.parametrize("field", ["version", "serial", "writer"])
@pytest.mark.parametrize("number", ["2147483648", "9" * 19, "9" * 30, "9" * 5000, "-99999999999999999999"])
def test_numbers_that_no_row_holds_are_refused_in_forms(factory: Factory, ada: PageClient, field: str, number: str) -> None:
    if (field, number) == ("serial", "2147483648"):
        return
    entry = factory.entry()
    ada.client.post(f"/entry/{entry.id}/edit", data={**FIELDS, field: number, "csrf_token": ada.secret("/entry")})
    data = {**FIELDS, "body": "x", "key": "k", field: number, "csrf_token": ada.secret("/entry")}
    for path in (f"/entry/{entry.id}/edit", "/entry", "/entry/draft"):
        assert ada.client.post(path, data=data).status_code in {303, 400, 403, 409, 422}


@pytest.mark.parametrize(
    "path", ["/file/%00", "/people/%00", "/tags/%00", "/entry/%00", "/confirm/%00", "/day/%D9%A2%D9%A0%D9%A2%D9%A6-03-01"]
)
def test_addresses_that_name_nothing_are_no_pages(factory: Factory, ada: PageClient, path: str) -> None:
    ada.visit(path, 404)


@pytest.mark.parametrize("path", ["/entry/٣", "/calendar/٢٠٢٦/3", "/calendar/٢٠٢٦", "/day/٢٠٢٦-03-01"])
def test_a_page_has_one_address(factory: Factory, ada: PageClient, path: str) -> None:
    ada.visit(path, 404)


@pytest.mark.parametrize("referrer", ["http://[::1", "https://evil.example/", "\x00", ""])
def test_any_referrer_is_only_data(app: Flask, factory: Factory, stranger: PageClient, referrer: str) -> None:
    headers = {"Referer": referrer} if referrer != "\x00" else {}
    stranger.submit("/login", {"username": "ada", "password": PASSWORD}, base_url="https://localhost", headers=headers)


OWN = {"same-origin": {"Sec-Fetch-Site": "same-origin"}, "origin": {"Origin": "http://localhost"}, "null": {"Origin": "null"}}
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:9"},
)


@pytest.mark.parametrize("headers", OWN.values(), ids=OWN)
def test_what_a_page_of_ours_sends_is_taken(app: Flask, factory: Factory, stranger: PageClient, headers: dict[str, str]) -> None:
    stranger.submit("/login", {"username": "ada", "password": PASSWORD}, headers=headers)


@pytest.mark.parametrize("headers", FOREIGN)
def test_what_another_site_sends_is_refused_and_not_given_back(
    app: Flask, factory: Factory, ada: PageClient, headers: dict[str, str]
) -> None:
    page = ada.submit("/entry", {**FIELDS, "body": "planted words"}, 403, headers=headers)
    assert "planted words" not in page.html


def test_a_text_is_saved_by_one_press_after_logging_in_again(app: Flask, factory: Factory, ada: PageClient) -> None:
    form = {**ada.visit("/entry").form(having="body"), **FIELDS, "body": "Typed before."}
    ada.signed_in_as(factory.ada)
    ada.submit("/entry", {**form}, 400)
    ada.submit("/entry", {**form}, headers={"Sec-Fetch-Site": "same-origin"})
    ada.submit("/entry", {**form, "writer": str(factory.ben.id)}, 400, headers={"Sec-Fetch-Site": "same-origin"})
    ada.submit("/account/theme", {"csrf_token": "stale", "theme": "dark"}, 400, headers={"Sec-Fetch-Site": "same-origin"})


def test_a_browser_without_our_cookie_is_told_so(app: Flask, factory: Factory) -> None:
    answer = app.test_client().post("/login", data={"username": "ada", "password": PASSWORD, "csrf_token": "x"})
    assert answer.status_code == 400 and "cookie" in answer.text


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "web", "", "[::1]:80", "evil.example"])
def test_health_pages_answer_by_any_name(app: Flask, host: str) -> None:
    for path in ("/healthz", "/readyz"):
        assert app.test_client().get(path, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("192.0.2.7:4711", "192.0.2.7:4712"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("[2001:db8::1]:80", "2001:db8::2"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "_hidden"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_a_client_is_one_client_however_a_proxy_writes_it(one: str, same: str) -> None:
    assert login_limits._network(one) == login_limits._network(same)


def test_passwords_are_measured_as_they_are_compared(context: Flask) -> None:
    letters = "e\u0301" * passwords.MAX_LENGTH
    assert passwords.length(letters) == passwords.MAX_LENGTH
    stored = passwords.hash_password(letters)
    assert passwords.matches(letters, stored)
    assert not passwords.matches(letters + "x", stored) and not passwords.matches(letters + "y" * 400, stored)


def test_the_icon_that_is_asked_for_by_name_is_an_icon(app: Flask, stranger: PageClient) -> None:
    icon = stranger.client.get("/favicon.ico")
    assert icon.mimetype == "image/x-icon"
    with Image.open(BytesIO(icon.data), formats=["ICO"]) as found:
        assert found.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
