"""Files through the real server: whole, of any name, encrypted at rest or not, and never without our headers."""

import json
import socket
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.factories import jpeg
from tests.serving.server import Browser, Server, serving, signed_in

NAMES = ("boat.jpg", "фото.jpg", "Screenshot 2026-03-14 at 9.26.53\u202fPM.jpg", "写真 (1).jpg")


def upload(browser: Browser, name: str, content: bytes) -> dict[str, str]:
    """Send a file as the writing page does, and return what the journal says of it."""
    browser.get("/entry")
    boundary = "b" * 20
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{browser.secret}\r\n'.encode(),
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode(),
        content,
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    with browser.opener.open(urllib.request.Request(browser.address + "/file", b"".join(parts), kind), timeout=30) as answer:
        found: dict[str, str] = json.loads(answer.read())
    return found


def downloaded(browser: Browser, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with browser.opener.open(urllib.request.Request(browser.address + path, headers=headers), timeout=30) as answer:
        return answer.status, dict(answer.headers), answer.read()


@pytest.mark.parametrize("key", ["", "a passphrase"])
def test_a_picture_of_any_name_comes_whole(tmp_path: Path, key: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with serving("", folder, DATABASE_KEY=key) as server:
        server.command_with_input("a long enough passphrase", "user", "create", "ada", "--email", "a@example.org", "--password-file", "-")
        browser = Browser(server.address)
        browser.post("/login", {"username": "ada", "password": "a long enough passphrase"})
        for number, name in enumerate(NAMES):
            told = upload(browser, name, jpeg(600 + number, 400))
            status, headers, content = downloaded(browser, told["address"])
            assert status == 200 and content[:4] == b"RIFF" and len(content) == int(headers["Content-Length"])
            assert headers["Content-Disposition"].isascii() and "default-src 'none'" in headers["Content-Security-Policy"]
            status, headers, part = downloaded(browser, told["address"], Range="bytes=5-104")
            assert status == 206 and part == content[5:105]


REFUSED = {
    "long": b"GET /search?q=" + b"%D1%84" * 2000 + b" HTTP/1.1",
    "version": b"GET / HTTP/9.9",
    "method": b"G\x00T / HTTP/1.1",
    "nonsense": b"nonsense",
}


def test_what_gunicorn_sees_first_is_no_way_round_us(server: Server) -> None:
    for name, request_line in REFUSED.items():
        answer = refusal(server, request_line)
        assert b"Content-Security-Policy: default-src 'none'" in answer and b"X-Content-Type-Options: nosniff" in answer, name
    no_header_becomes_a_path(signed_in(server))


def refusal(server: Server, request_line: bytes) -> bytes:
    host = urllib.parse.urlsplit(server.address)
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=20) as line:
        line.sendall(request_line + b"\r\nHost: 127.0.0.1\r\n\r\n")
        return line.makefile("rb").read()


def no_header_becomes_a_path(browser: Browser) -> None:
    for name in ("SCRIPT_NAME", "SCRIPT-NAME", "X-Forwarded-Prefix"):
        status, _headers, content = downloaded(browser, "/", **{name: "/elsewhere"})
        assert status == 200 and b"/elsewhere" not in content
