"""The event loop that all commands run on: uvloop, wherever there is one."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from booking import logs

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    try:
        from uvloop import new_event_loop
    except ImportError:  # Windows has none
        new_event_loop = None
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            return runner.run(main)
    finally:
        logs.flush()
