"""Commands of `manage.py`, each in a process of its own that is forked from one which has read all code.

Reading it takes a second of a processor, and hundreds of tests begin so. Whatever is about the start itself runs `manage.py`
anew (`is_fresh`).
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import config

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["tests.serving.everything"])


class Command:
    """A running command: what `subprocess.Popen` offers, as far as tests need it."""

    def __init__(self, environ: Mapping[str, str], arguments: tuple[str, ...], output: Path, errors: Path, given: str = "") -> None:
        self._process = _forking.Process(target=_run, args=(dict(environ), arguments, output, errors, given))
        self._process.start()
        self.pid = self._process.pid or 0

    def poll(self) -> int | None:
        """Return the exit status, a negative signal where one ended the process, None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status; raise subprocess.TimeoutExpired after `timeout` seconds."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("manage.py", timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, if the process is there yet."""
        if self._process.is_alive():
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)


Process = Command | subprocess.Popen[bytes]


def start(environ: Mapping[str, str], *arguments: str, log: Path, is_fresh: bool = False) -> Process:
    """Start a command that writes all it says to `log`."""
    if not is_fresh:
        return Command(environ, arguments, log, log)
    with log.open("wb") as output:
        return subprocess.Popen([sys.executable, "manage.py", *arguments], cwd=config.ROOT, env=dict(environ), stdout=output, stderr=output)


def manage(environ: Mapping[str, str], *arguments: str, given: str = "") -> str:
    """Run a command to its end, `given` being its standard input, and return what it prints; raise CalledProcessError where it fails."""
    with tempfile.TemporaryDirectory(prefix="daybook-command-") as folder:
        output, errors = Path(folder, "output"), Path(folder, "errors")
        status = Command(environ, arguments, output, errors, given).wait()
        printed, said = output.read_text(), errors.read_text()
    if status:
        print(said, file=sys.stderr)  # pytest shows it beside the failure
        raise subprocess.CalledProcessError(status, arguments, printed, said)
    return printed


def _run(environ: dict[str, str], arguments: tuple[str, ...], output: Path, errors: Path, given: str) -> None:
    os.chdir(config.ROOT)
    os.environ.clear()
    os.environ.update(environ)
    with tempfile.TemporaryFile("w+") as file, output.open("ab") as printed, errors.open("ab") as said:
        file.write(given)
        file.seek(0)
        for stream, number in ((file, 0), (printed, 1), (said, 2)):
            os.dup2(stream.fileno(), number)
    sys.stdin, sys.argv = open(0, encoding="utf-8", closefd=False), ["manage.py", *arguments]  # noqa: SIM115  # a number, until the end
    tempfile.tempdir = None
    from manage import cli

    cli(arguments)
