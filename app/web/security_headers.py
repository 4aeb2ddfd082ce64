"""What every answer carries to keep a journal private, and what no request may do."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

from app.database.transactions import refuse_writes
from app.security.events import log_event
from app.web.origins import is_from_elsewhere

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types daybook",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
TWO_YEARS = 63_072_000
FORMS = {"", "application/x-www-form-urlencoded", "multipart/form-data"}
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
HEALTH_PAGES = {"/healthz", "/readyz"}


def init_app(app: Flask) -> None:
    """Put the headers on every answer of `app`, turn away what other sites send, and let safe methods change nothing."""
    headers = dict(HEADERS)
    if app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"
    for rule in (keep_safe_methods_safe, refuse_what_no_address_holds, refuse_other_sites, take_forms_only):
        app.before_request(rule)
    app.after_request(keep_to_oneself)
    app.wsgi_app = _Headed(app.wsgi_app, list(headers.items()), urlsplit(app.config["PUBLIC_URL"]).netloc)  # type: ignore[method-assign]


def keep_safe_methods_safe() -> None:
    """Let nothing be written in a request whose method promises that."""
    if request.method in SAFE_METHODS:
        refuse_writes()


def refuse_what_no_address_holds() -> None:
    """Refuse a path with a NUL, which no row has and PostgreSQL cannot be asked for."""
    if "\0" in request.path:
        abort(404)


def refuse_other_sites() -> None:
    """Refuse a form that a page of another origin sent, as the browser itself says."""
    if request.method not in SAFE_METHODS and is_from_elsewhere():
        log_event("form of another site refused")
        abort(403)


def take_forms_only() -> None:
    """Refuse what is sent as anything but a form: no page of ours reads it."""
    if request.method not in SAFE_METHODS and request.mimetype not in FORMS:
        abort(415)


def keep_to_oneself(response: Response) -> Response:
    """Let nobody keep a page but who asked for it, unless its view says otherwise."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["Vary"] = "Accept-Language, Cookie"
    return response


class _Headed:
    """Puts fixed headers on everything that leaves: answers that Flask never saw are among them.

    Whoever watches the server asks by an address of a container or a machine: health pages answer by any name.
    """

    def __init__(self, inner: "WSGIApplication", headers: list[tuple[str, str]], host: str) -> None:
        self.inner, self.headers, self.host = inner, headers, host

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, [(name, _sendable(value)) for name, value in headers] + self.headers, exc_info)

        if environ.get("PATH_INFO") in HEALTH_PAGES:
            environ["HTTP_HOST"] = self.host
        return self.inner(environ, start)


def _sendable(value: str) -> str:
    """Return a header's value as it can be sent (RFC 9110, 5.5): what Latin-1 does not hold becomes a question mark."""
    return value.encode("latin-1", "replace").decode("latin-1")
