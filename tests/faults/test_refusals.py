"""Whatever refuses a save gives the text back whole, a megabyte of it too, in a form that can be sent once the cause is gone.

Here without JavaScript; `test_typing.py` holds what a page with it does.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import clock
from app.database.transactions import writing
from app.models import Entry, User
from app.operations import account_state, entries, passwords, security_events
from app.security.login_limits import TooManyAttempts
from tests.factories import Factory
from tests.page_client import PageClient

WORDS = 'Подъехали к пристани, 我们走到港口, <b>&amp;</b> ```code``` "quotes".\n\n'
SOME, MEGABYTE = 20_000, 1024 * 1024
FIELDS = {
    "title": "A <long> day",
    "entry_date": "2026-03-14",
    "entry_time": "07:30",
    "tags": "sea",
    "visibility": "private",
}


class Trouble:
    """Brings a cause of refusal about; each method returns the status it leads to, and what removes the cause."""

    def __init__(self, app: Flask, factory: Factory, page_client: PageClient) -> None:
        self.app, self.factory, self.page_client = app, factory, page_client
        self.patch = pytest.MonkeyPatch()
        self.fields: dict[str, str] = {}

    def session_ended(self) -> int:
        """Another device signed this one out."""
        with self.app.app_context(), writing() as session:
            account_state.end_sessions(session.get_one(User, self.factory.ada.id).id)
        return 401

    def password_changed_elsewhere(self) -> int:
        """A new password ends every other session."""
        with self.app.app_context(), writing() as session:
            ada = session.get_one(User, self.factory.ada.id)
            passwords.change(ada, ada.password_hash or "", security_events.Browser("tests", "127.0.0.1"), clock.now())
        return 401

    def secret_rotated(self) -> int:
        """The session has another CSRF secret than the form."""
        with self.page_client.client.session_transaction() as session:
            session["csrf_token"] = "another"
        return 400

    def too_large(self) -> int:
        """The server takes less than what is sent."""
        self.patch.setitem(self.app.config, "MAX_CONTENT_LENGTH", 10_000)
        return 413

    def not_right(self) -> int:
        """Something in the form is wrong."""
        self.fields["entry_date"] = "yesterday"
        return 422

    def too_often(self) -> int:
        """A limit is met."""
        return self._failing(TooManyAttempts(60), 429)

    def mistake(self) -> int:
        """A mistake of ours."""
        return self._failing(RuntimeError("secret detail"), 500)

    def locked(self) -> int:
        """The database does not answer in time."""
        return self._failing(OperationalError("INSERT", {}, Exception("database is locked")), 503)

    def disk_full(self) -> int:
        """There is no room."""
        return self._failing(OperationalError("INSERT", {}, Exception("database or disk is full")), 503)

    def _failing(self, problem: Exception, status: int) -> int:
        def fail(*_arguments: object, **_options: object) -> Entry:
            raise problem

        self.patch.setitem(self.app.config, "PROPAGATE_EXCEPTIONS", False)
        for name in ("write", "revise"):
            self.patch.setattr(entries, name, fail)
        return status

    def over(self) -> PageClient:
        """Remove the cause, and return a browser that can send the form again."""
        self.patch.undo()
        signed_out = self.page_client.client.get("/account").status_code == 303
        return PageClient(self.app).signed_in_as(self.factory.ada) if signed_out else self.page_client


TROUBLES = (
    Trouble.session_ended,
    Trouble.password_changed_elsewhere,
    Trouble.secret_rotated,
    Trouble.too_large,
    Trouble.not_right,
    Trouble.too_often,
    Trouble.mistake,
    Trouble.locked,
    Trouble.disk_full,
)


def text_of(length: int) -> str:
    """Return a text of about so many bytes; a megabyte is one long line, which pages are read faster with."""
    if length == MEGABYTE:
        return (("So much to tell of that day. " * 9 + "Подъехали к пристани, 我们走到港口. ") * (length // 320)).strip()
    return (WORDS * (length // len(WORDS.encode()))).rstrip()


@pytest.mark.parametrize(
    ("is_new", "length"),
    [pytest.param(True, MEGABYTE, id="new"), pytest.param(False, SOME, id="changed")],
)
@pytest.mark.parametrize("cause", TROUBLES, ids=lambda cause: cause.__name__)
def test_the_text_comes_back_whole_and_can_be_sent_again(
    app: Flask, factory: Factory, ada: PageClient, cause: Callable[[Trouble], int], is_new: bool, length: int
) -> None:
    body = text_of(length)
    entry = None if is_new else factory.entry(body="Before.")
    path = f"/entry/{entry.id}/edit" if entry else "/entry"
    form = {**ada.visit(path).form(having="body"), **FIELDS, "body": body}
    trouble = Trouble(app, factory, ada)
    try:
        status = cause(trouble)
        page = ada.submit(path, {**form, **trouble.fields}, status)
        kept = page.form(having="body")
        assert kept["body"] == body and kept["title"] == FIELDS["title"] and kept["tags"] == "sea"
        assert "secret detail" not in page.html and "Traceback" not in page.html
    finally:
        again = trouble.over()
    kept["visibility"] = kept.get("visibility", "private")
    if trouble.fields:
        kept["entry_date"] = FIELDS["entry_date"]
    again.submit(path, {**kept, "csrf_token": again.secret("/logout")})
    again.visit(f"{again.location}.md")
    assert again.response.text == f"# {FIELDS['title']}\n\n{body}"
    assert len(again.visit("/").all("article")) == 1, "one entry, saved once"
