"""Whether the address that the server is to listen at is free, and whether it listens."""

import errno
import os
import socket
from pathlib import Path

import click

REASONS = {
    errno.EADDRINUSE: "another program listens there already. Stop it, or set BIND to another port",
    errno.EACCES: "this account may not listen there. Set BIND to a port above 1023, or to an address of this machine",
    errno.EADDRNOTAVAIL: "this machine has no such address. Set BIND to one of its own, such as 127.0.0.1:8000",
}


def refuse_taken(bind: str) -> None:
    """Raise ClickException, with what to do, where nobody could listen at an address, or make a socket in its folder."""
    if not is_of_the_network(bind):
        folder = Path(bind.removeprefix("unix:")).absolute().parent
        if bind.startswith("unix:") and not os.access(folder, os.W_OK | os.X_OK):
            raise click.ClickException(f"Daybook can't listen on {bind}: {folder} isn't a folder that this account may write to.")
        return
    try:
        family, kind, protocol, _name, address = _resolved(bind)
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except UnicodeError:
        raise click.ClickException(f"Daybook can't listen on {bind}: that is no name of a host. Look at BIND.") from None
    except OSError as problem:
        reason = REASONS.get(problem.errno or 0, f"{problem.strerror or problem}. Look at BIND")
        raise click.ClickException(f"Daybook can't listen on {bind}: {reason}.") from None


def listens(bind: str) -> bool:
    """Say whether somebody answers at an address."""
    try:
        family, kind, protocol, _name, address = _resolved(bind)
        with socket.socket(family, kind, protocol) as trial:
            trial.settimeout(0.5)
            return trial.connect_ex(address) == 0
    except OSError:
        return False


def is_of_the_network(bind: str) -> bool:
    """Say whether this is a host and a port, rather than a socket in a folder."""
    return not bind.startswith(("unix:", "fd://"))


def _resolved(bind: str) -> tuple[int, int, int, str, tuple[str, int]]:
    host, _colon, port = bind.rpartition(":")
    found = socket.getaddrinfo(host.strip("[]") or "0.0.0.0", int(port), type=socket.SOCK_STREAM)  # noqa: S104  # as BIND says it
    return found[0]  # type: ignore[return-value]  # of TCP addresses the first two members are all that counts
