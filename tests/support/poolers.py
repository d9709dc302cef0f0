"""Real poolers before a PostgreSQL: each PgBouncer that PGBOUNCER names, else the one that is installed."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE = 10.0  # seconds
TRACKING = (1, 21)

SETTINGS = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
pool_mode = transaction
logfile = {folder}/log
pidfile = {folder}/pid
"""


@dataclass(frozen=True, slots=True)
class PgBouncer:
    program: str
    version: tuple[int, int]

    @contextmanager
    def before(self, url: str, **settings: object) -> Iterator[str]:
        """The URL of the same database through it, in transaction mode and otherwise as it comes."""
        parts = urlsplit(url)
        with tempfile.TemporaryDirectory(prefix="booking-pooler-") as name:
            folder, own_port = Path(name), _free_port()
            text = SETTINGS.format(host=parts.hostname, port=parts.port, own_port=own_port, folder=folder)
            (folder / "ini").write_text(text + "".join(f"{key} = {value}\n" for key, value in settings.items()))
            (folder / "users").write_text(f'"{parts.username}" "{parts.password}"\n')
            command: list[str | Path] = [self.program, "-q", folder / "ini"]
            if os.geteuid() == 0:  # which it refuses to be
                folder.chmod(0o777)
                command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                try:
                    _until_it_listens(own_port, process)
                    place = f"{parts.username}:{parts.password}@127.0.0.1:{own_port}"
                    yield parts._replace(netloc=place).geturl()
                finally:
                    process.terminate()


@cache
def installed() -> tuple[PgBouncer, ...]:
    named = os.environ.get("PGBOUNCER", "").split(os.pathsep) if os.environ.get("PGBOUNCER") else []
    programs = (
        named or [found] if (found := shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")) else named
    )
    return tuple(PgBouncer(program, _version(program)) for program in programs)


def _version(program: str) -> tuple[int, int]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)", told)
    assert found, told
    return int(found[1]), int(found[2])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _until_it_listens(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "the pooler has ended"
            assert time.monotonic() < deadline, "the pooler does not listen"
            time.sleep(0.02)
        else:
            return
