"""A person's own files: added while writing, listed, thrown away where nothing needs them."""

from time import monotonic

from flask import abort, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import FileStorage

from app import clock
from app.database.transactions import writing
from app.main import main
from app.main.forms import EntryForm
from app.models import Attachment
from app.operations import attachments
from app.operations.errors import FileRefused, FileRejection
from app.queries import attachments as asking
from app.storage import blobs
from app.text.attachments import reference
from app.web import access, upload_limits
from app.web.one_at_a_time import one_at_a_time

MAX_AT_ONCE = 20
CUT = lazy_gettext("The end of this photo is missing. Check that it looks right.")
MAX_SECONDS = 60.0
"""For the files of one form together; those that come later are refused with a sentence."""
SENTENCES = {
    FileRejection.EMPTY: lazy_gettext("the file is empty."),
    FileRejection.UNKNOWN: lazy_gettext("Daybook can't keep this kind of file."),
    FileRejection.BROKEN: lazy_gettext("the photo is damaged."),
    FileRejection.PIXELS: lazy_gettext("the photo has too many pixels. Make it smaller first."),
    FileRejection.NAME: lazy_gettext("its name contains characters that can't be used. Rename it."),
    FileRejection.SIZE: lazy_gettext("it is too large."),
    FileRejection.BUSY: lazy_gettext("other photos are being processed. Try again in a moment."),
    FileRejection.QUOTA: lazy_gettext("you're out of storage. Delete some files first."),
}


@main.post("/file")
@upload_limits.takes_files("file")
@one_at_a_time
def attach() -> ResponseReturnValue:
    """Take one file from the writing page, and say how a text shows it; 422 with a sentence where it is refused."""
    sent = request.files.get("file") or abort(400)
    try:
        attachment, is_cut = take(sent)
    except FileRefused as refused:
        return jsonify(sentence=_("Not added: %(reason)s", reason=SENTENCES[refused.why])), 422
    shown = asking.shown_as(attachment)
    thumbnail = url_for("public.file_in_width", key=attachment.key, width=shown.smallest) if shown.smallest else ""
    facts = {"uid": attachment.uid, "name": attachment.name, "kind": shown.kind, "address": shown.address, "thumbnail": thumbnail}
    return jsonify(**facts, markdown=_reference(attachment), remark=CUT if is_cut else ""), 201


@main.get("/files")
def own_files() -> ResponseReturnValue:
    """Show a person's own files, and how much room they take."""
    me, before = access.current_user_or_401(), request.args.get("before", "")
    rows = asking.list_files(me.id, int(before[:9]) if before.isascii() and before.isdigit() else None)
    return render_template(
        "main/files.html",
        rows=[(row, asking.shown_as(row.attachment)) for row in rows[: asking.PAGE_SIZE]],
        has_more=len(rows) > asking.PAGE_SIZE,
        taken=asking.space_taken(me.id),
        most=upload_limits.most_of_one_person(),
    )


@main.post("/files/<id:attachment_id>/discard")
def discard_file(attachment_id: int) -> ResponseReturnValue:
    """Throw away an own file that nothing needs."""
    with writing():
        if not attachments.discard(access.current_user_or_401(), attachment_id):
            abort(404)
    flash(_("File deleted."))
    return redirect(url_for("main.own_files"), 303)


def take_with(form: EntryForm) -> None:
    """Take the files that came with a writing form and let its text show them; the form says which were refused."""
    came = [sent for sent in request.files.getlist("files") if sent.filename]
    if len(came) > MAX_AT_ONCE:
        form.refused.append(_("You can add up to %(most)d files at a time. The others weren't added.", most=MAX_AT_ONCE))
    ends_at = monotonic() + MAX_SECONDS
    for sent in came[:MAX_AT_ONCE]:
        try:
            if monotonic() > ends_at:
                raise FileRefused(FileRejection.BUSY)
            attachment, is_cut = take(sent)
        except FileRefused as refused:
            form.refused.append(refusal(sent, refused))
        else:
            added = _reference(attachment)
            if is_cut:
                flash(f"{sent.filename}: {CUT}")
            form.body.data = g.body_with_files = f"{(form.body.data or '').rstrip()}\n\n{added}\n".lstrip("\n")


def take(sent: FileStorage) -> tuple[Attachment, bool]:
    """Judge, keep and add one file, and say whether its end was missing; raise FileRefused."""
    me = access.current_user_or_401()
    sent.stream.seek(0, 2)
    if sent.stream.tell() > upload_limits.largest_file():
        raise FileRefused(FileRejection.SIZE)
    most = upload_limits.most_of_one_person()
    if most and asking.space_taken(me.id) + sent.stream.tell() > most:
        raise FileRefused(FileRejection.QUOTA)
    prepared = attachments.prepare(sent.stream, sent.filename or "", keeps_original=me.keep_originals)
    with blobs.files().keeping():
        try:
            kept = attachments.keep(prepared)
            with writing():
                return attachments.add(me, prepared, kept, most, clock.now()), prepared.is_cut
        except BaseException:
            blobs.files().ask_for_sweep()
            raise


def refusal(sent: FileStorage, refused: FileRefused) -> str:
    """Return the sentence that says which file was refused, and why."""
    current_app.logger.info("file refused: %s", refused.why)
    name = "".join(letter for letter in sent.filename or "" if letter.isprintable())[:80]
    return str(_("“%(name)s” wasn't added: %(reason)s", name=name, reason=SENTENCES[refused.why]))


def _reference(attachment: Attachment) -> str:
    is_document = attachment.kind == "file"
    return reference(attachment.uid, attachment.name if attachment.kind != "photo" else "", is_document=is_document)
