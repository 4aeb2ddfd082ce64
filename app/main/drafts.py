"""Drafts: kept while somebody types, listed, gone on with, and thrown away."""

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from app import clock
from app.database.transactions import writing
from app.main import main, writing_page
from app.main.forms import MAX_SERIAL, EntryForm
from app.operations import drafts as keeping
from app.operations import trash
from app.operations.errors import DraftTooLong, LateDraft, TooManyDrafts
from app.queries import drafts
from app.web import access, upload_limits


@main.post("/entry/draft")
@upload_limits.takes_text
def keep_draft() -> ResponseReturnValue:
    """Keep the state of a writing form, as it is, and say which state is kept; 409 where a newer one is."""
    me, form = access.current_user_or_401(), EntryForm()
    changed = access.own_entry_named(request.form.get("entry", ""))
    typed = form.typed(changed)
    if not typed.form_id or not 0 < typed.revision_number <= MAX_SERIAL:
        abort(400)
    if form.is_somebody_elses(me.id):
        return _told(403, reason="writer")
    entry_id = changed.id if changed else None
    try:
        with writing():
            kept = keeping.keep(me, typed, entry_id, clock.now()).revision_number
    except LateDraft as late:
        return _told(409, reason="saved" if late.is_saved else "late", serial=late.revision_number)
    except DraftTooLong:
        return _told(413, reason="large")
    except TooManyDrafts:
        return _told(409, reason="many")
    return _told(200, key=typed.form_id, serial=kept, at=clock.now().isoformat())


@main.get("/entry/secret")
def csrf_token() -> ResponseReturnValue:
    """Return the secret that forms of this session carry, whose session it is, which state of the form `key` is kept, and where it is.

    A page that was left open goes on with it.
    """
    me, key = access.current_user_or_401(), keeping.tidy_form_id(request.args.get("key", ""))
    kept = drafts.state_of(me.id, key)
    facts: dict[str, object] = {"serial": kept.revision_number if kept else 0}
    if kept and kept.draft_id:
        facts["address"] = url_for("main.edit_draft", draft_id=kept.draft_id)
    elif kept and kept.entry_id:
        facts["address"] = url_for("main.edit", entry_id=kept.entry_id)
    return _told(200, secret=generate_csrf(), writer=me.id, **facts)


@main.get("/drafts")
def list_of_drafts() -> ResponseReturnValue:
    """Show what was typed and not saved yet."""
    return render_template("main/drafts.html", rows=drafts.list_drafts(access.current_user_or_401().id))


@main.get("/drafts/<id:draft_id>")
def edit_draft(draft_id: int) -> ResponseReturnValue:
    """Open a draft in the writing page, as it was typed, or as it was at an earlier snapshot."""
    draft = drafts.own(draft_id, access.current_user_or_401()) or abort(404)
    snapshot = next((one for one in draft.snapshots if str(one.id) == request.args.get("step")), None)
    return writing_page.show_draft(draft, snapshot)


@main.post("/drafts/<id:draft_id>/discard")
def discard_draft(draft_id: int) -> ResponseReturnValue:
    """Throw a draft away: its words lie in the trash as an entry of their own."""
    me = access.current_user_or_401()
    draft = drafts.own(draft_id, me) or abort(404)
    seen, text = draft.revision_number, trash.entry_of_draft(draft, me.timezone)
    ready = text.prepare(me) if text else None
    with writing():
        is_discarded = trash.discard_draft(me, draft_id, seen, ready, clock.now())
    if not is_discarded:
        if drafts.own(draft_id, me) is None:
            abort(404)
        flash(_("You kept writing this draft in another window. Look at it again before you discard it."))
    elif ready is None:
        flash(_("Empty draft discarded."))
    else:
        flash(_("Draft moved to trash. You can restore it for %(days)d days.", days=trash.KEPT_FOR.days))
    return redirect(url_for("main.list_of_drafts"), 303)


def _told(status: int, **facts: object) -> Response:
    answer = jsonify(facts)
    answer.status_code = status
    return answer
