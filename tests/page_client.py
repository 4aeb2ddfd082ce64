"""A browser for page tests that checks the house rules on every answer."""

import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import User
from app.operations import security_events, signing_in
from app.security import tokens

MAX_STATEMENTS = 6
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
FRAMING = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", re.IGNORECASE)
GETS_THAT_WRITE = {"auth.open_confirmation"}
SECRET = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
UNLABELLED = {"hidden", "submit", "button"}


def files_of(fields: dict[str, Any]) -> dict[str, list[FileStorage]]:
    """Return those fields of a form that are files: pairs of bytes to read and a name, or lists of such."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return {name: [FileStorage(*pair) for pair in pairs] for name, pairs in lists.items() if isinstance(pairs[0], tuple)}


class Page(HTMLParser):
    """An HTML page, as far as tests look at it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.forms: list[dict[str, Any]] = []
        self.text = ""
        self.title = ""
        self.acts: dict[str, set[str]] = {}
        self._open: list[str] = []
        self._button: dict[str, str] | None = None
        self._label = ""
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        self._open.append(tag)
        if tag == "button":
            self._button, self._label = attributes, ""
        if tag == "form":
            self.forms.append({"attributes": attributes, "fields": {}})
        elif tag in {"input", "textarea", "select", "button"} and self.forms and "form" in self._open and attributes.get("name"):
            ticked = attributes.get("type") not in {"radio", "checkbox"} or "checked" in attributes
            if tag == "input" and ticked:
                self.forms[-1]["fields"][attributes["name"]] = attributes.get("value", "")
            elif tag == "textarea":
                self.forms[-1]["fields"][attributes["name"]] = ""
        if tag in {"input", "meta", "link", "br", "hr", "img"}:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        is_in_label = self._button is not None and self._button.get("role") == "checkbox" and "label" in self._open
        if tag == "button" and self._button is not None and "form" in self._open and not is_in_label:
            button, form = self._button, self.forms[-1]["attributes"]
            act = (button.get("formaction") or form.get("action", ""), button.get("name", ""), button.get("value", ""))
            self.acts.setdefault(button.get("aria-label") or " ".join(self._label.split()), set()).add(" ".join(act))
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._label += data
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data
        elif self._open and self._open[-1] == "textarea":
            name = next(attributes["name"] for tag, attributes in reversed(self.elements) if tag == "textarea")
            self.forms[-1]["fields"][name] += data
        self.text += " " + data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def form(self, action: str = "", having: str = "") -> dict[str, str]:
        """Return the fields of the form that goes to `action` or has a field `having`, as a browser would send them."""
        for form in self.forms:
            if (action and form["attributes"].get("action") == action) or (having and having in form["fields"]):
                fields: dict[str, str] = dict(form["fields"])
                return {name: value.removeprefix("\r").removeprefix("\n") for name, value in fields.items()}
        raise AssertionError(f"no such form among {[form['attributes'] for form in self.forms]}")

    def links(self) -> list[str]:
        """Return where the page's links lead."""
        return [attributes["href"] for attributes in self.all("a") if "href" in attributes]


class PageClient:
    """A browser with its cookies. `visit` and `submit` check the status and the house rules."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.statements: list[str] = []
        self.commits = 0
        self.page = Page("")
        self.response: TestResponse
        self._secret_of: tuple[str, str] = ("", "")

    def signed_in_as(self, person: User) -> "PageClient":
        """Sign in without the log-in page."""
        with self.app.app_context(), writing():
            key = signing_in.start(
                person, remember=False, browser=security_events.Browser("tests", "127.0.0.1", is_known=True), now=clock.now()
            )
        with self.client.session_transaction() as session:
            session.clear()
            session["_user_id"] = key
        with self.app.app_context():
            known = tokens.seal(tokens.KNOWN_BROWSER, [(person.id, "tests", person.epoch)])
        self.client.set_cookie("known", known)
        return self

    def visit(self, path: str, status: int = 200, **options: Any) -> Page:
        """Open a page."""
        self._request("GET", path, **options)
        assert self.response.status_code == status, (path, self.response.status_code, self.page.text[:600])
        writes = [statement for statement in self.statements if WRITES.match(statement)]
        endpoint = self.app.url_map.bind("localhost").match(path.partition("?")[0], method="GET")[0] if status < 400 else ""
        assert not writes or endpoint in GETS_THAT_WRITE, f"GET {path} wrote: {writes}"
        return self.page

    def submit(
        self, path: str, data: dict[str, Any] | None = None, status: int = 303, *, from_page: str = "", commits: int = 1, **options: Any
    ) -> Page:
        """Send a form, which commits once, or `commits` times where files come with it.

        Its secret is taken from `from_page`, else from the page at `path`, else from the one for logging out.
        """
        fields = {"csrf_token": self.secret(from_page or path), **(data or {})}
        if files := files_of(fields):
            boundary, body = encode_multipart({**fields, **files})
            self._request("POST", path, data=body, content_type=f"multipart/form-data; boundary={boundary}", **options)
        else:
            self._request("POST", path, data=fields, **options)
        assert self.response.status_code == status, (path, self.response.status_code, self.page.text[:600])
        assert self.commits <= commits, f"POST {path} committed {self.commits} times"
        return self.page

    def secret(self, path: str) -> str:
        """Return the CSRF secret of a page, or the one that was read before in this session: pages of a session share it."""
        cookie = self.client.get_cookie("session")
        session, known = self._secret_of
        if cookie and cookie.value == session:
            return known
        html = self.client.get(path).text
        found = SECRET.search(html) or SECRET.search(self.client.get("/login").text + self.client.get("/logout").text)
        assert found, f"no secret at {path}"
        cookie = self.client.get_cookie("session")
        self._secret_of = (cookie.value if cookie else "", found[1])
        return found[1]

    @property
    def location(self) -> str:
        """Where the last answer sent the browser."""
        return self.response.headers["Location"]

    def _request(self, method: str, path: str, **options: Any) -> None:
        self.statements.clear()
        self.commits = 0
        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", self._note_statement)
        event.listen(engine, "commit", self._note_commit)
        try:
            self.response = self.client.open(path, method=method, buffered=True, **options)
        finally:
            event.remove(engine, "before_cursor_execute", self._note_statement)
            event.remove(engine, "commit", self._note_commit)
        self._check(path)

    def _note_statement(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not FRAMING.match(statement):
            self.statements.append(statement)

    def _note_commit(self, _connection: Any) -> None:
        self.commits += any(WRITES.match(statement) for statement in self.statements)

    def _check(self, path: str) -> None:
        headers = self.response.headers
        assert headers["X-Content-Type-Options"] == "nosniff" and "default-src 'none'" in headers["Content-Security-Policy"]
        assert "require-trusted-types-for 'script'" in headers["Content-Security-Policy"] or "sandbox" in headers["Content-Security-Policy"]
        if self.response.status_code == 200 and self.response.request.method == "GET":
            assert len(self.statements) <= MAX_STATEMENTS, f"{path}: {len(self.statements)} statements: {self.statements}"
        if self.response.mimetype != "text/html" or "<html" not in self.response.text:
            self.page = Page("")
            return
        assert headers["Cache-Control"] == "no-store, private", path
        self.page = page = Page(self.response.text)
        assert page.all("html")[0].get("lang"), path
        assert page.title.strip().removesuffix("· Daybook").strip(), f"{path} has no title"
        assert len(page.all("h1")) == 1, f"{path} has {len(page.all('h1'))} h1"
        self._check_elements(path)
        self._check_forms(path)

    def _check_elements(self, path: str) -> None:
        labelled = {attributes.get("for") for attributes in self.page.all("label")}
        ids = [attributes["id"] for _tag, attributes in self.page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), f"{path} uses an id twice"
        for tag, attributes in self.page.elements:
            assert not any(name.startswith("on") for name in attributes), f"{path} has an inline handler: {tag} {attributes}"
            assert "style" not in attributes and tag != "style", f"{path} has an inline style: {tag} {attributes}"
            if tag == "script":
                assert attributes.get("src", "").startswith("/static/"), f"{path} has an inline script"
            if tag in {"img", "link", "script"}:
                address = attributes.get("src") or attributes.get("href", "")
                assert address.startswith("/") and not address.startswith("//"), f"{path} asks another host: {address}"
            if tag in {"input", "textarea", "select"} and attributes.get("type") not in UNLABELLED:
                assert attributes.get("id") in labelled or "task-list-item-checkbox" in attributes.get("class", ""), (
                    f"{path}: no label for {attributes}"
                )

    def _check_forms(self, path: str) -> None:
        for name, acts in self.page.acts.items():
            assert len(acts) == 1, f"{path}: buttons of one name do different things: {name} {acts}"
        for form in self.page.forms:
            if form["attributes"].get("method", "get") == "post":
                assert form["fields"].get("csrf_token"), f"{path}: a form without its secret: {form['attributes']}"
