"""The event loop that all commands run on: uvloop, wherever there is one."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from booking import logs

_new_loop: Callable[[], asyncio.AbstractEventLoop] | None
try:
    from uvloop import new_event_loop as _new_loop
except ImportError:  # Windows has none
    _new_loop = None

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    try:
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            return runner.run(main)
    finally:
        logs.flush()
