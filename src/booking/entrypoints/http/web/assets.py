"""Files of the built page, read once and kept in memory, each with its Brotli form, made at build."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from booking import files

DIST = "web/dist"
INDEX = "index.html"
SCHEDULER = "visit-scheduler.js"
FOLDER = "assets"
MEDIA_TYPES = MappingProxyType(
    {
        ".css": "text/css",
        ".js": "text/javascript",
        ".json": "application/json",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".webp": "image/webp",
        ".woff2": "font/woff2",
    }
)
_BROTLI = re.compile(rb"(?:^|,)\s*br\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[01](?:\.\d*)?\s*)?(?=,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    media_type: str
    brotli: bytes | None
    tag: str


@dataclass(frozen=True, slots=True)
class Build:
    """All that one build has."""

    index: str
    scheduler: Asset | None
    assets: Mapping[str, Asset]


class Assets:
    """Build in a folder. It is read anew after another build."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: tuple[object, Build] | None = None

    def find(self) -> Build | None:
        """Return the build, None where there is none."""
        try:
            about = (self._folder / INDEX).stat()
            key = about.st_mtime_ns, about.st_ino
            if self._kept is None or self._kept[0] != key:
                self._kept = key, _read(self._folder)
        except FileNotFoundError:
            return None
        return self._kept[1]


def built_folder() -> Path:
    """Return where the page is: in the wheel, or where a checkout builds it."""
    try:
        return files.path(DIST)
    except FileNotFoundError:
        return files.REPOSITORY / DIST


def takes_brotli(accepted: bytes) -> bool:
    """Tell whether an Accept-Encoding names Brotli, and not with a weight of 0."""
    return _BROTLI.search(accepted) is not None


def _read(folder: Path) -> Build:
    scheduler = folder / SCHEDULER
    files = {file.name: file for file in (folder / FOLDER).iterdir() if file.suffix in MEDIA_TYPES}
    return Build(
        index=(folder / INDEX).read_text(encoding="utf-8"),
        scheduler=_asset(scheduler) if scheduler.exists() else None,
        assets=MappingProxyType({name: _asset(file) for name, file in files.items()}),
    )


def _asset(file: Path) -> Asset:
    body, small = file.read_bytes(), file.with_name(f"{file.name}.br")
    return Asset(
        body=body,
        media_type=MEDIA_TYPES[file.suffix],
        brotli=small.read_bytes() if small.exists() else None,
        tag=sha256(body).hexdigest()[:32],
    )
