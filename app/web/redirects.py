"""Where a request may send its reader: to pages of this journal only."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException


def safe_redirect_target(address: str, otherwise: str) -> str:
    """Return an address that a request named, where the application is mounted, if it is one that somebody can be sent to, else the other.

    What a request names is a path inside the application (`access.current_path`); `otherwise` is what `url_for` makes.
    """
    return f"{request.root_path}{address}" if is_safe_redirect(address) else otherwise


def is_safe_redirect(address: str, method: str = "GET") -> bool:
    r"""Say whether `address` is a path of this site that somebody can be sent to after log-in, or whose act can go on with `method`.

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
        current_app.url_map.bind("").match(parts.path, method=method)
    except HTTPException:
        return False
    return True
