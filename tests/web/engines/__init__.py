"""Firefox over BiDi, and Lighthouse: both from npm, in a package of its own, installed when they are first wanted."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec

from booking.entrypoints.dev.page_build import REPOSITORY, WORK, install, npm

HERE = Path(__file__).parent
FIREFOXES = ("firefox-esr", "firefox")
NO_FIREFOX = "no Firefox: install Debian's `firefox-esr`, or say where one is in BOOKING_FIREFOX"
PATIENCE = 240  # seconds


def firefox() -> str | None:
    """Return the path of the browser, None where there is none."""
    given = os.environ.get("BOOKING_FIREFOX")
    return shutil.which(given) if given else next(filter(None, map(shutil.which, FIREFOXES)), None)


def run(program: str, *arguments: str, **environment: str) -> Any:
    """Run one of the programs beside this file; return what it says."""
    command = npm(REPOSITORY, REPOSITORY / WORK)
    install(HERE, command)
    node = str(Path(command[0]).with_name("node"))
    ran = subprocess.run(
        [node, program, *arguments],
        cwd=HERE,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 0, ran.stderr
    return msgspec.json.decode(ran.stdout)
