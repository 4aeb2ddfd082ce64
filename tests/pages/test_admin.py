"""Administration, without ever reading their journals."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import Mock

import pytest
from flask import Flask

from app import clock
from app.models import LoginSession, Role, User
from app.security import counters, login_limits
from tests.cli.test_journals import run
from tests.emails import waiting_emails
from tests.factories import PASSWORD, Factory, email_of
from tests.page_client import PageClient


@pytest.fixture
def cleo(app: Flask, factory: Factory) -> PageClient:
    """The administrator's browser."""
    return PageClient(app).signed_in_as(factory.cleo)


def act(page_client: PageClient, person: User, action: str, data: dict[str, str] | None = None, status: int = 303) -> None:
    page_client.submit(f"/admin/people/{person.id}/{action}", data, status, from_page="/logout")


def test_people_are_found_by_name_and_address(factory: Factory, cleo: PageClient) -> None:
    assert factory.ada and factory.ben
    assert {"ada", "ben", "cleo"} <= set(cleo.visit("/admin/people").text.split())
    page = cleo.visit("/admin/people?q=BEN@")
    assert "ben" in page.text.split() and "ada" not in page.text.split()
    assert "No one found" in cleo.visit("/admin/people?q=%25").text, "a wildcard is only a character"
    cleo.visit("/admin", 303)


def test_people_come_in_pages(factory: Factory, cleo: PageClient) -> None:
    for number in range(55):
        factory.person(f"writer{number:02}")
    first = cleo.visit("/admin/people?q=writer")
    second = cleo.visit("/admin/people?q=writer&after=writer49")
    assert "writer49" in first.text and "writer50" not in first.text and "after=writer49" in first.html
    assert "writer50" in second.text and "writer49" not in second.text


def test_a_suspended_person_is_out_at_once_and_back_when_reinstated(
    app: Flask, factory: Factory, ada: PageClient, cleo: PageClient
) -> None:
    act(cleo, factory.ada, "suspend")
    ada.visit("/account", 303)
    again = PageClient(app)
    assert "suspended" in again.submit("/login", {"username": "ada", "password": PASSWORD}, 403).text
    again.visit("/account", 303)
    again.submit("/login", {"username": "ada", "password": "not hers at all"}, 422)
    assert "suspended since" in cleo.visit(f"/admin/people/{factory.ada.id}").text
    act(cleo, factory.ada, "reinstate")
    ada.visit("/account", 303)
    again.submit("/login", {"username": "ada", "password": PASSWORD})
    again.visit("/account")


def test_a_cookie_from_before_the_suspension_stays_dead(app: Flask, factory: Factory, cleo: PageClient) -> None:
    stolen = PageClient(app).signed_in_as(factory.ada)
    act(cleo, factory.ada, "suspend")
    act(cleo, factory.ada, "reinstate")
    stolen.visit("/account", 303)


def test_roles_change_and_one_administrator_is_left(app: Flask, factory: Factory, cleo: PageClient) -> None:
    for action, data in (("role", {"role": Role.USER}), ("suspend", None)):
        act(cleo, factory.cleo, action, data)
        assert "only administrator" in cleo.visit("/admin/people").text
    act(cleo, factory.ada, "role", {"role": Role.ADMINISTRATOR})
    act(cleo, factory.cleo, "role", {"role": Role.USER})
    cleo.visit("/admin/people", 404)
    PageClient(app).signed_in_as(factory.ada).visit("/admin/people")
    assert "only administrator" in run(app, "user", "role", "ada", "User", status=1)


def test_all_administrators_learn_of_a_new_one(app: Flask, factory: Factory, cleo: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> list[tuple[str, str]]:
        return [(str(one.recipients[0]), one.subject or "") for one in waiting_emails(app) if "administrator" in (one.subject or "")]

    act(cleo, factory.ada, "role", {"role": Role.MODERATOR})
    assert not told()
    act(cleo, factory.ada, "role", {"role": Role.ADMINISTRATOR})
    act(cleo, factory.ada, "role", {"role": Role.ADMINISTRATOR})
    assert told() == [(factory.cleo.email, "ada is now an administrator")]
    run(app, "user", "create", "eve", "--email", "eve@example.org", "--password", "a long enough passphrase", "--role", "Administrator")
    monkeypatch.setitem(app.config, "ADMIN_EMAIL", factory.dan.email)
    act(cleo, factory.dan, "confirm")
    subjects = [subject for _recipients, subject in told()]
    assert sum("eve" in subject for subject in subjects) == 2 and sum("dan" in subject for subject in subjects) == 3
    assert "/admin/people" in str(waiting_emails(app)[-1].body)


def test_an_administrator_with_a_password_alone_is_asked_for_more(factory: Factory, cleo: PageClient) -> None:
    assert "only a password protects" in cleo.visit("/admin/people").text


def test_two_administrators_cannot_both_go_at_once(app: Flask, factory: Factory) -> None:
    second = factory.person("second", role_name=Role.ADMINISTRATOR)
    visitors = [(PageClient(app).signed_in_as(factory.cleo), second), (PageClient(app).signed_in_as(second), factory.cleo)]
    secrets = [page_client.secret("/logout") for page_client, _ in visitors]

    def suspend(number: int) -> int:
        page_client, other = visitors[number]
        return page_client.client.post(f"/admin/people/{other.id}/suspend", data={"csrf_token": secrets[number]}).status_code

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(suspend, range(2)))
    assert run(app, "user", "list").count("suspended") == 1


def test_an_address_is_confirmed_and_links_are_sent(app: Flask, factory: Factory, cleo: PageClient) -> None:
    act(cleo, factory.dan, "confirm")
    PageClient(app).signed_in_as(factory.dan).visit("/account")
    act(cleo, factory.dan, "reset-link")
    assert waiting_emails(app)[-1].recipients == [factory.dan.email]
    dan = PageClient(app).signed_in_as(factory.dan)
    act(cleo, factory.dan, "sessions-revoke")
    dan.visit("/account", 303)
    act(cleo, factory.dan, "promote", status=404)
    act(cleo, factory.dan, "role", {"role": "Emperor"}, 400)


def test_every_act_is_written_down(app: Flask, factory: Factory, cleo: PageClient) -> None:
    act(cleo, factory.ada, "suspend")
    act(cleo, factory.ada, "suspend")
    run(app, "user", "reinstate", "ada")
    act(cleo, factory.ada, "role", {"role": Role.MODERATOR})
    text = cleo.visit("/admin/audit").text
    assert text.count("cleo suspended: ada") == 1
    assert "(command line) reinstated: ada" in text and "User → Moderator" in text


def test_waiting_emails_are_shown_without_what_is_in_them(app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    stranger.submit("/reset", {"email": factory.ada.email})
    page = cleo.visit("/admin/outbox")
    assert email_of(factory.ada) in page.text and "/reset/" not in page.html
    (action,) = [str(form["action"]) for form in page.all("form") if "retry" in str(form["action"])]
    cleo.submit(action, from_page="/logout")
    assert "cleo resent an email: ada" in cleo.visit("/admin/audit").text and email_of(factory.ada) not in cleo.page.text
    cleo.submit("/admin/outbox/999999/retry", {}, 404, from_page="/logout")


def test_an_act_has_its_reason_in_the_audit_log(factory: Factory, cleo: PageClient) -> None:
    act(cleo, factory.ben, "suspend", {"reason": "Asked for it\nby <b>phone</b>. " + "x" * 400})
    cleo.submit(f"/admin/people/{factory.ben.id}/role", {"role": "Moderator", "reason": "Helps out."}, from_page="/logout")
    act(cleo, factory.ada, "suspend")
    log = cleo.visit("/admin/audit")
    assert "Asked for it by <b>phone</b>." in log.text and "x" * 301 not in log.text and "Helps out." in log.text
    assert "cleo suspended: ada" in log.text and "cleo suspended: ben" in log.text


def test_an_account_is_closed_for_somebody_after_a_question(app: Flask, factory: Factory, cleo: PageClient) -> None:
    ben = PageClient(app).signed_in_as(factory.ben)
    page = cleo.visit(f"/admin/people/{factory.ben.id}/close")
    assert "14 days" in page.text and not ben.visit("/account").text.startswith("Log in")
    act(cleo, factory.ben, "close", {"reason": "Left the family."})
    assert "closed the account: ben" in cleo.visit("/admin/audit").text and "Left the family." in cleo.page.text
    ben.visit("/account", 303)
    assert waiting_emails(app)[-1].subject == "Your account is closed"
    assert "will be erased" in cleo.visit(f"/admin/people/{factory.ben.id}").text
    act(cleo, factory.ben, "close")
    assert cleo.visit("/admin/audit").text.count("closed the account") == 1, "closed once is closed"
    act(cleo, factory.cleo, "close")
    assert "only administrator" in cleo.visit("/admin/people").text


def test_a_person_has_a_last_log_in_and_room_taken(factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    factory.picture(factory.ben)
    assert "never logged in" in cleo.visit("/admin/people").text and "never" in cleo.visit(f"/admin/people/{factory.ben.id}").text
    stranger.submit("/login", {"username": "ben", "password": PASSWORD})
    text = cleo.visit(f"/admin/people/{factory.ben.id}").text
    assert re.search(r"Last log-in .*2026", text) and re.search(r"Files \d[\d.]*\s(byte|kB)", text)


def test_acts_ask_for_the_password_again(app: Flask, factory: Factory) -> None:
    cleo = PageClient(app).signed_in_as(factory.cleo)
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR + timedelta(seconds=1)):
        act(cleo, factory.ada, "suspend", status=307)
        assert cleo.location == f"/account/prove/then?then=/admin/people/{factory.ada.id}/suspend"
        assert "suspended" not in cleo.visit(f"/admin/people/{factory.ada.id}").text


def test_no_page_of_the_door_shows_anything_of_a_journal(app: Flask, factory: Factory, cleo: PageClient) -> None:
    entry = factory.entry(title="Unsaid", body="Nobody must read this.", tags=["hush"])
    for path in (
        "/admin/people",
        f"/admin/people/{factory.ada.id}",
        "/admin/outbox",
        "/admin/audit",
        "/",
        "/?view=shared",
        "/search?q=nobody",
    ):
        html = cleo.visit(path).html
        assert "Unsaid" not in html and "must read this" not in html and "hush" not in html, path
    for path in (f"/entry/{entry.id}", f"/entry/{entry.id}.md", f"/entry/{entry.id}/edit"):
        cleo.visit(path, 404)


@pytest.mark.parametrize("how", ["role", "sessions-revoke", "close"])
def test_who_shuts_themselves_out_is_led_to_the_journal(factory: Factory, cleo: PageClient, how: str) -> None:
    act(cleo, factory.ben, "role", {"role": Role.ADMINISTRATOR})
    assert cleo.location == f"/admin/people/{factory.ben.id}"
    act(cleo, factory.cleo, how, {"role": Role.USER})
    assert cleo.location == "/"
    cleo.visit("/")


@pytest.mark.parametrize("how", ["role", "suspend", "close"])
def test_the_only_administrator_is_told_beside_the_remedy(factory: Factory, cleo: PageClient, how: str) -> None:
    act(cleo, factory.cleo, how, {"role": Role.USER})
    assert cleo.location == f"/admin/people/{factory.cleo.id}" and "only administrator" in cleo.visit(cleo.location).text


def test_somebody_is_signed_out_while_nobody_counts(
    app: Flask, factory: Factory, cleo: PageClient, ben: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_limits, "clear_failures", Mock(side_effect=counters.StoreAway))
    act(cleo, factory.ben, "sessions-revoke")
    ben.visit("/account", 303)


def test_a_closed_account_that_is_suspended_is_told_whom_to_ask(app: Flask, factory: Factory, cleo: PageClient) -> None:
    act(cleo, factory.ben, "suspend")
    act(cleo, factory.ben, "close")
    email = next(email for email in waiting_emails(app) if email.subject == "Your account is closed")
    assert email.body and "ask whoever runs this journal" in email.body and "Just log in" not in email.body


def test_logging_somebody_out_everywhere_lets_the_right_password_in_again(factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    name = factory.ben.username
    for _try in range(login_limits.FREE_TRIES + 2):
        stranger.client.post("/login", data={"csrf_token": stranger.secret("/login"), "username": name, "password": "wrong words here"})
    stranger.submit("/login", {"username": name, "password": PASSWORD}, 429)
    act(cleo, factory.ben, "sessions-revoke")
    stranger.submit("/login", {"username": name, "password": PASSWORD})
