"""Snapshots in PostgreSQL: lists that are read in pages, all of one instant."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from booking.adapters.postgres.colleagues import PostgresColleagues
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.people.applicants import PostgresApplicants
from booking.adapters.postgres.people.organizations import PostgresOrganizations
from booking.adapters.postgres.properties.properties import PostgresProperties
from booking.adapters.postgres.visits.bookings import PostgresBookings
from booking.adapters.postgres.visits.slots import PostgresSlots
from booking.adapters.postgres.visits.waitlists import PostgresWaitlists
from booking.domain.refusals import Unavailable
from booking.service.delivery.exports import Lists

T = TypeVar("T")

MOST = 2
"""Snapshots that are read at once in a process. Why: each keeps a connection, and what it has read, for a while."""

PATIENCE = 10.0  # seconds to wait for a turn


class PostgresSnapshots:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = asyncio.Semaphore(MOST)

    async def read(self, work: Callable[[Lists], Awaitable[T]]) -> T:
        """Return the result of `work`; Unavailable where no turn comes in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Unavailable from error
        try:
            return await self._database.snapshot(lambda snapshot: work(_lists(snapshot)))
        finally:
            self._turns.release()


def _lists(snapshot: Database) -> Lists:
    return Lists(
        bookings=PostgresBookings(snapshot),
        slots=PostgresSlots(snapshot),
        waitlists=PostgresWaitlists(snapshot),
        properties=PostgresProperties(snapshot),
        colleagues=PostgresColleagues(snapshot),
        applicants=PostgresApplicants(snapshot),
        organizations=PostgresOrganizations(snapshot),
    )
