"""What tests do to a served journal without its pages: its people, and their sessions."""

from pathlib import Path

from playwright.sync_api import BrowserContext

from app.database.transactions import writing
from app.models import User
from app.operations import account_state
from app.queries import accounts
from tests.conftest import make_app
from tests.factories import Factory
from tests.page_client import PageClient
from tests.serving.server import Server


class InProcessApp:
    """An application on the same journal as a server, in the process of the tests."""

    def __init__(self, server: Server) -> None:
        facts = server.environ
        self.address = facts["PUBLIC_URL"]
        same = {name: facts[name] for name in ("SECRET_KEY", "PUBLIC_URL")}
        self.app = make_app(facts["DATABASE_URL"], Path(facts["DATA_DIR"]), **same)

    def make_person(self, name: str) -> str:
        """Make an account with the password of the tests; return its name."""
        return Factory(self.app).person(name).username

    def sign_in(self, context: BrowserContext, name: str) -> None:
        """Start a session and give its cookie to a browser."""
        page_client = PageClient(self.app).signed_in_as(self._person(name))
        cookie = page_client.client.get_cookie("session")
        assert cookie
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])

    def sign_out(self, name: str) -> None:
        """End every session of this person, as another device may."""
        person = self._person(name)
        with self.app.app_context(), writing() as session:
            account_state.end_sessions(session.merge(person).id)

    def _person(self, name: str) -> User:
        with self.app.app_context():
            found = accounts.by_username(name)
            assert found
            return found
