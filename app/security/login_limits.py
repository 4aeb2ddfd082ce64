"""Limits on guessing, on emails and on sign-ups: who may try a password now, how many emails a mailbox gets and a network causes.

A try is counted before the password is looked at, so that any number of tries at once cannot get past a limit, and taken
back when it was right. Names, addresses and mailboxes are kept as keyed hashes only.
"""

import hashlib
import hmac
import logging
import math
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Literal

from app import clock
from app.security import counters, tokens
from app.text import names
from app.text.folding import fold

log = logging.getLogger(__name__)

FREE_TRIES = 10
MAX_ATTEMPTS = 100
"""Failures in a row, NIST SP 800-63B-4 section 3.2.2; then only a reset by email opens the account to this browser."""
WAITS_MINUTES = (1, 2, 4, 8, 15)
TRIES_AN_ADDRESS, ADDRESS_WINDOW = 60, 3600
TRIES_OF_ALL, ALL_WINDOW = 1000, 300
CHALLENGES_AN_ADDRESS = 300
CODES_AN_ACCOUNT, CODES_WINDOW = 20, 3600
EMAILS_A_MAILBOX, MAILBOX_WINDOW = 5, 3600
EMAILS_A_NETWORK = 120
SIGN_UPS_A_NETWORK = 60
EmailKind = Literal["reset", "confirm", "sign-up", "move"]
REMEMBERED = 365 * 24 * 3600


class TooManyAttempts(Exception):
    """The limit is reached; trying makes sense again after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        self.retry_after = max(1, math.ceil(retry_after))
        super().__init__(f"again after {self.retry_after} seconds")


@dataclass(frozen=True)
class Attempt:
    """One counted try, and the counters it stands in."""

    account: str
    origin: str

    def succeeded(self) -> None:
        """Take it back: the account's counter starts again, those of the address and of everybody only lose this try."""
        _forget_failures(self.account)
        store = counters.storage()
        store.incr(self.origin, ADDRESS_WINDOW, -1)
        store.incr("everybody", ALL_WINDOW, -1)


def begin_attempt(name: str, address: str, trusted_device_id: str = "") -> Attempt:
    """Count a try at an account, or raise TooManyAttempts.

    `name` is what was typed, so that nobody learns from a limit which names are one account; `address` is the client's. A browser that
    its owner has signed in with before is counted apart (`trusted_device_id`, its id), so that strangers cannot keep the owner out.
    """
    origin = _key("address", _network(address))
    _count(origin, ADDRESS_WINDOW, TRIES_AN_ADDRESS)
    try:
        _count("everybody", ALL_WINDOW, TRIES_OF_ALL)
    except TooManyAttempts:
        if not trusted_device_id:
            raise
    account = _account(name, trusted_device_id)
    _count_failure(account)
    return Attempt(account, origin)


def count_code(name: str, trusted_device_id: str = "") -> None:
    """Count a try at an account's second factor, or raise TooManyAttempts: at most twenty an hour.

    A browser that its owner has signed in with before is counted apart, as in `begin_attempt`.
    """
    _count(_key("code", f"{fold(name)} {trusted_device_id}"), CODES_WINDOW, CODES_AN_ACCOUNT)


def count_key(address: str) -> None:
    """Count a challenge for a passkey that nobody's name goes with, or raise TooManyAttempts; passwords are counted apart."""
    _count(_key("challenge", _network(address)), ADDRESS_WINDOW, CHALLENGES_AN_ADDRESS)


def clear_failures(*typed: str | None) -> None:
    """Forget the failures at an account whose owner has proved the mailbox, under each of the names it is called by."""
    for name in filter(None, typed):
        _forget_failures(_account(name))


def forgive(*typed: str | None) -> None:
    """Forget the failures at an account as `clear_failures` does, if the store can be reached."""
    try:
        clear_failures(*typed)
    except counters.StoreAway:
        log.warning("the store of counters does not answer; failures at an account were not forgotten")


def _account(name: str, trusted_device_id: str = "") -> str:
    return _key("account", f"{names.fold_email(name) if '@' in name else fold(name)} {trusted_device_id}")


def _forget_failures(account: str) -> None:
    counters.storage().clear(f"{account}.failures")
    counters.storage().clear(f"{account}.turn")


def may_write_to(address: str, kind: EmailKind, client: str, trusted_device_id: str = "") -> bool:
    """Count an email that a stranger can cause, and say whether it may go: at most five of each kind an hour to one mailbox.

    What stands after a plus in an address makes no other mailbox. A browser that the owner has signed in with before is counted
    apart, so that nobody can use up the owner's own share. Raises TooManyAttempts where the client's network causes too many.
    """
    _count(_key("emails", _network(client)), MAILBOX_WINDOW, EMAILS_A_NETWORK)
    try:
        _count(_key("mailbox", f"{kind} {names.mailbox(address)} {trusted_device_id}"), MAILBOX_WINDOW, EMAILS_A_MAILBOX)
    except TooManyAttempts:
        return False
    return True


def count_sign_up(client: str) -> None:
    """Count an account that is about to be made from a network, or raise TooManyAttempts; before anything costly is done."""
    _count(_key("sign-ups", _network(client)), ADDRESS_WINDOW, SIGN_UPS_A_NETWORK)


def _count_failure(account: str) -> None:
    store, failures, turn = counters.storage(), f"{account}.failures", f"{account}.turn"
    number = store.incr(failures, REMEMBERED)
    if number < FREE_TRIES:
        return
    if number > MAX_ATTEMPTS:
        store.incr(failures, REMEMBERED, -1)
        raise TooManyAttempts(_left(failures))
    wait = WAITS_MINUTES[min(number - FREE_TRIES, len(WAITS_MINUTES) - 1)] * 60
    if store.incr(turn, wait) > 1:
        store.incr(failures, REMEMBERED, -1)
        raise TooManyAttempts(_left(turn))


def _count(key: str, window: int, most: int) -> None:
    store = counters.storage()
    if store.incr(key, window) > most:
        store.incr(key, window, -1)
        raise TooManyAttempts(_left(key))


def _left(key: str) -> float:
    return counters.storage().get_expiry(key) - clock.now().timestamp()


def _network(address: str) -> str:
    """Return what one client cannot easily change of its address: all of IPv4, the first 64 bits of IPv6 (RFC 6177).

    Some proxies write the port behind it, and IPv6 in brackets (RFC 7239, 6); what is no address counts as one client.
    """
    host = address.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return "no address"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)


def _key(kind: str, value: str) -> str:
    return f"{kind}.{hmac.new(tokens.derived('limits')[0], value.encode(), hashlib.sha256).hexdigest()[:32]}"
