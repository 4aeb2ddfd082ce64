"""Files, for those who may read an entry that shows them: never as anything that a browser would run."""

from contextlib import suppress

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from app.media.kinds import KINDS, Group
from app.models import Attachment, Rendition
from app.public import public
from app.storage import blobs
from app.web import access
from app.web.content_disposition import disposition

POLICY = "default-src 'none'; sandbox"


@public.get("/file/<key>")
def file(key: str) -> ResponseReturnValue:
    """Send a file as it is shown: a picture at its largest, a sound or a film piece by piece, a document to be saved."""
    found = access.file_to_read(access.reader(), key)
    return _sent(found, _shown(found)[0], is_saved=found.kind == Group.DOCUMENT)


@public.get("/file/<key>/<int:width>")
def file_in_width(key: str, width: int) -> ResponseReturnValue:
    """Send a picture in one of the widths it is there in."""
    found = access.file_to_read(access.reader(), key)
    if found.kind != Group.PICTURE:
        abort(404)
    return _sent(found, next((one for one in _shown(found) if one.width == width), None) or abort(404))


@public.get("/file/<key>/original")
def original(key: str) -> ResponseReturnValue:
    """Send its owner the original of a picture, with all that it tells."""
    found, reader = access.file_to_read(access.reader(), key), access.reader()
    if reader is None or found.user_id != reader.id:
        abort(404)
    return _sent(found, next((one for one in found.renditions if one.is_original), None) or abort(404), is_saved=True)


def _shown(found: Attachment) -> list[Rendition]:
    return [rendition for rendition in found.renditions if not rendition.is_original]


def _name(found: Attachment, rendition: Rendition) -> str:
    return f"{found.name.rpartition('.')[0]}.{KINDS[rendition.media_type].ending}"


def _sent(found: Attachment, rendition: Rendition, *, is_saved: bool = False) -> Response:
    """Return the bytes, or those that a Range header asks for; one that asks for what is not there is ignored (RFC 9110, 14.2)."""
    try:
        content = blobs.files().open(rendition.digest)
    except FileNotFoundError:
        current_app.logger.exception("the bytes of rendition %d are gone: run check", rendition.id)
        abort(404)
    response = Response(wrap_file(request.environ, content), mimetype=rendition.media_type, direct_passthrough=True)
    response.content_length = rendition.size
    response.headers["Content-Disposition"] = disposition("attachment" if is_saved else "inline", _name(found, rendition))
    response.headers["Content-Security-Policy"] = POLICY
    response.set_etag(rendition.digest)
    response.call_on_close(content.close)
    with suppress(RequestedRangeNotSatisfiable):
        response.make_conditional(request, accept_ranges=request.method == "GET", complete_length=rendition.size)
    return response
