"""Turns: callers in this process that contend for the same thing go one after the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary


class Turns:
    """Queues by key, which exist while they are in use.

    Several keys are taken in one order, so that no two callers wait for each other.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Any, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, *keys: Any) -> AsyncIterator[None]:
        """Wait for the turn, and have it within the block."""
        async with AsyncExitStack() as stack:
            for key in sorted(set(keys)):
                await stack.enter_async_context(self._locks.setdefault(key, asyncio.Lock()))
            yield
