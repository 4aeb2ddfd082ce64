"""Tags: what has them, and giving them other names."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.database.transactions import writing
from app.main import main
from app.main.forms import TagForm
from app.models import Tag
from app.operations import tags as tagging
from app.operations.errors import TagTooLong
from app.queries import entries, in_full
from app.queries import tags as asking
from app.queries.paging import read_cursor
from app.web import access
from app.web.one_at_a_time import one_at_a_time


@main.get("/tags")
def tags() -> ResponseReturnValue:
    """Show one's tags with how many entries each has, those that are nested below the ones they are nested in."""
    return render_template("main/tags.html", tags=asking.list_tags(access.current_user_or_401().id))


@main.get("/tags/<path:name>")
def tag(name: str) -> ResponseReturnValue:
    """Show the entries with one tag or one nested in it. `?full=1` shows them in full, as a page to print."""
    found = access.tag(access.current_user_or_401(), name)
    if "full" in request.args:
        rows, back = in_full.of_tags([found, *asking.nested_in(found)]), url_for("main.tag", name=found.name)
        return render_template("main/in_full.html", heading=f"#{found.name}", entries=rows, most=in_full.MAX_ON_A_PAGE, back=back)
    return _page(found, TagForm(formdata=None, name=found.name))


@main.post("/tag/<id:tag_id>/rename")
@one_at_a_time
def rename_tag(tag_id: int) -> ResponseReturnValue:
    """Give a tag another name; where there is a tag of that name, it takes the entries over."""
    me, form = access.current_user_or_401(), TagForm()
    found = access.tag_to_change(me, tag_id)
    if not form.validate():
        return _page(found, form), 422
    try:
        with writing():
            found = tagging.rename(access.tag_to_change(me, tag_id), form.tidy_name())
            name = found.name
    except TagTooLong:
        form.name.errors = [_("This would make the name of a nested tag too long. Choose a shorter name.")]
        return _page(access.tag_to_change(me, tag_id), form), 422
    flash(_("Saved."))
    return redirect(url_for("main.tag", name=name), 303)


@main.get("/tag/<id:tag_id>/delete")
def ask_to_delete_tag(tag_id: int) -> ResponseReturnValue:
    """Say how many entries would lose a tag, and ask."""
    return render_template("main/delete_tag.html", tag=access.tag_to_change(access.current_user_or_401(), tag_id))


@main.post("/tag/<id:tag_id>/delete")
@one_at_a_time
def delete_tag(tag_id: int) -> ResponseReturnValue:
    """Take a tag from all entries; the entries stay."""
    me = access.current_user_or_401()
    with writing():
        tagging.remove(access.tag_to_change(me, tag_id))
    flash(_("Tag deleted. Its entries are still there."))
    return redirect(url_for("main.tags"), 303)


def _page(found: Tag, form: TagForm) -> str:
    nested = [one for one in asking.nested_in(found) if one.entry_count]
    page = entries.tagged([found, *nested], read_cursor(request.args.get("older"), request.args.get("newer")))
    return render_template("main/tag.html", tag=found, page=page, form=form, nested=nested)
