"""What every answer carries to keep a journal private, and what no request may do."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, request

from app import logs
from app.database import refuse_writes

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


def init_app(app: Flask) -> None:
    """Put the headers on every answer of `app`, turn away what other sites send, and let safe methods change nothing."""
    headers = dict(HEADERS)
    if app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"

    @app.before_request
    def keep_safe_methods_safe() -> None:
        if request.method in SAFE_METHODS:
            refuse_writes()

    @app.before_request
    def refuse_other_sites() -> None:
        """Refuse a form that another site's page sent, as the browser itself says (Fetch Metadata)."""
        if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site":
            logs.security_event("form of another site refused")
            abort(403)

    @app.before_request
    def take_forms_only() -> None:
        """Refuse what is sent as anything but a form: no page of ours reads it."""
        if request.method not in SAFE_METHODS and request.mimetype not in FORMS:
            abort(415)

    app.wsgi_app = _Headed(app.wsgi_app, list(headers.items()))  # type: ignore[method-assign]

    @app.after_request
    def keep_to_oneself(response: Response) -> Response:
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store, private"
            response.headers["Vary"] = "Accept-Language, Cookie"
        return response


class _Headed:
    """Puts fixed headers on everything that leaves: answers that Flask never saw are among them."""

    def __init__(self, inner: "WSGIApplication", headers: list[tuple[str, str]]) -> None:
        self.inner, self.headers = inner, headers

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, headers + self.headers, exc_info)

        return self.inner(environ, start)
