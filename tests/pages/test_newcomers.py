"""User names that are suggested, and accounts made for other people."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.extensions import db
from app.mail import delivery
from app.models import LoginSession, OutboxMail, User
from app.security import login_limits, tokens
from app.web import qr_codes
from tests.conftest import NOW
from tests.emails import links_in, waiting_emails
from tests.factories import PASSWORD, Factory
from tests.page_client import Page, PageClient

NAMES = {"surname": "Щукин", "first_name": "Юрий", "patronymic": "Ёжиков"}
CHOSEN = {"password": "stones of venice again", "password2": "stones of venice again"}


@pytest.fixture
def cleo(app: Flask, factory: Factory) -> PageClient:
    """The administrator's browser."""
    return PageClient(app).signed_in_as(factory.cleo)


def press(page_client: PageClient, path: str, button: str, **data: str) -> dict[str, str]:
    return page_client.submit(path, {**NAMES, "suggest": button, **data}, 200).form(having="surname")


@pytest.mark.parametrize("path", ["/register", "/admin/people/new"])
def test_next_and_previous_walk_the_names_that_are_free(
    app: Flask, factory: Factory, path: str, cleo: PageClient, stranger: PageClient
) -> None:
    page_client = stranger if path == "/register" else cleo
    first = press(page_client, path, "name")["username"]
    assert first == "shchukin.ie"
    second = press(page_client, path, "next", username=first)["username"]
    third = press(page_client, path, "next", username=second)["username"]
    assert [second, third] == ["shchukinie", "shchukin.i"]
    assert press(page_client, path, "previous", username=third)["username"] == second
    assert press(page_client, path, "previous", username=first)["username"] == first
    factory.person("shchukinie")
    assert press(page_client, path, "next", username=first)["username"] == third
    assert press(page_client, path, "previous", username=third)["username"] == first
    cleared = press(page_client, path, "clear", username=first)
    assert not any(cleared[name] for name in ("username", "surname", "first_name", "patronymic"))


def test_what_was_typed_stays_while_suggestions_are_made(stranger: PageClient) -> None:
    fields = press(stranger, "/register", "name", email="y@example.org", **CHOSEN)
    assert fields["email"] == "y@example.org" and fields["password"] == CHOSEN["password"] and fields["surname"] == "Щукин"
    assert stranger.page.all("title") and "error" not in stranger.page.html


def test_a_password_is_suggested_and_good_enough(app: Flask, stranger: PageClient) -> None:
    fields = press(stranger, "/register", "password", username="yuri", email="y@example.org")
    password = fields["password"]
    assert password == fields["password2"] and len(password) == 16 and f"<code>{password}</code>" in stranger.page.html
    assert not set(password) & set("0O1lI")
    assert press(stranger, "/register", "password")["password"] != password
    stranger.submit("/register", {**NAMES, "username": "yuri", "email": "y@example.org", "password": password, "password2": password})
    assert password not in stranger.client.get("/login").text


def test_names_without_letters_are_told_so(stranger: PageClient) -> None:
    page = stranger.submit("/register", {"suggest": "name", "surname": "?"}, 200)
    assert "at least one name" in page.text


def test_an_account_is_made_and_its_person_chooses_the_password(
    app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient
) -> None:
    made = cleo.submit("/admin/people/new", {**NAMES, "username": "shchukin.ie", "delivery": "print"}, 200)
    assert "Юрий Ёжиков Щукин" in made.text and waiting_emails(app) == []
    link = links_on(made)[0]
    assert "shchukin.ie" in stranger.visit(link).text
    stranger.submit("/login", {"username": "shchukin.ie", "password": ""}, 422)
    stranger.submit(link, {"password": "shchukin.ie", "password2": "shchukin.ie"}, 422)
    stranger.submit(link, CHOSEN)
    stranger.visit(link, 410)
    stranger.submit("/login", {"username": "shchukin.ie", "password": CHOSEN["password"]})
    assert "not added" in stranger.visit("/account").text
    stranger.visit("/account/address")
    assert "cleo created an account: shchukin.ie" in cleo.visit("/admin/audit").text


def test_the_link_goes_by_letter_where_there_is_an_address(app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    data = {**NAMES, "username": "yuri", "delivery": "mail"}
    cleo.submit("/admin/people/new", {**data, "email": ""}, 422)
    cleo.submit("/admin/people/new", {**data, "email": factory.ada.email}, 422)
    made = cleo.submit("/admin/people/new", {**data, "email": "y@example.org"}, 200)
    assert links_on(made) == []
    (email,) = waiting_emails(app)
    assert email.recipients == ["y@example.org"] and "yuri" in (email.body or "")
    with clock.set_to(clock.now() + tokens.FIRST_PASSWORD.lifetime):
        stranger.submit(links_in(email)[0], CHOSEN)
    with clock.set_to(clock.now()):
        cleo.submit("/admin/people/new", {**data, "email": "other@example.org"}, 422)


def test_a_link_that_was_lost_is_shown_again_until_a_password_is_chosen(
    app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient
) -> None:
    cleo.submit("/admin/people/new", {**NAMES, "username": "yuri", "delivery": "print"}, 200)
    with app.app_context():
        user_id = db.session.scalars(select(User.id).where(User.username == "yuri")).one()
    again = f"/admin/people/{user_id}/first-link"
    assert again in [form["action"] for form in cleo.visit(f"/admin/people/{user_id}").all("form") if "action" in form]
    stranger.submit(links_on(cleo.submit(again, {}, 200, from_page="/logout"))[0], CHOSEN)
    cleo.submit(again, {}, 404, from_page="/logout")
    cleo.submit(f"/admin/people/{factory.ada.id}/first-link", {}, 404, from_page="/logout")


def code_on(page: Page) -> str:
    """Return the code of the first slip."""
    found = re.search(r'<strong class="code">([^<]+)</strong>', page.html)
    assert found
    return found[1]


@pytest.mark.parametrize("spelling", ["{}", " {} ", "lower", "spaced"])
def test_the_code_of_a_slip_leads_to_the_password(cleo: PageClient, stranger: PageClient, spelling: str) -> None:
    made = cleo.submit("/admin/people/new", {**NAMES, "username": "yuri", "delivery": "print"}, 200)
    code = code_on(made)
    assert re.fullmatch("[BCDFGHJKMNPQRSTVWXYZ]{5}-[BCDFGHJKMNPQRSTVWXYZ]{5}", code) and "http://localhost/welcome" in made.text
    typed = {"lower": code.lower(), "spaced": " ".join(code.replace("-", ""))}.get(spelling, spelling.format(code))
    with clock.set_to(clock.now() + tokens.FIRST_PASSWORD.lifetime):
        stranger.submit("/welcome", {"username": "YURI", "code": typed})
        stranger.submit(stranger.response.headers["Location"], CHOSEN)
        stranger.submit("/login", {"username": "yuri", "password": CHOSEN["password"]})
        stranger.submit("/logout", {})
        stranger.submit("/welcome", {"username": "yuri", "code": typed}, 422)


def test_a_code_works_for_its_person_and_its_time_alone(app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    code = code_on(cleo.submit("/admin/people/new", {**NAMES, "username": "yuri", "delivery": "print"}, 200))
    other = code_on(cleo.submit("/admin/people/new", {**NAMES, "username": "yuri2", "delivery": "print"}, 200))
    assert code != other
    for name, typed in (("yuri", other), ("yuri", ""), ("yuri", code[:-1]), ("yuri", f"{code}B"), ("ada", code), ("nobody", code)):
        page = stranger.submit("/welcome", {"username": name, "code": typed}, 422)
        assert page.form(having="code")["username"] == name
    with clock.set_to(clock.now() + 2 * tokens.FIRST_PASSWORD.lifetime):
        stranger.submit("/welcome", {"username": "yuri", "code": code}, 422)


def test_a_new_slip_makes_the_older_one_dead(app: Flask, cleo: PageClient, stranger: PageClient) -> None:
    old = cleo.submit("/admin/people/new", {**NAMES, "username": "yuri", "delivery": "print"}, 200)
    with app.app_context():
        user_id = db.session.scalars(select(User.id).where(User.username == "yuri")).one()
    new = cleo.submit(f"/admin/people/{user_id}/first-link", {}, 200, from_page="/logout")
    assert code_on(new) != code_on(old)
    stranger.visit(links_on(old)[0], 410)
    stranger.submit("/welcome", {"username": "yuri", "code": code_on(old)}, 422)
    stranger.submit("/welcome", {"username": "yuri", "code": code_on(new)})


def test_codes_are_not_guessed(cleo: PageClient, stranger: PageClient) -> None:
    code = code_on(cleo.submit("/admin/people/new", {**NAMES, "username": "yuri", "delivery": "print"}, 200))
    for _ in range(login_limits.FREE_TRIES):
        stranger.submit("/welcome", {"username": "yuri", "code": "BBBBB-BBBBB"}, 422)
    stranger.submit("/welcome", {"username": "yuri", "code": code}, 429)


def test_a_slip_has_its_link_as_a_picture_to_scan(cleo: PageClient) -> None:
    made = cleo.submit("/admin/people/new", {**NAMES, "username": "yuri", "delivery": "print"}, 200)
    picture = re.search(r'role="img" aria-label="QR code[^"]*">(<svg.*?</svg>)', made.html, re.DOTALL)
    assert picture and picture[1] == qr_codes.inline(f"http://localhost{links_on(made)[0]}")
    assert "style=" not in picture[1]


@pytest.mark.parametrize("twin", ["ada", "ADA", "аԁа"])
def test_nobody_gets_a_name_that_looks_like_another_s(ada: PageClient, ben: PageClient, stranger: PageClient, twin: str) -> None:
    page = stranger.submit("/register", {"username": twin, "email": "t@example.org", **CHOSEN}, 422)
    assert "taken" in page.text
    ben.submit("/account/username", {"username": twin}, 422)
    ada.submit("/account/username", {"username": "Ada"})


def upload(page_client: PageClient, text: str | bytes, **data: Any) -> Page:
    content = text.encode() if isinstance(text, str) else text
    status = data.pop("status", 200)
    fields = {"file": (io.BytesIO(content), "people.csv"), "delivery": "print", "encoding": "", **data}
    return page_client.submit("/admin/people/list", fields, status)


def make(page_client: PageClient, preview: Page) -> Page:
    return page_client.submit("/admin/people/list", {**preview.form(having="text"), "make": "1"}, 200)


def number_of_people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(User)) or 0


def test_two_hundred_people_come_in_one_go_and_only_once(app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    before = number_of_people(app)
    people = "".join(f"Щукин;Юрий;Ёжиков;yuri{number}@example.org\n" for number in range(100))
    people += "".join(f"Иванова{chr(0x430 + number % 30)}{chr(0x430 + number // 30)};Мария;Петровна;\n" for number in range(100))
    text = ("Фамилия;Имя;Отчество;E-mail\n" + people).encode("windows-1251")
    assert "choose its encoding" in upload(cleo, text, status=422).text
    preview = upload(cleo, text, encoding="windows-1251")
    assert "Create 200 accounts" in preview.text and "shchukin.ie" in preview.text
    assert number_of_people(app) == before, "a preview makes nobody"
    made = make(cleo, preview)
    assert number_of_people(app) == before + 200 and "200 accounts created" in made.text
    assert len(set(links_on(made))) == 200
    with app.app_context():
        usernames = db.session.scalars(select(User.username).where(User.name_given_by_admin == "Юрий Ёжиков Щукин")).all()
    assert len(set(usernames)) == 100 and all(len(name) <= 12 for name in usernames)
    stranger.submit(links_on(made)[150], CHOSEN)
    again = upload(cleo, text, encoding="windows-1251")
    assert "Everyone on this list already has an account" in again.text and again.text.count("already has an account") == 201
    cleo.submit("/admin/people/list", {"text": text.decode("windows-1251"), "delivery": "print", "make": "1"}, 200)
    assert number_of_people(app) == before + 200


def test_letters_go_to_those_who_have_an_address(app: Flask, factory: Factory, cleo: PageClient) -> None:
    made = make(cleo, upload(cleo, "surname,name,email\nLee,Ann,ann@example.org\nRay,Bob,\n", delivery="mail"))
    assert [email.recipients for email in waiting_emails(app)] == [["ann@example.org"]]
    assert len(links_on(made)) == 1 and "rayb" in made.text.replace(".", "")


def test_one_wrong_row_and_nothing_is_made(app: Flask, factory: Factory, cleo: PageClient) -> None:
    before = number_of_people(app)
    text = "surname,name,email,login\nLee,Ann,nonsense,\nRay,Bob,bob@example.org,\nRay,Bob,bob@example.org,\n,,x@example.org,\nOh,Al,,ada\n"
    assert factory.ada
    preview = upload(cleo, text)
    for sentence in ("invalid email address", "listed twice", "name missing", "not allowed", "Some rows have problems"):
        assert sentence in preview.text
    cleo.submit("/admin/people/list", {"text": text, "delivery": "print", "make": "1"}, 200)
    assert number_of_people(app) <= before + 1


def test_a_name_that_is_too_long_is_refused_and_never_cut(app: Flask, factory: Factory, cleo: PageClient) -> None:
    parts = {"surname": "S" * 30, "first_name": "F" * 30, "patronymic": "P" * 30}
    before = number_of_people(app)
    page = cleo.submit("/admin/people/new", {**parts, "username": "long.one", "delivery": "print"}, 422)
    assert "can have up to 80 characters" in page.html and page.form(having="surname")["patronymic"] == "P" * 30
    page = upload(cleo, f"surname,first name,patronymic\n{','.join(parts.values())}\n")
    assert "longer than 80 characters" in page.html and number_of_people(app) == before


def test_somebody_signs_up_between_preview_and_making(app: Flask, factory: Factory, cleo: PageClient) -> None:
    preview = upload(cleo, "surname,name,email\nLee,Ann,ann@example.org\nRay,Bob,bob@example.org\n")
    factory.person("lee.a", email="ann@example.org")
    before = number_of_people(app)
    made = make(cleo, preview)
    assert "1 account created" in made.text and "1 person on the list already has an account" in made.text
    assert number_of_people(app) == before + 1


def test_a_list_is_needed(cleo: PageClient) -> None:
    assert "Choose a file" in cleo.submit("/admin/people/list", {"delivery": "print"}, 422).text


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "must name the columns"), (b"a,b\n", "must name the columns"), (b"\x81\x8d\xff", "")]
)
def test_what_is_no_list_is_refused_with_a_sentence(cleo: PageClient, content: bytes, sentence: str) -> None:
    assert sentence in upload(cleo, content, status=422).text


def links_on(page: Page) -> list[str]:
    return re.findall(r"http://localhost(/welcome/[\w.-]+)", page.html)


def test_a_first_link_opens_nothing_once_a_password_is_chosen(app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    made = cleo.submit("/admin/people/new", {**NAMES, "username": "yuri", "email": "y@example.org", "delivery": "mail"}, 200)
    assert links_on(made) == []
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == "yuri")).one()
        row_id, user_id = db.session.scalars(select(OutboxMail.id).where(OutboxMail.user_id == user.id)).one(), user.id
    link = cleo.submit(f"/admin/people/{user_id}/first-link", {}, 200, from_page="/logout")
    stranger.submit(links_on(link)[0], CHOSEN)
    with app.app_context():
        assert delivery.deliver_waiting() == 0, "an email that waited is not sent any more"
        assert db.session.scalars(select(OutboxMail.failed_at).where(OutboxMail.id == row_id)).one() is not None
        user = db.session.scalars(select(User).where(User.username == "yuri")).one()
        late = tokens.sign(tokens.FIRST_PASSWORD, user)
    stranger.visit(f"/welcome/{late}", 410)
    stranger.submit(f"/welcome/{late}", CHOSEN, 410, from_page="/login")


def test_nobody_sees_people_who_have_not_come_yet(app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    made = cleo.submit("/admin/people/new", {**NAMES, "username": "yuri", "delivery": "print"}, 200)
    stranger.visit("/people/yuri", 404)
    assert "Юрий Ёжиков Щукин" in cleo.visit("/admin/people?q=щукин").text
    stranger.submit(links_on(made)[0], CHOSEN)
    assert "Щукин" not in PageClient(app).visit("/people/yuri").text, "the list's name stays with those who look after people"


def test_the_same_names_make_another_account_after_a_renaming(app: Flask, factory: Factory, cleo: PageClient, stranger: PageClient) -> None:
    for number in range(2):
        # For seven days the name is kept for whom an email can still bring it back to.
        with clock.set_to(NOW + number * 8 * timedelta(days=1)):
            cleo.signed_in_as(factory.cleo)
            made = cleo.submit("/admin/people/new", {**NAMES, "username": "yuri", "delivery": "print"}, 200)
            person = PageClient(app)
            person.submit(links_on(made)[0], CHOSEN)
            person.submit("/login", {"username": "yuri", "password": CHOSEN["password"]})
            person.submit("/account/username", {"username": f"renamed{number}"})
    assert number_of_people(app) >= 3


def test_a_name_that_a_row_asks_for_is_given_to_no_other(app: Flask, factory: Factory, cleo: PageClient) -> None:
    preview = upload(cleo, "surname,name,login\nIvanov,Ivan,\nOther,Olga,ivanov.i\nIvanov,Ivan,ivanovi\n")
    assert "Create 3 accounts" in preview.text and preview.text.count("ivanov.i ") <= 1


def test_nothing_typed_is_lost_when_the_password_is_asked_for_again(app: Flask, factory: Factory, cleo: PageClient) -> None:
    with clock.set_to(clock.now() + LoginSession.REAUTHENTICATED_FOR):
        fields = press(cleo, "/admin/people/new", "name", email="y@example.org")
        assert fields["username"] and fields["email"] == "y@example.org"
        page = cleo.submit("/admin/people/new", {**fields, "delivery": "print"}, 307)
        then = cleo.location
        asked = cleo.submit(then, {**fields, "delivery": "print"}, 200, from_page="/logout").form(having="password")
        assert asked["then:surname"] == "Щукин" and links_on(page) == []
        page = cleo.submit(then, {**asked, "password": PASSWORD}, 200, from_page="/logout")
        assert links_on(cleo.submit("/admin/people/new", page.form(having="surname"), 200))
