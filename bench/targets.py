"""What is measured: the service of each release on two workers, and the Go peer where it and a Go tool are there."""

import compileall
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.releases import OURS, Release
from bench.stage import Stage

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds
SECRET = "bench-secret-bench-secret-bench-secret!"
POOL = 16  # connections of the peer
FIRST = 20_000
"""Of the slots to book. Those before lie at the times of the slots that are looked at: nobody would have twenty visits
there."""


@dataclass
class Target:
    """`used`: up to which of the slots to book all are gone; up to `cancelled` those in the upper half are booked and
    cancelled, up to `spare` booked. `started_within`: seconds to the first answer. `database`: none for the peer's."""

    name: str
    address: tuple[str, int]
    pid: int
    started_within: float
    database: str | None = None
    used: int = FIRST
    cancelled: int = 0
    spare: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"


@contextmanager
def ours(
    stage: Stage,
    folder: Path,
    workers: int = 2,
    environment: Mapping[str, str] | None = None,
    release: Release = OURS,
) -> Iterator[Target]:
    compileall.compile_dir(release.repository / "src", quiet=1)  # as pip leaves it where it is installed
    port = _free_port()
    described = {
        "DATABASE_URL": stage.url(release),
        "BOOKING_AUTH_HS256_SECRET": SECRET,
        "BOOKING_AUDIT_SECRET": SECRET,
        "BOOKING_HTTP_PORT": str(port),
        "BOOKING_WORKERS": str(workers),
        "BOOKING_LIMIT_WRITES": "100000000",  # counted as ever, and never used up
        "BOOKING_LOG_FORMAT": "json",
        "BOOKING_SQS_QUEUE_URL": "",
        "BOOKING_DRAIN_SECONDS": "0",
        **release.environment,
    }
    words = [sys.executable, "-m", "booking", "serve"]
    with _running(release.name, words, port, described | dict(environment or {}), folder, "/health/ready") as it:
        it.database = release.name
        it.cancelled = it.spare = stage.slots // 2
        yield it


@contextmanager
def go(stage: Stage, folder: Path, peer: Path) -> Iterator[Target]:
    port = _free_port()
    environment = {
        "DATABASE_URL": stage.peers,
        "JWT_SECRET": SECRET,
        "ADDR": f"{HOST}:{port}",
        "POOL": str(POOL),
        "BENCH_DIR": str(folder),
        "GOPATH": os.environ.get("GOPATH", "/usr/share/gocode"),
    }
    subprocess.run([peer / "run.sh", "build"], env=os.environ | environment, check=True)
    with _running("go", [str(peer / "run.sh")], port, environment, folder, "/healthz") as it:
        yield it


def peer_of(given: str | None) -> Path | None:
    """Its folder, or None with a word on why not."""
    folder = Path(given).resolve() if given else None
    if folder is None or not (folder / "run.sh").exists():
        why = f"no Go peer in {folder or 'GO_PEER='}"
    elif shutil.which("go") is None:
        why = "no Go tool"
    else:
        return folder
    print(f"{why}: the peer's columns, pgbench's among them, are left out", file=sys.stderr)
    return None


@contextmanager
def _running(
    name: str, words: list[str], port: int, environment: Mapping[str, str], folder: Path, ready: str
) -> Iterator[Target]:
    began = time.monotonic()
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(words, env=os.environ | environment, stdout=log, stderr=log)
        try:
            while not _answers(port, ready):
                assert process.poll() is None, f"{name} ended: see {log.name}"
                assert time.monotonic() - began < PATIENCE, f"{name} does not answer: see {log.name}"
                time.sleep(0.01)
            yield Target(name, (HOST, port), process.pid, time.monotonic() - began)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code == 404  # whoever has no such path is up
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
