"""Commands run as processes of their own, and waited for."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PATIENCE = 60.0  # seconds until what must happen counts as not happening


def until(holds: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    """Waits for the thing; AssertionError if it does not come, or the process that should bring it has ended."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        assert process is None or process.poll() is None, process and process.communicate()[1]
        time.sleep(0.01)


@contextmanager
def booking(
    *words: object, environment: Mapping[str, str] | None = None, log: IO[str] | int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """`booking` with these words, until the end of the block. Whoever says much needs a file for it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "booking", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env={"BOOKING_DEV_PAGE": "0", **os.environ, **(environment or {})},
        process_group=0,  # its own, so that a test can signal all of it
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def read_env(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def alive(pid: int) -> bool:
    """Whether a process runs under this id; one that has ended and waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def children(pid: int) -> list[int]:
    """Of a process with one thread, or that they were started from its first."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]
