"""The file of variables that describes a running instance: there once it can be used, and gone when it ends."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from booking.faults import Explained

Format = Literal["env", "json"]


class EnvFileRefused(Explained):
    """The file cannot be written where it is to stand; says why."""


@dataclass(slots=True)
class EnvFile:
    path: Path
    format: Format = "env"
    _content: bytes | None = None

    def check(self) -> None:
        """EnvFileRefused where it could not be written; before anything is started."""
        if self.path.is_dir():
            raise EnvFileRefused(f"{self.path} is a folder: name a file in it")
        if not self.path.parent.is_dir():
            raise EnvFileRefused(
                f"there is no folder {self.path.parent} for {self.path.name}: make it, or name another"
            )
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            raise EnvFileRefused(f"nothing can be written in {self.path.parent}: name another folder")

    def clear(self) -> None:
        """Remove the file of a former instance, so that it is not taken for this one's."""
        self.path.unlink(missing_ok=True)

    def write(self, variables: Mapping[str, str]) -> None:
        if self.format == "json":
            content = msgspec.json.format(msgspec.json.encode(variables)) + b"\n"
        else:
            content = "".join(f"{name}={value}\n" for name, value in variables.items()).encode()
        write_privately(self.path, content)
        self._content = content

    def withdraw(self) -> None:
        """Remove it, unless another instance has written its own there."""
        try:
            if self._content is not None and self.path.read_bytes() == self._content:
                self.path.unlink()
        except OSError:
            return  # it is gone, or nobody's to remove


def write_privately(file: Path, content: bytes) -> None:
    """Whole or not at all, and for its owner's eyes only."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as draft_file:
        draft_file.write(content)
    draft.replace(file)
