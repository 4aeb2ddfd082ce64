"""What Lighthouse says of the pages people see most, signed in as they are: `python -m benchmarks.lighthouse` (needs Node.js and npm).

Lighthouse can send a cookie with each of its own requests, but not with those of a service worker. So the demo journal is opened in a
Chromium that is signed in already, and Lighthouse is tied to that one.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from docs.screenshots.take import WRITER, an_entry
from tests.conftest import QUIET, chromium_program
from tests.serving.in_process_app import InProcessApp
from tests.serving.server import serving
from tests.smtp import free_port

PACKAGE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
DEVICES = {"telephone": [], "desktop": ["--preset=desktop"]}


def main() -> int:
    """Print the four scores of each page on a telephone and a desktop, and each audit that is not passed; 1 where an aim is missed."""
    port, missed = free_port(), 0
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(f"sqlite:///{folder}/journal.db", Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        server.command("demo")
        context = playwright.chromium.launch_persistent_context(
            f"{folder}/profile",
            executable_path=chromium_program(),
            args=[*QUIET, f"--remote-debugging-port={port}"],
            base_url=server.address,
        )
        missed += report("welcome", f"{server.address}/", port)
        InProcessApp(server).sign_in(context, WRITER)
        pages = {"journal": "/", "entry": an_entry(context.new_page()), "writing page": "/entry?another=1"}
        for name, path in pages.items():
            missed += report(name, server.address + path, port)
        context.close()
    return int(missed > 0)


def report(name: str, address: str, port: int) -> int:
    """Print what Lighthouse finds on a page; return how many scores are under their aim (95 for performance, 100 for the others)."""
    missed = 0
    for device, options in DEVICES.items():
        found = _audit(address, port, options)
        scores = {category: round(100 * found["categories"][category]["score"]) for category in CATEGORIES}
        missed += sum(score < (95 if category == "performance" else 100) for category, score in scores.items())
        print(f"{name:13} {device:10}", *(f"{category} {score:3}" for category, score in scores.items()), sep="  ")
        for audit in _not_passed(found):
            print(f"    {audit}")
    return missed


def _audit(address: str, port: int, options: list[str]) -> dict[str, Any]:
    command = ["npx", "--yes", PACKAGE, address, f"--port={port}", "--disable-storage-reset", "--output=json", "--quiet", *options]
    done = subprocess.run([*command, f"--only-categories={','.join(CATEGORIES)}"], stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _not_passed(found: dict[str, Any]) -> list[str]:
    weighed = {ref["id"] for name in CATEGORIES for ref in found["categories"][name]["auditRefs"] if ref["weight"]}
    audits = found["audits"]
    return [f"{name}: {audit['score']}" for name, audit in audits.items() if name in weighed and audit["score"] not in {None, 1}]


if __name__ == "__main__":
    sys.exit(main())
