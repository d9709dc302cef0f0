"""Flights: those who ask the same at the same time share one answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from booking.adapters.postgres.database import alone

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Flights(Generic[K, T]):
    """Whoever asks while an answer is under way gets the next one, with all who came meanwhile.

    So of a thousand rivals who look at one slot, a few ask the database; and nobody is told what was so before they
    asked. A caller who goes away leaves the others their answer. Within a joint transaction everybody asks alone: they
    see what that has written, and others must not.
    """

    def __init__(self, fetch: Callable[[K], Awaitable[T]]) -> None:
        self._fetch = fetch
        self._boarding: dict[K, asyncio.Task[T]] = {}
        self._under_way: dict[K, asyncio.Task[T]] = {}

    async def ask(self, key: K) -> T:
        if not alone():
            return await self._fetch(key)
        flight = self._boarding.get(key)
        if flight is None:
            flight = asyncio.create_task(self._fly(key, self._under_way.get(key)))
            flight.add_done_callback(_noticed)
            self._boarding[key] = flight
        return await asyncio.shield(flight)

    async def _fly(self, key: K, before: "asyncio.Task[T] | None") -> T:
        if before is not None:
            await asyncio.wait([before])
        flight = self._boarding.pop(key)
        self._under_way[key] = flight
        try:
            return await self._fetch(key)
        finally:
            if self._under_way.get(key) is flight:
                del self._under_way[key]


def _noticed(flight: "asyncio.Task[T]") -> None:
    """Its failure is told to whoever asked, if they are still there; nobody else has to hear of it."""
    if not flight.cancelled():
        flight.exception()
