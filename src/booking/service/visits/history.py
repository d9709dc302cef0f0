"""History of a booking, for its applicant, its agents now and before, and admins."""

import asyncio
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.paging import Page, Paging
from booking.domain.people.caller import Caller
from booking.domain.refusals import InvalidCursor
from booking.domain.visits import history
from booking.domain.visits.history import Happening, HistoryEntry
from booking.service.ports import Directory


class Histories(Protocol):
    async def page(self, booking_id: UUID, caller: Caller, paging: Paging) -> Page[Happening]:
        """Return the events of a booking in the order in which they happened, from the moment of their commit on.

        To a caller who sees the booking, all of them; to an agent who saw it once, those until the last one that names
        this agent. BookingNotFound for all others, and for a hold or an offer.
        """


@dataclass(frozen=True, slots=True)
class HistoryService:
    histories: Histories
    directory: Directory

    async def list(self, caller: Caller, booking_id: UUID, *, paging: Paging) -> Page[HistoryEntry]:
        """List the events of a booking, as far as the caller may know them; InvalidCursor where none follow it."""
        page = await self.histories.page(booking_id, caller, paging)
        if paging.after is not None and not page.items:
            raise InvalidCursor
        hosts = list({host for happening in page.items for host in happening.hosts})
        found = await asyncio.gather(*(self.directory.names(*host) for host in hosts))
        names = dict(zip(hosts, found, strict=True))
        return Page(items=[history.entry(one, caller, names) for one in page.items], next=page.next)
