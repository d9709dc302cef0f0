"""What is not there for others to find: packages that libraries import where they are installed, and nobody needs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Whoever imports them in this block is told that they are not installed; unless they have been imported before."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how import is told that
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


class _Hollow(ModuleType):
    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


@contextmanager
def hollow(*names: str) -> Iterator[None]:
    """Whoever imports from them in this block gets None for each name: for parts of a package that its other parts pass
    on, and do not use."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update({name: _Hollow(name) for name in hidden})
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
