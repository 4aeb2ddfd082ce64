"""Addresses of pages: those that templates name, absolute ones for letters and feeds, and the check that a redirect stays at home."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


@lru_cache(maxsize=8)
def links_under(_root_path: str) -> Callable[..., str]:
    """Return a `url_for` that remembers addresses without parts, of which the shell of a page has fifteen.

    There is one for each path under which the application is mounted, which is part of every address.
    """
    known: dict[str, str] = {}

    def link(endpoint: str, **values: Any) -> str:
        if values:
            return url_for(endpoint, **values)
        if endpoint not in known:
            known[endpoint] = url_for(endpoint)
        return known[endpoint]

    return link


def public_address(endpoint: str, **values: object) -> str:
    """Return a page's address under PUBLIC_URL, whatever host name a request came in by, and outside requests too."""
    return str(current_app.config["PUBLIC_URL"] + current_app.url_map.bind("").build(endpoint, values))


def page_of_ours_or(address: str, otherwise: str) -> str:
    """Return an address that a request named, if it is one that somebody can be sent to, else the other."""
    return address if is_page_of_ours(address) else otherwise


def is_page_of_ours(address: str) -> bool:
    r"""Say whether `address` is a path of this site that somebody can be sent to after log-in.

    A browser reads `//host`, `/\host` and a slash followed by a tab as other hosts: only plain paths that lead to a page pass.
    """
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return False
    if any(ord(character) < 0x21 or ord(character) == 0x7F for character in address):
        return False
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or "//" in parts.path:
        return False
    try:
        current_app.url_map.bind("").match(parts.path, method="GET")
    except RequestRedirect:
        return False
    except HTTPException:
        return False
    return True
