"""URLs: those of this journal's own pages under PUBLIC_URL, how browsers write them, and which lead to this machine itself."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from flask import current_app
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

MAX_HOST_LENGTH = 253
_HOST = re.compile(r"(?:(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\.)*(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def as_browsers_write(address: str) -> str:
    """Return an address with its host in lower-case ASCII and without the port that goes without saying (RFC 6454)."""
    try:
        url = urlsplit(address)
        host = (url.hostname or "").encode("idna").decode() if url.hostname and ":" not in url.hostname else url.hostname or ""
        port = f":{url.port}" if url.port is not None and url.port != {"http": 80, "https": 443}.get(url.scheme) else ""
    except ValueError:
        return address
    if not host or url.netloc.lower() != _written(url):
        return address
    return url._replace(netloc=(f"[{host}]" if ":" in host else host) + port).geturl()


def address_of(bind: str) -> str:
    """Return the address at which this machine's own browser reaches what listens at `bind`."""
    host, _colon, port = bind.rpartition(":")
    host = "127.0.0.1" if host in {"", "0.0.0.0", "[::]", "*"} else host  # noqa: S104  # what everybody may reach, we reach here
    return f"http://{host}:{port}"


def origin(address: str) -> SplitResult | None:
    """Return an address of http or https that has a host, perhaps a port, and nothing else (RFC 6454) in its parts; None for others."""
    try:
        url = urlsplit(address)
        has_port = url.port is None or url.port > 0
    except ValueError:
        return None
    is_bare = has_port and address.lower().partition("://")[2] == _written(url)
    return url if is_bare and url.scheme in {"http", "https"} and is_host(url.hostname or "") else None


def _written(url: SplitResult) -> str:
    """Return how a host and its port are written, without anything beside them."""
    host = url.hostname or ""
    return (f"[{host}]" if ":" in host else host) + (f":{url.port}" if url.port is not None else "")


def is_host(host: str) -> bool:
    """Say whether this is a name that a host can have (RFC 1123, 2.1), or an IP address."""
    try:
        return bool(ip_address(host))
    except ValueError:
        # What ends in a number is an IPv4 address, or none (URL Standard, 3.5).
        return len(host) <= MAX_HOST_LENGTH and _HOST.fullmatch(host) is not None and not host.rpartition(".")[2].isdigit()


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def can_be_listened_at(bind: str) -> bool:
    """Say whether this is one host with a port, or a socket in a folder."""
    host, _colon, port = bind.rpartition(":")
    if bind.startswith("fd://"):
        return bind.removeprefix("fd://").isdigit()
    is_port = port.isascii() and port.isdigit() and 0 < int(port[:6]) < 2**16
    is_host = ":" not in host or (host.startswith("[") and host.endswith("]"))
    return bind.startswith("unix:") or (is_port and is_host and not set(host) & set(", /"))


def with_driver(database_url: str) -> str:
    """Return the address of a database with the driver that Daybook has for it."""
    for short in ("postgres://", "postgresql://"):
        if database_url.startswith(short):
            return database_url.replace(short, "postgresql+psycopg://", 1)
    return database_url


def is_of_database(url: str) -> bool:
    """Say whether this is the address of a file for SQLite, or of a PostgreSQL."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        return False
    is_file = parts.database not in {None, "", ":memory:"} and not parts.query
    return url.startswith("postgresql+psycopg://") or (url.startswith("sqlite:///") and is_file)


def public_url(endpoint: str, **values: object) -> str:
    """Return a page's address under PUBLIC_URL, whatever host name a request came in by, and outside requests too."""
    return str(current_app.config["PUBLIC_URL"] + current_app.url_map.bind("").build(endpoint, values))
