"""The ceremonies of passkeys and security keys: what the browser is asked, and whether what it answers is right.

Web Authentication, level 3 (w3.org/TR/webauthn-3), checked by the webauthn library; nothing here knows the database.
The library takes 7 MB and a tenth of a second, so it is loaded by the first key that is asked.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

MAX_CHARACTERS = 20_000
MAX_ID_BYTES = 1023
"""Web Authentication, level 3, section 4: credential ids are at most so long."""


class InvalidPasskeyResponse(Exception):
    """The answer of a key is none, is for another challenge or another place, or is not signed by that key."""


@dataclass(frozen=True)
class NewKey:
    """What is kept of a key: its id and its public half, in unpadded base64url, and how often it has signed."""

    credential_id: str
    public_key: str
    sign_count: int


@dataclass(frozen=True)
class Assertion:
    """Which key answers, and for which account it thinks it does (its user handle, perhaps empty); nothing is checked yet."""

    json: str
    credential_id: str
    user_handle: str


@dataclass(frozen=True)
class RelyingParty:
    """Where keys of this journal work: the relying party's id, and the origin of its pages."""

    rp_id: str
    origin: str


def relying_party() -> RelyingParty:
    """Return where keys work. It follows PUBLIC_URL; a loopback address stands for localhost, since addresses cannot have keys."""
    url = urlsplit(current_app.config["PUBLIC_URL"])
    host = url.hostname or ""
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        return RelyingParty(host, f"{url.scheme}://{url.netloc}")
    return RelyingParty("localhost", f"{url.scheme}://localhost" + (f":{url.port}" if url.port else ""))


def fresh_bytes() -> str:
    """Return 32 random bytes in base64url, for a challenge or a handle."""
    return secrets.token_urlsafe(32)


def ask_for_new(challenge: str, user_handle: str, username: str, display_name: str, known: Iterable[str]) -> str:
    """Return, as JSON, what a browser needs to make a key; keys that are `known` are not made twice."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, options_to_json
    from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement, UserVerificationRequirement

    selection = AuthenticatorSelectionCriteria(
        resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
    )
    options = webauthn.generate_registration_options(
        rp_id=relying_party().rp_id,
        rp_name="Daybook",
        user_id=base64url_to_bytes(user_handle),
        user_name=username,
        user_display_name=display_name,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=selection,
        exclude_credentials=_descriptors(known),
    )
    return options_to_json(options)


def ask(challenge: str, known: Iterable[str], needed: str) -> str:
    """Return, as JSON, what a browser needs to let a key sign; `needed` (`required`, `preferred`, `discouraged`): to know its owner."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=relying_party().rp_id,
        challenge=base64url_to_bytes(challenge),
        allow_credentials=_descriptors(known),
        user_verification=UserVerificationRequirement(needed),
    )
    return options_to_json(options)


def check_new(answer: str, challenge: str) -> NewKey:
    """Return the key that a browser made; raise InvalidPasskeyResponse."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

    try:
        made = webauthn.verify_registration_response(
            credential=_sized(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=relying_party().rp_id,
            expected_origin=relying_party().origin,
        )
    except Exception as problem:  # whatever a stranger sends and a parser stumbles over
        raise InvalidPasskeyResponse from problem
    if len(made.credential_id) > MAX_ID_BYTES:
        raise InvalidPasskeyResponse
    return NewKey(bytes_to_base64url(made.credential_id), bytes_to_base64url(made.credential_public_key), made.sign_count)


def read(answer: str) -> Assertion:
    """Return which key a browser's answer is from; raise InvalidPasskeyResponse where it is none."""
    from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json

    try:
        credential = parse_authentication_credential_json(_sized(answer))
    except Exception as problem:  # whatever a stranger sends and a parser stumbles over
        raise InvalidPasskeyResponse from problem
    handle = credential.response.user_handle
    return Assertion(answer, bytes_to_base64url(credential.raw_id), bytes_to_base64url(handle) if handle else "")


def check(answer: Assertion, challenge: str, public_key: str, sign_count: int, *, alone: bool) -> tuple[int, bool]:
    """Return the new count, and whether the key knew its owner, if it has signed the challenge here; raise InvalidPasskeyResponse."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes

    try:
        done = webauthn.verify_authentication_response(
            credential=answer.json,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=relying_party().rp_id,
            expected_origin=relying_party().origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=sign_count,
            require_user_verification=alone,
        )
    except Exception as problem:  # whatever a stranger sends and a parser stumbles over
        raise InvalidPasskeyResponse from problem
    return done.new_sign_count, done.user_verified


def _sized(answer: str) -> str:
    if not answer or len(answer) > MAX_CHARACTERS:
        raise ValueError("no answer of a key is so long, or so short")
    return answer


def _descriptors(known: Iterable[str]) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential_id)) for credential_id in known]
