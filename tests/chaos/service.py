"""Instances of the service that can be killed: forked from a process that has everything loaded, on a socket of ours.

The socket outlives the instance, as it would behind a load balancer or systemd: who connects meanwhile waits.
"""

import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import time_machine

from booking.entrypoints.http.server.server import ENDS, listen

HOST_CLOCK = "BOOKING_TESTS_HOST_CLOCK"
"""So many seconds the clock of an instance's host is off; how fast it goes, and the monotonic one, stay true."""

APART = "BOOKING_TESTS_APART"
"""Set where an instance is the process of `booking serve` that sends, and does not serve (ADR 92)."""

SECRET = "only-for-tests-only-for-tests-only"

forkserver = multiprocessing.get_context("forkserver")
forkserver.set_forkserver_preload(["booking.cli.worker", "tests.chaos.proofs"])


def _serve(environment: Mapping[str, str], listener: socket.socket, log: str) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # as `booking serve` does until its server has handlers
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.environ.update(environment)
    time.tzset()
    if off := environment.get(HOST_CLOCK):
        time_machine.travel(time.time() + float(off)).start()
    from booking.cli.worker import work
    from booking.config import Settings
    from booking.entrypoints.http.server.accepting import ConnectionCounts

    number = 1 if APART in environment else 0
    sys.exit(work(number, Settings.read(), listener, ConnectionCounts(1)))


@dataclass
class Instance:
    environment: Mapping[str, str]
    listener: socket.socket
    log: Path
    process: ForkServerProcess | None = None

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.listener.getsockname()[:2]
        return host, port

    def start(self) -> None:
        self.process = forkserver.Process(
            target=_serve, args=(dict(self.environment), self.listener, str(self.log)), daemon=True
        )
        self.process.start()

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        assert self.process is not None
        self.process.join(60)
        assert self.process.exitcode is not None, "it does not end"
        return self.process.exitcode

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.ended()


@contextmanager
def instance(database_url: str, folder: Path, **environment: str) -> Iterator[Instance]:
    """One that is started, until the end of the block; its log stays in the folder."""
    described = {
        "DATABASE_URL": database_url,
        "BOOKING_AUTH_HS256_SECRET": SECRET,
        "BOOKING_AUDIT_SECRET": SECRET,
        "BOOKING_LIMIT_WRITES": "0",
        "BOOKING_LOG_LEVEL": "warning",
        "BOOKING_LOG_FORMAT": "json",
        "BOOKING_DRAIN_SECONDS": "0",
        "BOOKING_RELAY_LEASE_SECONDS": "2",
        "BOOKING_SQS_QUEUE_URL": "",
    }
    with listen("127.0.0.1", 0) as listener:
        listener.set_inheritable(True)
        running = Instance(described | environment, listener, folder / f"service-{listener.getsockname()[1]}.log")
        running.start()
        try:
            yield running
        finally:
            if running.process is not None and running.process.is_alive():
                running.kill()
