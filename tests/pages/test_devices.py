"""Signed-in devices: seen, told of, and ended; and the password asked for again."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import clock
from app.models import LoginSession
from app.operations import signing_in
from app.queries import accounts
from tests.emails import waiting_emails
from tests.factories import PASSWORD, Factory
from tests.page_client import PageClient

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_devices_are_listed_and_can_be_signed_out(app: Flask, factory: Factory) -> None:
    here, phone, tablet = PageClient(app), PageClient(app).signed_in_as(factory.ada), PageClient(app).signed_in_as(factory.ada)
    here.submit("/login", {"username": "ada", "password": PASSWORD}, headers={"User-Agent": FIREFOX})
    page = here.visit("/account/devices")
    assert "Firefox 140 on Linux" in page.text and "127.0.0.1" in page.text and page.text.count("this device") == 1
    actions = [str(form["action"]) for form in page.all("form")]
    ends = [action for action in actions if action.startswith("/account/devices/") and action.endswith("/end")]
    assert len(ends) == 2
    here.submit(ends[0], from_page="/account/devices")
    here.submit("/account/devices/end-others", from_page="/account/devices")
    phone.visit("/account", 303)
    tablet.visit("/account", 303)
    here.visit("/account")


def test_nobody_ends_somebody_elses_device(app: Flask, factory: Factory, ben: PageClient) -> None:
    ada = PageClient(app).signed_in_as(factory.ada)
    with app.app_context():
        (device,) = accounts.devices_of(factory.ada.id, clock.now())
    ben.submit(f"/account/devices/{device.id}/end", status=404, from_page="/account/devices")
    assert "signed out" not in ben.visit("/account/events").text
    ada.visit("/account")


def test_a_new_device_is_told_of_once(app: Flask, factory: Factory) -> None:
    right = {"username": factory.ada.username, "password": PASSWORD}
    with clock.set_to(clock.now() + timedelta(hours=2)):
        PageClient(app).submit("/login", right)
        assert waiting_emails(app) == [], "the first device is no news, however late it comes"
    with clock.set_to(clock.now() + timedelta(days=1)):
        phone = PageClient(app)
        phone.submit("/login", right, headers={"User-Agent": FIREFOX})
        phone.submit("/logout", from_page="/logout")
        phone.submit("/login", right)
        (email,) = waiting_emails(app)
    assert email.subject == "New device logged in"
    body = email.body or ""
    assert "Firefox 140 on Linux" in body and "127.0.0.1" in body and "/undo/" in body


def test_the_first_device_of_a_new_account_is_no_news(app: Flask, factory: Factory, stranger: PageClient) -> None:
    stranger.submit("/login", {"username": factory.ada.username, "password": PASSWORD})
    assert waiting_emails(app) == []


def test_the_password_is_asked_for_again_after_ten_minutes(app: Flask, factory: Factory) -> None:
    ada = PageClient(app).signed_in_as(factory.ada)
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR):
        for path in ("/account/password", "/account/devices"):
            ada.visit(path, 303)
            assert ada.location == f"/account/prove?next={path}"
        ada.submit("/account/prove", {"password": "Someone else"}, 422, query_string={"next": "/account/devices"})
        ada.submit("/account/prove", {"password": PASSWORD}, query_string={"next": "/account/devices"})
        assert ada.location == "/account/devices"
        ada.visit("/account/devices")
        ada.submit("/account/prove", {"password": PASSWORD}, query_string={"next": "//evil.test"})
        assert ada.location == "/account"
        elsewhere = PageClient(app).signed_in_as(factory.ada)
        elsewhere.visit("/account/devices")
    with clock.set_to(clock.now() + 3 * LoginSession.REAUTHENTICATED_FOR):
        ada.submit("/account/devices/end-others", {}, 307, from_page="/logout")
        assert ada.location == "/account/prove/then?then=/account/devices/end-others"
        elsewhere.visit("/account")


def test_an_act_goes_on_with_its_fields_once_the_password_is_given(app: Flask, factory: Factory) -> None:
    ada = PageClient(app).signed_in_as(factory.ada)
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR):
        ada.submit("/account/username", {"username": "Ada Two & <b>"}, 307, from_page="/logout")
        then = ada.location
        asked = ada.submit(then, {"username": "Ada Two & <b>"}, 200, from_page="/logout")
        fields = asked.form(having="password")
        assert fields["then:username"] == "Ada Two & <b>" and "csrf_token" not in [
            name.removeprefix("then:") for name in fields if ":" in name
        ]
        asked = ada.submit(then, {**fields, "password": "Someone else"}, 422, from_page="/logout")
        assert "Wrong password." in asked.text and asked.form(having="password")["then:username"] == "Ada Two & <b>"
        going_on = ada.submit(then, {**asked.form(having="password"), "password": PASSWORD}, 200, from_page="/logout")
        (form,) = [form for form in going_on.all("form") if "data-continue" in form]
        assert form["action"] == "/account/username" and going_on.form(having="username")["username"] == "Ada Two & <b>"
        assert "password" not in going_on.form(having="username") and PASSWORD not in going_on.html
        ada.submit("/account/username", going_on.form(having="username"), 422)


def test_nobody_is_led_into_an_act_by_a_link(app: Flask, factory: Factory, ada: PageClient) -> None:
    ada.visit("/account/prove/then?then=/account/devices/end-others", 405)
    assert "then:" not in ada.visit("/account/prove?then=/account/devices/end-others").html
    for then in ("//evil.test/x", "https://evil.test/x", "/search", "/nowhere", "javascript:x", ""):
        ada.submit("/account/prove/then", {"proof": "1", "password": PASSWORD}, 400, from_page="/logout", query_string={"then": then})


def test_a_journal_under_a_path_is_gone_on_with_there(app: Flask, factory: Factory) -> None:
    ada = PageClient(app).signed_in_as(factory.ada)
    under = {"SCRIPT_NAME": "/journal"}
    answer = ada.client.post(
        "/account/theme", data={"theme": "dark", "back": "/tags", "csrf_token": ada.secret("/account")}, environ_overrides=under
    )
    assert answer.status_code == 303 and answer.headers["Location"] == "/journal/tags"


def test_a_form_with_a_password_in_it_is_carried_nowhere(app: Flask, factory: Factory) -> None:
    ada = PageClient(app).signed_in_as(factory.ada)
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR):
        ada.submit("/account/password", {"password": "a new and long one", "password2": "a new and long one"}, from_page="/logout")
        assert ada.location == "/account/prove?next=/account/password"


def test_logging_out_wipes_what_the_browser_kept(ada: PageClient) -> None:
    ada.submit("/logout", from_page="/logout")
    assert ada.response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_logging_out_leaves_the_storage_where_somebody_elses_text_waits_in_it(ada: PageClient) -> None:
    ada.submit("/logout", {"others": "1"}, from_page="/logout")
    assert ada.response.headers["Clear-Site-Data"] == '"cache"'


def test_proving_gives_the_browser_a_new_key(app: Flask, factory: Factory, ada: PageClient) -> None:
    stolen = PageClient(app)
    cookie = ada.client.get_cookie("session")
    assert cookie
    stolen.client.set_cookie("session", cookie.value)
    stolen.visit("/account")
    ada.submit("/account/prove", {"password": PASSWORD})
    ada.visit("/account")
    stolen.visit("/account", 303)


def test_the_browser_that_signed_in_first_makes_place(app: Flask, factory: Factory) -> None:
    visitors = [PageClient(app).signed_in_as(factory.ada) for _ in range(LoginSession.MAX_PER_USER + 1)]
    visitors[0].visit("/account", 303)
    visitors[1].visit("/account")
    visitors[-1].visit("/account/devices")
    assert visitors[-1].page.text.count("logged in ") >= LoginSession.MAX_PER_USER


def test_a_proof_that_could_not_be_kept_signs_nobody_out(
    app: Flask, factory: Factory, ada: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove = signing_in.prove

    def fail(session_id: int, now: datetime) -> str:
        prove(session_id, now)
        raise OperationalError("COMMIT", None, Exception("the disk is full"))

    monkeypatch.setattr(signing_in, "prove", fail)
    ada.submit("/account/prove", {"password": PASSWORD}, 503)
    ada.visit("/account")
