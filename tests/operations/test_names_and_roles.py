"""Names that pass for others, and who may go: rules that several pages share."""

from datetime import timedelta
from typing import cast

import pytest
from flask import Flask

from app import clock
from app.database.transactions import writing
from app.extensions import db
from app.models import Invitation, Role, SecurityEvent, SecurityEventKind, User
from app.operations import closing, invitations, people, profile, registration, security_events, undoing
from app.operations.errors import LastAdministrator, UsernameTaken
from app.queries import accounts
from app.queries.accounts import CurrentUser
from app.security import tokens
from app.text import names
from tests.conftest import NOW
from tests.factories import Factory

BROWSER = security_events.Browser("Firefox", "192.0.2.7")


@pytest.mark.parametrize("name", ["\u3164", "a\u3164b", "\u115f", "\uffa0", "\u1160x"])
def test_a_user_name_has_no_letter_without_a_shape(name: str) -> None:
    assert names.username_fault(name) == "letters"


@pytest.mark.parametrize("name", ["ad\u034fmin", "ad\ufe0fmin", "adm\u2800in", "daybook\u3164", "ad\u200bmin", "adm\U000e0101in"])
def test_what_nobody_sees_makes_no_other_name(name: str) -> None:
    assert names.is_reserved(name)


def test_a_name_is_kept_as_it_is_seen() -> None:
    assert names.shown("\u202enimda") == "nimda" and names.shown("\u2066Ada\u2069") == "Ada"
    assert names.shown("\u200b") == names.shown("\u2800 \u3164") == ""
    assert names.shown("شهرزاد\u200cها") == "شهرزاد\u200cها"


@pytest.mark.parametrize("lack", ["confirmed_at", "password_hash"])
def test_the_last_who_can_log_in_as_an_administrator_stays_one(context: Flask, factory: Factory, lack: str) -> None:
    cleo, ben = factory.cleo, factory.ben
    with writing() as session:
        other = session.get_one(User, ben.id)
        other.role_id = cleo.role_id
        setattr(other, lack, None)
    for go in ("demote", "close"):
        with pytest.raises(LastAdministrator), writing():
            me, role = accounts.by_id_for_change(cleo.id), accounts.role_named(Role.USER)
            assert me and role
            people.change_role(me, role, None, clock.now()) if go == "demote" else closing.close(me, BROWSER, clock.now())


def test_whoever_administers_no_more_invites_nobody(context: Flask, factory: Factory) -> None:
    cleo, ben = factory.cleo, factory.ben
    assert cleo
    for name in (Role.ADMINISTRATOR, Role.USER):
        with writing():
            other, role = accounts.by_id_for_change(ben.id), accounts.role_named(name)
            assert other and role
            people.change_role(other, role, None, clock.now())
            if name == Role.ADMINISTRATOR:
                invitations.invite(cast(CurrentUser, other), 1000, timedelta(days=365), clock.now())
    assert db.session.query(Invitation).count() == 0


def test_a_user_name_waits_for_whom_an_email_can_bring_it_back_to(context: Flask, factory: Factory) -> None:
    ada = factory.ada
    with writing() as session:
        profile.rename(session.get_one(User, ada.id), "zora", BROWSER, NOW)
        event = security_events.note_with_undo(
            session.get_one(User, ada.id), SecurityEventKind.USERNAME_CHANGED, BROWSER, NOW, username="ada"
        )
    assert accounts.free_usernames(["ada", "Ada", "bob"]) == ["bob"] and accounts.free_usernames(["ada"], besides=ada.id) == ["ada"]
    with pytest.raises(UsernameTaken), writing():
        registration.create("ada", "x@example.org", "hash", timezone="UTC", locale="en", now=NOW)
    with clock.set_to(NOW + timedelta(days=8)):
        assert accounts.free_usernames(["ada"]) == ["ada"]
    with writing() as session:
        found = session.get_one(SecurityEvent, event)
        undoing.undo(tokens.sign_row(tokens.UNDO, found.id, found.state), BROWSER, NOW)
    assert db.session.get_one(User, ada.id).username == "ada"


def test_a_display_name_that_somebody_took_since_keeps_no_setting_from_being_saved(context: Flask, factory: Factory) -> None:
    ada = factory.ada
    wanted = profile.Preferences("UTC", "en", "Grace", "private", 0, 0, False)
    with writing() as session:
        profile.prefer(session.get_one(User, ada.id), wanted)
        registration.create("grace", "g@example.org", "hash", timezone="UTC", locale="en", now=NOW)
    with writing() as session:
        profile.prefer(session.get_one(User, ada.id), profile.Preferences("Asia/Tokyo", "en", "Grace", "private", 0, 0, False))
    assert db.session.get_one(User, ada.id).timezone == "Asia/Tokyo"
