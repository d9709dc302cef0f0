"""The event loop that all commands run on: uvloop, wherever there is one."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from booking import logs

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    try:
        with asyncio.Runner(loop_factory=_factory()) as runner:
            return runner.run(main)
    finally:
        logs.flush()


def _factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        from uvloop import new_event_loop
    except ImportError:  # Windows has none
        return None
    return new_event_loop
