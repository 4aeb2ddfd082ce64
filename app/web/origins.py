"""Which page a form was sent from, as the browser itself says (W3C Fetch Metadata; RFC 6454)."""

from flask import current_app, request

OWN_SITES = {"same-origin", "none"}


def is_from_elsewhere() -> bool:
    """Say whether the browser names another origin than ours: by Fetch Metadata where it sends that, else by Origin.

    A browser that names none, or hides it (`null`), says nothing; the form's secret decides then.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in OWN_SITES
    return request.headers.get("Origin", "null") not in {"null", *_own_origins()}


def is_from_here() -> bool:
    """Say whether the browser itself vouches for a page of ours, so that a form whose secret is stale can still be trusted."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin", "null") in _own_origins()


def _own_origins() -> set[str]:
    """Return what browsers call us: PUBLIC_URL, and the address that this request came to.

    A proxy may pass the host on without its port, so the request alone does not tell.
    """
    return {current_app.config["PUBLIC_URL"], request.host_url.rstrip("/")}
