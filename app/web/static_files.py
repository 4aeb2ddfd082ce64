"""Style sheet and scripts: served from memory under an address that changes with their content, and kept by browsers for a year."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request

STYLE_ORDER = (
    *("tokens", "base", "page", "header", "footer", "notice", "facts", "buttons", "fields", "row-list", "security"),
    *(
        "settings",
        "writing",
        "attachments",
        "history",
        "entry-list",
        "photos",
        "home",
        "entry",
        "prose",
        "files",
        "calendar",
        "statistics",
        "print",
    ),
)
WORTH_COMPRESSING = 500
TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".ico": "image/x-icon"}
FOLDER = Path(__file__).parent.parent / "static"

assets = Blueprint("assets", __name__, url_prefix="/static")


@dataclass(frozen=True)
class Asset:
    """A file as it is sent: its bytes, the same compressed where that helps, and its type."""

    content: bytes
    compressed: bytes | None
    mimetype: str


class Assets:
    """All static files, read once. `digest` covers them all, so that modules can import each other by relative names."""

    def __init__(self, folder: Path) -> None:
        contents = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        styles = [contents.pop(f"css/{name}.css") for name in STYLE_ORDER]
        contents["daybook.css"] = b"\n".join(styles)
        self.digest = hashlib.sha256(repr(sorted(contents.items())).encode()).hexdigest()[:12]
        self.files = {name: self._prepare(name, content) for name, content in contents.items()}
        self.addresses = {name: f"/static/{self.digest}/{name}" for name in self.files}

    def _prepare(self, name: str, content: bytes) -> Asset:
        kind = TYPES.get(Path(name).suffix)
        kind = kind or mimetypes.guess_type(name)[0] or "application/octet-stream"
        smaller = gzip.compress(content, 9, mtime=0) if len(content) > WORTH_COMPRESSING else None
        return Asset(content, smaller, kind)


def init_app(app: Flask) -> None:
    """Read the static files, serve them, and give templates `asset(name)`, the address of one."""
    read(app)
    app.register_blueprint(assets)

    @app.get("/favicon.ico")
    def favicon() -> Response:
        files: Assets = app.extensions["assets"]
        return _send(files.files["favicon.ico"])


def read(app: Flask) -> None:
    """Read the static files as they are now."""
    files = Assets(FOLDER)
    app.extensions["assets"] = files
    app.jinja_env.globals["asset"] = files.addresses.__getitem__


@assets.get("/<digest>/<path:name>")
def file(digest: str, name: str) -> Response:
    """Answer with one file; an address with an older digest gets today's file, not to be kept."""
    files: Assets = current_app.extensions["assets"]
    response = _send(files.files.get(name) or abort(404))
    if digest == files.digest:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _send(asset: Asset) -> Response:
    use_gzip = asset.compressed is not None and request.accept_encodings["gzip"] > 0
    response = Response(asset.compressed if use_gzip else asset.content, mimetype=asset.mimetype)
    if use_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
