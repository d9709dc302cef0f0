"""Code to measure: this folder's, and that of former commits. Each serves a database of its own."""

import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

HERE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Release:
    """A repository of one commit. `name` is also its database's."""

    name: str
    repository: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """Its code comes before what is installed."""
        return {"PYTHONPATH": str(self.repository / "src")}

    @property
    def rows(self) -> str:
        return (self.repository / "bench" / "data.sql").read_text()


OURS = Release("ours", HERE)


@contextmanager
def former(commit: str, folder: Path) -> Iterator[Release]:
    """The files of a commit, outside of git, so that nothing is left behind."""
    name = _git("rev-parse", "--short=8", f"{commit}^{{commit}}").decode().strip()
    place = folder / f"release-{name}"
    with tarfile.open(fileobj=BytesIO(_git("archive", "--format=tar", name))) as files:
        files.extractall(place, filter="data")
    yield Release(name, place)


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=HERE, check=True, capture_output=True).stdout
