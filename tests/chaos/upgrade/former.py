"""The steps that the migrations take, by git's word, and the code of a commit at work in a process of its own."""

import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from booking.adapters.postgres import migrations
from booking.entrypoints.http.server.server import listen
from tests.chaos.load import PATIENCE
from tests.chaos.scene import Scene
from tests.chaos.service import SECRET

REPOSITORY = Path(__file__).parents[3]
RELEASE = "d88d6b0"
"""The release before this one: it runs beside this one while it is upgraded, however many commits lie between."""

PACKAGE = ("src", "db", "openapi3.yaml", "asyncapi.yaml")

# Asks whose code it is, for the one that is installed must not win. Releases before this one have other names.
SERVE = """
import inspect, socket, sys
from booking.config import Settings
try:
    import booking.cli.worker as serve
except ImportError:
    import booking.commands.serve as serve
if not serve.__file__.startswith(sys.argv[1]):
    sys.exit(f"another code runs: {serve.__file__}")
work = getattr(serve, "work", None) or serve._work
words = {"settings": Settings.read(), "listener": socket.socket(fileno=int(sys.argv[2]))}
asked = inspect.signature(work).parameters
if "counts" in asked:
    from booking.entrypoints.http.server.accepting import ConnectionCounts
    words |= {"number": 0, "counts": ConnectionCounts(1)}
elif "shares" in asked:
    from booking.entrypoints.http.acceptor import Shares
    words |= {"number": 0, "shares": Shares(1)}
sys.exit(work(**words))
"""


@dataclass(frozen=True)
class Step:
    """From the code of `before` to that of `after` (None: the working tree's), which brought these migrations."""

    before: str
    after: str | None
    migrations: tuple[migrations.Migration, ...]

    @property
    def name(self) -> str:
        first, last = self.migrations[0].version, self.migrations[-1].version
        return f"{first:04}" if first == last else f"{first:04} to {last:04}"


def steps() -> tuple[Step, ...]:
    """The newest first, which is all since the release before; LookupError where git does not tell. What came with the
    very first migration is none."""
    groups: dict[str | None, list[migrations.Migration]] = {}
    came_with = _came_with()
    for migration in migrations.known():
        groups.setdefault(came_with.get(migration.name), []).append(migration)
    if len(groups) < 2:
        raise LookupError("git's history begins with the newest migration: no code from before")
    newest, *earlier = reversed(list(groups.items())[1:])
    return (
        Step(_before(newest[0]), None, tuple(newest[1])),
        *(Step(_before(commit), commit, tuple(group)) for commit, group in earlier),
    )


def told() -> bool:
    """Whether git has the code from before: a shallow clone and an export have not."""
    try:
        return bool(steps())
    except LookupError:
        return False


def _came_with() -> dict[str, str]:
    """The commit that each migration came with; one that came after the release before, with none."""
    released = set(_git("rev-list", RELEASE).decode().split())
    told = _git("log", "--diff-filter=A", "--format=commit %H", "--name-only", "--", "db/migrations").decode()
    commits: dict[str, str] = {}
    for line in filter(None, told.splitlines()):
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif commit in released:
            commits.setdefault(Path(line).name, commit)
    return commits


def _before(commit: str | None) -> str:
    return _git("rev-parse", "--verify", f"{commit}~1" if commit else RELEASE).decode().strip()


def _git(*arguments: str) -> bytes:
    try:
        return subprocess.run(["git", "-C", REPOSITORY, *arguments], check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise LookupError("git tells of no code from before") from error


@dataclass(frozen=True)
class Former:
    process: "subprocess.Popen[bytes]"
    address: tuple[str, int]

    def end(self) -> int:
        """Told to; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def former(commit: str, made: Scene, folder: Path) -> Iterator[Former]:
    """An instance of that code, until the end of the block; its log stays in the folder."""
    tree = folder / commit
    if not tree.exists():
        with tarfile.open(fileobj=BytesIO(_git("archive", commit, *PACKAGE))) as archive:
            archive.extractall(tree, filter="data")
    # Nothing of our environment is passed on: its coverage would be of files that are gone by then.
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(tree / "src"),
        "DATABASE_URL": made.serving_url,
        "BOOKING_AUTH_HS256_SECRET": SECRET,
        "BOOKING_AUDIT_SECRET": SECRET,
        "BOOKING_LOG_LEVEL": "warning",
        "BOOKING_LOG_FORMAT": "json",
        "BOOKING_DRAIN_SECONDS": "0",
        "BOOKING_RELAY_LEASE_SECONDS": "2",
    }
    with listen("127.0.0.1", 0) as listener, (folder / f"{commit}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", SERVE, str(tree), str(listener.fileno())],
            cwd=tree,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(listener.fileno(),),
        )
        try:
            yield Former(process, listener.getsockname()[:2])
        finally:
            process.kill()
            process.wait()
