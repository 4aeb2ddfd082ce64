"""Files, for those who may read an entry that shows them: never as anything that a browser would run."""

from contextlib import suppress

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from app.media.kinds import KINDS, Group
from app.models import Attachment, AttachmentVariant
from app.public import public
from app.storage import blobs, encryption
from app.web import access
from app.web.content_disposition import disposition

POLICY = "default-src 'none'; sandbox"


@public.get("/file/<key>")
def file(key: str) -> ResponseReturnValue:
    """Send a file as it is shown: a picture at its largest, a sound or a film piece by piece, a document to be saved."""
    found = access.file_to_read(access.current_reader(), key)
    return _sent(found, _shown(found)[0], is_saved=found.kind == Group.FILE)


@public.get("/file/<key>/<int:width>")
def file_in_width(key: str, width: int) -> ResponseReturnValue:
    """Send a picture in one of the widths it is there in."""
    found = access.file_to_read(access.current_reader(), key)
    if found.kind != Group.PHOTO:
        abort(404)
    return _sent(found, next((one for one in _shown(found) if one.width == width), None) or abort(404))


@public.get("/file/<key>/original")
def original(key: str) -> ResponseReturnValue:
    """Send its owner the original of a picture, with all that it tells."""
    found, reader = access.file_to_read(access.current_reader(), key), access.current_reader()
    if reader is None or found.user_id != reader.id:
        abort(404)
    return _sent(found, next((one for one in found.variants if one.is_original), None) or abort(404), is_saved=True)


def _shown(found: Attachment) -> list[AttachmentVariant]:
    return [variant for variant in found.variants if not variant.is_original]


def _name(found: Attachment, variant: AttachmentVariant) -> str:
    return f"{found.name.rpartition('.')[0]}.{KINDS[variant.media_type].ending}"


def _sent(found: Attachment, variant: AttachmentVariant, *, is_saved: bool = False) -> Response:
    """Return the bytes, or those that a Range header asks for; one that asks for what is not there is ignored (RFC 9110, 14.2)."""
    try:
        content = blobs.files().open(variant.digest)
    except OSError as problem:
        if not isinstance(problem, FileNotFoundError | encryption.Damaged) and problem.errno not in blobs.LOST:
            raise
        current_app.logger.exception("the bytes of variant %d are gone or damaged: run check", variant.id)
        abort(404)
    response = Response(wrap_file(request.environ, content), mimetype=variant.media_type, direct_passthrough=True)
    response.content_length = variant.size
    response.headers["Content-Disposition"] = disposition("attachment" if is_saved else "inline", _name(found, variant))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(variant.digest)
    response.call_on_close(content.close)
    with suppress(RequestedRangeNotSatisfiable):
        response.make_conditional(request, accept_ranges=request.method == "GET", complete_length=variant.size)
    return response
