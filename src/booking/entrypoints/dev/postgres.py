"""The embedded PostgreSQL of `booking dev` and of the tests: no root, no Docker, no orphans (ADR 2)."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Self
from urllib.parse import quote

from booking.entrypoints.dev.cluster import SUPERUSER, Cluster, EmbeddedPostgresError, open_cluster

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]

HOST = "127.0.0.1"
START_TIMEOUT = 60.0  # seconds; after a crash the server first replays what it had promised
POLL = 0.01  # seconds
PORT_ATTEMPTS = 5  # somebody may take a port between our finding it free and the server's using it
READY = 7  # the line of postmaster.pid, from 0, with the server's state

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",  # the races of the tests come over real connections
    "timezone": "UTC",
    "log_timezone": "UTC",
    "autovacuum_naptime": "5s",  # a minute is long for tables that were empty, and of which nothing is known till then
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Fast, then immediate (the next start recovers), then what nobody can refuse; Ctrl-C has 5 s for everything.
WAYS_TO_END = ((signal.SIGINT, 3.0), (signal.SIGQUIT, 0.5), (signal.SIGKILL, 0.5))


class EmbeddedPostgres:
    """A running server, from `start` to `stop` or to the end of its `with`."""

    def __init__(self, *, process: subprocess.Popen[bytes], port: int, password: str) -> None:
        self.port = port
        self._process = process
        self._password = password

    @classmethod
    def start(
        cls,
        data_dir: Path,
        *,
        durable: bool = True,
        settings: Mapping[str, str] = MappingProxyType({}),
        locked: Callable[[], None] = lambda: None,
    ) -> Self:
        """The server on this folder; durable=False gives up surviving a power cut, and is faster. `settings` of
        PostgreSQL's go before ours. `locked` is called once the folder is ours, before anything is made in it.

        To be called from a thread that lives as long as the server should, best the main one: on Linux the server
        ends with it. EmbeddedPostgresError if there is no server to be had.
        """
        with open_cluster(data_dir.resolve()) as cluster:
            locked()
            password = cluster.prepare(durable=durable)
            process, port = _serve(cluster, {**SETTINGS, **({} if durable else CARELESS), **settings})
        return cls(process=process, port=port, password=password)

    @property
    def pid(self) -> int:
        return self._process.pid

    def url(self, *, user: str, password: str, database: str) -> str:
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"postgresql://{login}@{HOST}:{self.port}/{quote(database, safe='')}"

    def superuser_url(self, database: str = "postgres") -> str:
        return self.url(user=SUPERUSER, password=self._password, database=database)

    def stop(self) -> None:
        """End the server, in order if it can; twice does no harm."""
        _end(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _serve(cluster: Cluster, settings: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """The server's process and port, once it takes connections."""
    _discard_stale_pid(cluster)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    for _ in range(PORT_ATTEMPTS):
        port = _free_port()
        process = cluster.launch("postgres", "-D", str(cluster.data), "-p", str(port), *options)
        try:
            if _became_ready(process, cluster):
                return process, port
        except BaseException:
            _end(process)
            raise
        if "Address already in use" not in cluster.said():
            break
    raise cluster.broken("the server ended at once")


def _discard_stale_pid(cluster: Cluster) -> None:
    """A power cut leaves this file behind, and whatever runs under its number by now would pass for our server.

    The lock is ours, so no server that we launched is alive; one that somebody launched by hand still bears its name.
    """
    pid_file = cluster.data / "postmaster.pid"
    if sys.platform != "linux" or not pid_file.exists():
        return
    comm = Path("/proc", pid_file.read_text().split("\n")[0], "comm")
    if not comm.is_file() or comm.read_text().strip() != "postgres":
        pid_file.unlink()


def _became_ready(process: subprocess.Popen[bytes], cluster: Cluster) -> bool:
    """True once the server says so, False if it ended instead."""
    pid_file, deadline = cluster.data / "postmaster.pid", time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if lines[READY:] and lines[0] == str(process.pid) and lines[READY].strip() == "ready":
            return True
        time.sleep(POLL)
    raise EmbeddedPostgresError(f"PostgreSQL is not ready after {START_TIMEOUT:.0f} s: {cluster.log.name} says why")


def _end(process: subprocess.Popen[bytes]) -> None:
    for how, patience in WAYS_TO_END:
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                continue


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
