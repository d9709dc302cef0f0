"""What is not there for others to find: packages that libraries import where they are installed, and nobody needs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
