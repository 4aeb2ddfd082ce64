"""A security key in software, for tests without a browser: makes keys and signs challenges (Web Authentication, level 3)."""

import hashlib
import json
import secrets
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, WITH_KEY = 1, 4, 64


class SoftwareAuthenticator:
    """One credential. `origin`, `count` and `verifies` can be set to what an honest key would not say."""

    def __init__(self, origin: str = "http://localhost") -> None:
        self.origin = origin
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.handle = ""
        self.count = 0
        self.verifies = True

    def make(self, options: dict[str, Any]) -> str:
        """Answer what `navigator.credentials.create` is asked, without attestation."""
        self.handle = options["user"]["id"]
        numbers = self.private.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cose
        data = self._data(options["rp"]["id"], WITH_KEY) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"attestationObject": bytes_to_base64url(attestation)}, self._client("webauthn.create", options))

    def sign(self, options: dict[str, Any]) -> str:
        """Answer what `navigator.credentials.get` is asked."""
        self.count += 1
        data, client = self._data(options["rpId"], 0), self._client("webauthn.get", options)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"authenticatorData": bytes_to_base64url(data), "signature": bytes_to_base64url(signature), "userHandle": self.handle}
        return self._answer(response, client)

    def _data(self, rp_id: str, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        assert base64url_to_bytes(options["challenge"])
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str], client: bytes) -> str:
        credential_id = bytes_to_base64url(self.id)
        whole = {"id": credential_id, "rawId": credential_id, "type": "public-key", "clientExtensionResults": {}}
        return json.dumps({**whole, "response": {**response, "clientDataJSON": bytes_to_base64url(client)}})
