"""Temporary files in memory. Why: a test's database costs 0.02 s of processor time there, and 0.2 s on a disk."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that must be free. Why: an instance of a test writes some 100 MB; a container's memory has 64 MB in all."""


def settle() -> None:
    """Have temporary files of this process, and of those that it starts, in memory; not where TMPDIR says otherwise."""
    if "TMPDIR" not in os.environ and _roomy(MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _roomy(folder: Path) -> bool:
    """Return whether there is room, for scripts that are run as well."""
    return (
        os.access(folder, os.W_OK)
        and shutil.disk_usage(folder).free >= ROOM
        and not os.statvfs(folder).f_flag & os.ST_NOEXEC
    )
