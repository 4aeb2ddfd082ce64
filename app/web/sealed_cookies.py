"""The session cookie, which nobody but the server can read."""

from typing import Any

from cryptography.fernet import InvalidToken
from flask import Flask, Response
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature

from app.security import tokens

MAX_MESSAGES = 4


class _Sealed:
    """Reads and writes the session cookie encrypted: who holds the browser's files learns nobody's address or name from it."""

    def dumps(self, value: Any) -> str:
        return tokens.fernet("session").encrypt(TaggedJSONSerializer().dumps(value).encode()).decode()

    def loads(self, sealed: str, max_age: int) -> Any:
        try:
            return TaggedJSONSerializer().loads(tokens.fernet("session").decrypt(sealed.encode(), ttl=max_age).decode())
        except (InvalidToken, ValueError) as problem:
            raise BadSignature("this cookie is not ours") from problem


class SealedSessions(SecureCookieSessionInterface):
    """Flask's sessions in a cookie that is encrypted (Fernet) rather than only signed; of its messages the last few are kept."""

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return what reads and writes the cookie."""
        return _Sealed()

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Keep the cookie small enough for every browser, however many messages nobody has read (RFC 6265, 6.1)."""
        if len(session.get("_flashes", ())) > MAX_MESSAGES:
            session["_flashes"] = session["_flashes"][-MAX_MESSAGES:]
        super().save_session(app, session, response)
