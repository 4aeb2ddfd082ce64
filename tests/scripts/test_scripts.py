"""The browser's scripts without a browser: their own tests, run by Node (nodejs.org/api/test.html)."""

import re
import subprocess

from config import ROOT


def test_the_scripts_do_what_their_own_tests_say() -> None:
    done = subprocess.run(["node", "--test", "tests/scripts/"], cwd=ROOT, capture_output=True, text=True, check=False)
    said = re.search(r"^. tests (\d+)$", done.stdout, re.MULTILINE)
    assert done.returncode == 0 and said and int(said[1]) > 30, done.stdout[-4000:] + done.stderr[-2000:]
