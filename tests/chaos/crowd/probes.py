"""How a service fares meanwhile: `/health/live` asked on the beat, and its memory, from a process of its own."""

import http.client
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from tests.chaos.load import PATIENCE
from tests.chaos.service import Instance, forkserver

BEAT = 0.02  # seconds between two probes
GIVES_UP = 10.0  # seconds for one probe
LOOKS_EVERY = 5  # beats at the memory


@dataclass
class Probes:
    """`milliseconds` of each that was answered with 200, counted from when it was due. `peak` is in bytes."""

    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0
    peak: int = 0

    @property
    def p99(self) -> float:
        ordered = sorted(self.milliseconds) or [math.inf]
        return ordered[math.ceil(0.99 * len(ordered)) - 1]


@contextmanager
def probed(running: Instance) -> Iterator[Probes]:
    """Until the end of the block; what was found is there after it."""
    assert running.process is not None
    found, (ours, theirs) = Probes(), forkserver.Pipe()
    prober = forkserver.Process(target=_probe, args=(running.address, running.process.pid, theirs), daemon=True)
    prober.start()
    theirs.close()
    try:
        yield found
    finally:
        ours.send(None)
        assert ours.poll(PATIENCE), "the prober does not end"
        found.__dict__.update(ours.recv().__dict__)
        prober.join()
        ours.close()


def resident(pid: int | None) -> int:
    """Bytes of memory that a process has; 0 where the system does not tell."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def _probe(address: tuple[str, int], pid: int, told: Connection) -> None:
    """Over a kept connection and a fresh one in turn. Who is late makes up for it, so that no pause hides a delay."""
    found, kept, number = Probes(), http.client.HTTPConnection(*address, timeout=GIVES_UP), 0
    began = time.monotonic()
    while not told.poll(max(0.0, began + number * BEAT - time.monotonic())):
        due = began + number * BEAT
        if number % LOOKS_EVERY == 0:
            found.peak = max(found.peak, resident(pid))
        connection = kept if number % 2 else http.client.HTTPConnection(*address, timeout=GIVES_UP)
        if _lives(connection):
            found.milliseconds.append((time.monotonic() - due) * 1000)
        else:
            found.failed += 1
        if connection is not kept:
            connection.close()
        number += 1
    kept.close()
    told.send(found)


def _lives(connection: http.client.HTTPConnection) -> bool:
    try:
        connection.request("GET", "/health/live")
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return False
    return response.status == 200
