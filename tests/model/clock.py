"""A clock that stands still until it is moved, so that deadlines are met to the microsecond."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg

from tests.fakes import State


class Clock:
    """Of whichever store `move` sets the time of."""

    def __init__(self, move: Callable[[datetime], Awaitable[object]]) -> None:
        self._move = move
        self.at = datetime.now(UTC).replace(second=0, microsecond=0)

    async def forward(self, by: timedelta) -> None:
        self.at += by
        await self._move(self.at)

    @classmethod
    def of_memory(cls, state: State) -> "Clock":
        async def move(at: datetime) -> None:
            state.clock = lambda: at

        return cls(move)

    @classmethod
    def of_postgres(cls, owner: "asyncpg.Connection[asyncpg.Record]") -> "Clock":
        async def move(at: datetime) -> None:
            await owner.execute(
                "CREATE OR REPLACE FUNCTION booking_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
                f"AS 'SELECT timestamptz ''{at.isoformat()}'''"
            )

        return cls(move)
