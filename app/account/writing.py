"""How one likes to write: templates, prompts, moods, and when an entry is locked."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.account import account
from app.account.forms import LanguagesForm, TemplateForm, WritingPreferencesForm
from app.database.transactions import writing
from app.operations import profile, writing_preferences
from app.operations.errors import TooManyTemplates
from app.queries import writing_preferences as asking
from app.web import access, error_pages, upload_limits


@account.route("/writing", methods=["GET", "POST"])
@upload_limits.takes_text
def writing_settings() -> ResponseReturnValue:
    """Show and change what helps the person to write."""
    me = access.current_user_or_401()
    form = WritingPreferencesForm(obj=me, prompts="\n".join(asking.prompts_of(me.id)), prompt_rest_days=list(me.prompt_rest_days))
    if form.validate_on_submit():
        with writing():
            writing_preferences.want(access.current_user_for_update(), form.preferences())
        flash(_("Saved."))
        return redirect(url_for("account.writing_settings"), 303)
    return render_template("account/writing.html", form=form, templates=asking.templates_of(me.id)), 422 if form.errors else 200


@account.route("/languages", methods=["GET", "POST"])
def languages() -> ResponseReturnValue:
    """Show and set the languages that the person writes in; entries are made findable by them in the background."""
    form = LanguagesForm(data={"search_languages": access.current_user_or_401().search_languages.split()})
    if form.validate_on_submit():
        with writing():
            profile.write_in(access.current_user_for_update(), form.search_languages.data)
        flash(_("Saved. Search is updated within a few minutes."))
        return redirect(url_for("account.languages"), 303)
    return render_template("account/languages.html", form=form), 422 if form.errors else 200


@account.route("/templates", methods=["GET", "POST"])
@error_pages.gives_text_back()
@upload_limits.takes_text
def new_template() -> ResponseReturnValue:
    """Add a template."""
    form = TemplateForm()
    if form.validate_on_submit():
        try:
            with writing():
                writing_preferences.add_template(access.current_user_or_401(), form.name.data, form.body.data, form.tags.data, clock.now())
        except TooManyTemplates:
            form.name.errors = [_("You've reached the maximum number of templates. Remove one first.")]
        else:
            flash(_("Saved."))
            return redirect(url_for("account.writing_settings"), 303)
    return render_template("account/template.html", form=form, template=None), 422 if form.errors else 200


@account.route("/templates/<id:template_id>", methods=["GET", "POST"])
@error_pages.gives_text_back(instead="account.new_template")
@upload_limits.takes_text
def template(template_id: int) -> ResponseReturnValue:
    """Change a template."""
    found = asking.template(access.current_user_or_401().id, template_id) or abort(404)
    form = TemplateForm(obj=found)
    if form.validate_on_submit():
        with writing():
            found = asking.template(access.current_user_or_401().id, template_id) or abort(404)
            writing_preferences.change_template(found, form.name.data, form.body.data, form.tags.data)
        flash(_("Saved."))
        return redirect(url_for("account.writing_settings"), 303)
    return render_template("account/template.html", form=form, template=found), 422 if form.errors else 200


@account.post("/templates/<id:template_id>/remove")
def remove_template(template_id: int) -> ResponseReturnValue:
    """Remove a template; entries that began with it stay."""
    with writing():
        if not writing_preferences.remove_template(access.current_user_or_401(), template_id):
            abort(404)
    flash(_("Template removed."))
    return redirect(url_for("account.writing_settings"), 303)
