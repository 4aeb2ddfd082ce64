"""Behind a real nginx and a real Caddy with TLS: forms are taken, and one client counts as one, however the proxy writes it."""

import http.client
import http.cookiejar
import re
import shutil
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.security.login_limits import FREE_TRIES
from tests import smtp
from tests.factories import PASSWORD
from tests.scheduling import ENGINES
from tests.serving.server import PATIENCE_SECONDS, Server, answers, serving, wait_until

NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off; client_max_body_size 80m;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl; server_name localhost;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{
      proxy_pass http://127.0.0.1:{inner};
      proxy_set_header Host {host}; proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-For {client};
    }}
  }}
}}
"""
CADDY = """
{{
  admin off
  auto_https off
  storage file_system {folder}/caddy
}}
https://localhost:{port} {{
  bind 127.0.0.1
  tls {folder}/cert.pem {folder}/key.pem
  reverse_proxy 127.0.0.1:{inner} {{
    header_up Host {host}
  }}
}}
"""
SHAPES = {
    "nginx": ("nginx", "$http_host", "$proxy_add_x_forwarded_for"),
    "nginx-host-without-port": ("nginx", "$host", "$remote_addr"),
    "nginx-client-with-port": ("nginx", "$host", "$remote_addr:$remote_port"),
    "caddy": ("caddy", "{hostport}", ""),
    "caddy-host-without-port": ("caddy", "{host}", ""),
}

ENGINE_OF = {shape: ENGINES[number % len(ENGINES)] for number, shape in enumerate(SHAPES)}
"""A proxy knows nothing of a database: each shape is tried before one of them, in turn."""


class Client:
    """A browser behind TLS, with cookies, which sends no Referer."""

    def __init__(self, address: str) -> None:
        self.address = address
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(jar), urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({})
        )

    def send(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """Return status and text of what a request leads to."""
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.address + path, data, names)
        try:
            with self.opener.open(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def secret(self, path: str) -> str:
        """Return the secret of a page's forms."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.send(path)[1])
        assert found
        return found[1]


@contextmanager
def behind(shape: str, folder: Path, port: int, inner: str) -> Iterator[None]:
    """Run a proxy in front of the server."""
    kind, host, client = SHAPES[shape]
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    text = (NGINX if kind == "nginx" else CADDY).format(folder=folder, port=port, inner=inner, host=host, client=client)
    settings = folder / kind
    settings.write_text(text)
    program = shutil.which(kind) or f"/usr/sbin/{kind}"
    command = (
        [program, "-c", str(settings), "-p", str(folder)]
        if kind == "nginx"
        else [program, "run", "--config", str(settings), "--adapter", "caddyfile"]
    )
    log = folder / "proxy.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={"HOME": str(folder), "PATH": "/usr/bin:/bin"})
    try:
        wait_until(lambda: _listens(port), kind, log)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _listens(port: int) -> bool:
    try:
        return Client(f"https://localhost:{port}").send("/healthz")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


@pytest.mark.parametrize(("shape", "engine_name"), ENGINE_OF.items(), indirect=["engine_name"], scope="session")
def test_forms_are_taken_and_a_client_is_one_client(shape: str, engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    port, inner = smtp.free_port(), str(smtp.free_port())
    address = f"https://localhost:{port}"
    journal = request.getfixturevalue("own_journal")
    facts = {"PUBLIC_URL": address, "TRUSTED_PROXIES": "1"}
    with serving(journal, tmp_path, port=inner, **facts) as server, behind(shape, tmp_path, port, inner):
        _forms_are_taken(address)
        _one_client_meets_one_limit(server, address)


def _forms_are_taken(address: str) -> None:
    right = {"username": "ada", "password": PASSWORD}
    for headers in ({}, {"Origin": address}, {"Sec_Fetch_Site": "same-origin"}, {"Origin": "null"}):
        client = Client(address)
        status, page = client.send("/login", {**right, "csrf_token": client.secret("/login")}, **headers)
        assert status == 200 and "Log out" in page, headers
        entry = {"body": "Behind a proxy.", "entry_date": "2026-03-01", "visibility": "private"}
        assert client.send("/entry", {**entry, "csrf_token": client.secret("/entry")}, **headers)[0] == 200
    stranger = Client(address)
    secret = stranger.secret("/login")
    for foreign in ({"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}):
        assert stranger.send("/login", {**right, "csrf_token": secret}, **foreign)[0] == 403


def _one_client_meets_one_limit(server: Server, address: str) -> None:
    statuses = []
    for number in range(FREE_TRIES + 2):
        client = Client(address)
        fields = {"username": "ada", "password": f"wrong {number}", "csrf_token": client.secret("/login")}
        statuses.append(client.send("/login", fields, X_Forwarded_For=f"203.0.113.{number}:{4000 + number}")[0])
    assert statuses == [422] * FREE_TRIES + [429] * 2
    assert answers(server.address)
