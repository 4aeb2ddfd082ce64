"""Every address of the application, called as nobody, as somebody else, as moderator and as administrator.

A new route has no line here and fails the suite until somebody has decided who may use it.
"""

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import LoginSession, Role, Tag
from tests.factories import Factory
from tests.page_client import PageClient

TABLE = {
    "GET /": "200 200 200 200",
    "GET /account": "303 200 200 200",
    "GET /account/appearance": "303 200 200 200",
    "GET /account/export": "303 200 200 200",
    "GET /account/languages": "303 200 200 200",
    "GET /account/address": "303 200 200 200",
    "GET /account/close": "303 200 200 200",
    "GET /account/devices": "303 200 200 200",
    "GET /account/events": "303 200 200 200",
    "GET /account/passkeys": "303 200 200 200",
    "GET /account/password": "303 200 200 200",
    "GET /account/prove": "303 200 200 200",
    "GET /account/second-factor": "303 200 200 200",
    "GET /account/second-factor/qr.svg": "303 404 404 404",
    "GET /address/<token>": "410 410 410 410",
    "GET /address/<token>/undo": "410 410 410 410",
    "GET /account/security": "303 200 200 200",
    "POST /account/address/cancel": "401 404 404 404",
    "GET /undo/<token>": "410 410 410 410",
    "POST /undo/<token>": "410 410 410 410",
    "GET /account/username": "303 200 200 200",
    "GET /admin": "404 404 404 303",
    "GET /admin/audit": "404 404 404 200",
    "GET /admin/invitations": "404 404 404 200",
    "GET /admin/outbox": "404 404 404 200",
    "GET /admin/people": "404 404 404 200",
    "GET /admin/people/list": "404 404 404 200",
    "GET /admin/people/new": "404 404 404 200",
    "GET /admin/people/<id:user_id>/close": "404 404 404 200",
    "GET /admin/people/<id:user_id>": "404 404 404 200",
    "GET /calendar": "303 200 200 200",
    "GET /calendar/<int:year>": "303 200 200 200",
    "GET /calendar/<int:year>/<int:month>": "303 200 200 200",
    "GET /come-back": "303 303 303 303",
    "GET /confirm": "303 303 303 303",
    "GET /confirm/<token>": "410 410 410 410",
    "GET /day/<day:day>": "303 200 200 200",
    "GET /drafts": "303 200 200 200",
    "GET /drafts/<id:draft_id>": "303 404 404 404",
    "POST /drafts/<id:draft_id>/discard": "401 404 404 404",
    "GET /entry/secret": "303 200 200 200",
    "POST /entry/draft": "401 400 400 400",
    "GET /entry": "303 200 200 200",
    "GET /entry/<id:entry_id>": "404 404 404 404",
    "GET /entry/<id:entry_id>.md": "404 404 404 404",
    "GET /entry/<id:entry_id>/edit": "303 404 404 404",
    "GET /entry/<id:entry_id>/history": "303 404 404 404",
    "GET /entry/<id:entry_id>/history/<revision:number>": "303 404 404 404",
    "POST /entry/<id:entry_id>/history/<revision:number>/restore": "401 404 404 404",
    "GET /favicon.ico": "200 200 200 200",
    "GET /feed.atom": "200 200 200 200",
    "GET /file/<key>": "404 404 404 404",
    "GET /file/<key>/<int:width>": "404 404 404 404",
    "GET /file/<key>/original": "404 404 404 404",
    "POST /file": "401 400 400 400",
    "GET /files": "303 200 200 200",
    "POST /files/<id:attachment_id>/discard": "401 404 404 404",
    "GET /first-administrator/<token>": "410 303 303 303",
    "GET /go": "303 303 303 303",
    "GET /healthz": "200 200 200 200",
    "GET /login": "200 303 303 303",
    "GET /login/second": "303 303 303 303",
    "GET /logout": "200 200 200 200",
    "GET /moderation": "404 404 200 200",
    "GET /moderation/entry/<id:entry_id>/hide": "404 404 404 404",
    "GET /entry/offer": "303 200 200 200",
    "GET /entry/offline": "303 200 200 200",
    "GET /worker.js": "303 200 200 200",
    "POST /search/saved": "401 400 400 400",
    "POST /search/saved/remove": "401 404 404 404",
    "POST /quiet-days": "401 400 400 400",
    "POST /quiet-days/remove": "401 400 400 400",
    "POST /entry/<id:entry_id>/task": "401 400 400 400",
    "POST /entry/<id:entry_id>/star": "401 404 404 404",
    "GET /account/writing": "303 200 200 200",
    "POST /account/writing": "401 422 422 422",
    "GET /account/templates": "303 200 200 200",
    "POST /account/templates": "401 422 422 422",
    "GET /account/templates/<id:template_id>": "303 404 404 404",
    "POST /account/templates/<id:template_id>": "401 404 404 404",
    "POST /account/templates/<id:template_id>/remove": "401 404 404 404",
    "GET /on-this-day": "303 200 200 200",
    "GET /people/<username>": "200 200 200 200",
    "GET /people/<username>/feed.atom": "200 200 200 200",
    "GET /photos": "303 200 200 200",
    "GET /statistics": "303 200 200 200",
    "GET /entry/<id:entry_id>/photo/<int:number>": "404 404 404 404",
    "GET /readyz": "200 200 200 200",
    "GET /register/sent": "200 303 303 303",
    "GET /register": "200 303 303 303",
    "GET /reset": "200 303 303 303",
    "GET /reset/<token>": "410 303 303 303",
    "GET /search": "303 200 200 200",
    "GET /static/<digest>/<path:name>": "200 200 200 200",
    "GET /tag/<id:tag_id>/delete": "303 404 404 404",
    "POST /tag/<id:tag_id>/delete": "401 404 404 404",
    "POST /tag/<id:tag_id>/rename": "401 404 404 404",
    "GET /tags": "303 200 200 200",
    "GET /tags/<path:name>": "303 404 404 404",
    "GET /trash/<id:entry_id>/delete": "303 404 404 404",
    "GET /trash/empty": "303 303 303 303",
    "GET /trash": "303 200 200 200",
    "GET /welcome": "200 303 303 303",
    "POST /welcome": "422 303 303 303",
    "GET /welcome/<token>": "410 303 303 303",
    "POST /welcome/<token>": "410 303 303 303",
    "POST /account": "401 303 303 303",
    "POST /account/address": "401 422 422 422",
    "POST /account/close": "401 422 422 422",
    "POST /account/devices/<id:session_id>/end": "401 404 404 404",
    "POST /account/devices/end-others": "401 303 303 303",
    "POST /account/export": "401 200 200 200",
    "POST /account/languages": "401 303 303 303",
    "POST /account/passkeys": "401 422 422 422",
    "POST /account/passkeys/<id:passkey_id>/remove": "401 404 404 404",
    "POST /account/passkeys/options": "401 200 200 200",
    "POST /account/prove/then": "401 400 400 400",
    "POST /account/prove/options": "401 200 200 200",
    "POST /account/prove/passkey": "401 303 303 303",
    "POST /login/passkey": "303 303 303 303",
    "POST /login/passkey/options": "200 303 303 303",
    "POST /login/second/options": "410 303 303 303",
    "POST /login/second/passkey": "303 303 303 303",
    "POST /account/password": "401 422 422 422",
    "POST /account/prove": "401 422 422 422",
    "POST /account/second-factor/codes": "401 404 404 404",
    "POST /account/second-factor/enrol": "401 422 422 422",
    "POST /account/second-factor/offer": "401 303 303 303",
    "POST /account/second-factor/remove": "401 404 404 404",
    "POST /account/theme": "401 400 400 400",
    "POST /account/username": "401 422 422 422",
    "POST /address/<token>": "410 410 410 410",
    "POST /address/<token>/undo": "410 410 410 410",
    "POST /admin/invitations": "404 404 404 422",
    "POST /admin/invitations/<id:invitation_id>/take-back": "404 404 404 404",
    "POST /admin/outbox/<id:email_id>/retry": "404 404 404 404",
    "POST /admin/people/<id:user_id>/<any(confirm,suspend,reinstate,'reset-link','sessions-revoke',close):action>": "404 404 404 303",
    "POST /admin/people/list": "404 404 404 422",
    "POST /admin/people/new": "404 404 404 422",
    "POST /admin/people/<id:user_id>/first-link": "404 404 404 404",
    "POST /admin/people/<id:user_id>/role": "404 404 404 400",
    "POST /come-back": "401 303 303 303",
    "POST /confirm": "401 303 303 303",
    "POST /confirm/<token>": "410 410 410 410",
    "POST /entry": "401 422 422 422",
    "POST /entry/<id:entry_id>/edit": "401 404 404 404",
    "POST /entry/<id:entry_id>/trash": "401 404 404 404",
    "POST /entry/preview": "401 200 200 200",
    "POST /first-administrator/<token>": "410 303 303 303",
    "POST /login": "422 303 303 303",
    "POST /login/second": "303 303 303 303",
    "POST /logout": "303 303 303 303",
    "POST /moderation/entry/<id:entry_id>/hide": "404 404 404 404",
    "POST /moderation/entry/<id:entry_id>/show": "404 404 404 404",
    "POST /register": "422 303 303 303",
    "POST /reset": "422 303 303 303",
    "POST /reset/<token>": "410 303 303 303",
    "POST /trash/<id:entry_id>/delete": "401 404 404 404",
    "POST /trash/<id:entry_id>/restore": "401 404 404 404",
    "POST /trash/empty": "401 303 303 303",
}


def calls(app: Flask) -> list[str]:
    return sorted(f"{method} {rule.rule}" for rule in app.url_map.iter_rules() for method in (rule.methods or set()) & {"GET", "POST"})


def test_every_route_has_its_line(app: Flask) -> None:
    assert calls(app) == sorted(TABLE)


def test_every_page_answers_as_the_table_says(app: Flask, factory: Factory) -> None:
    askers = Askers(app, factory)
    pages = {call: statuses for call, statuses in TABLE.items() if call.startswith("GET ")}
    assert {call: askers.answers(call) for call in pages} == pages


@pytest.mark.parametrize("call", sorted(call for call in TABLE if not call.startswith("GET ")))
def test_every_act_answers_as_the_table_says(app: Flask, factory: Factory, call: str) -> None:
    assert Askers(app, factory).answers(call) == TABLE[call]


class Askers:
    """Nobody, Ben, a moderator and an administrator, who ask for what is Ada's."""

    def __init__(self, app: Flask, factory: Factory) -> None:
        moderator = factory.person("mod", role_name=Role.MODERATOR)
        self.clients = [PageClient(app)] + [PageClient(app).signed_in_as(one) for one in (factory.ben, moderator, factory.cleo)]
        entry, self.trashed = factory.entry(body="Private.", tags=["own"]), factory.entry(trashed=True)
        PageClient(app).signed_in_as(factory.ada)
        with app.app_context():
            tag = db.session.scalars(select(Tag.id)).one()
            (device,) = db.session.scalars(select(LoginSession.id).where(LoginSession.user_id == factory.ada.id)).all()
        self.names = {
            "<id:entry_id>": str(entry.id),
            "<id:user_id>": str(factory.ada.id),
            "<id:session_id>": str(device),
            "<id:email_id>": "999999",
            "<id:passkey_id>": "999999",
            "<id:draft_id>": "999999",
            "<id:template_id>": "999999",
            "<id:tag_id>": str(tag),
            "<int:number>": "1",
            "<id:attachment_id>": str(factory.picture(factory.ada).id),
            "<key>": factory.picture(factory.ada).key,
            "<int:width>": "40",
            "<revision:number>": "1",
            "<id:invitation_id>": "999999",
            "<username>": "ada",
            "<name>": "sea",
            "<token>": "nonsense",
            "<day:day>": "2026-03-01",
            "<int:year>": "2026",
            "<int:month>": "3",
            "<digest>": "0",
            "<path:name>": "daybook.css",
        }

    def answers(self, call: str) -> str:
        """Return the status for each of them."""
        method, path = call.split()
        names = self.names | ({"<id:entry_id>": str(self.trashed.id)} if "/trash/" in path else {})
        for placeholder, value in names.items():
            path = path.replace(placeholder, value)
        path = "/".join("suspend" if part.startswith("<any(") else part for part in path.split("/"))
        found = []
        for one in self.clients:
            data = {"csrf_token": one.secret("/logout")} if method == "POST" else None
            found.append(one.client.open(path, method=method, data=data, buffered=True).status_code)
        return " ".join(str(status) for status in found)
