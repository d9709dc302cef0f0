"""History of bookings in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from booking.domain.events import Recorded
from booking.domain.paging import Page, Paging, Position
from booking.domain.people.caller import Caller
from booking.domain.visits.booking import UNMADE
from booking.domain.visits.history import Happening, NamedAgent
from booking.domain.visits.refusals import BookingNotFound
from tests.fakes.bookings import MemoryBookings
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryHistories:
    state: State

    async def page(self, booking_id: UUID, caller: Caller, paging: Paging) -> Page[Happening]:
        seen = [self._happening(one) for one in await self._seen(booking_id, caller)]
        if paging.after is not None:
            passed = list(takewhile(lambda one: _position(one) != paging.after, seen))
            seen = seen[len(passed) + 1 :]
        shown = seen[: paging.limit]
        return Page(items=shown, next=_position(shown[-1]) if len(seen) > paging.limit else None)

    async def _seen(self, booking_id: UUID, caller: Caller) -> Sequence[Recorded]:
        happened = [one for one in self.state.events if one.event.booking_id == booking_id]
        stored = [one for one in self.state.bookings.values() if one.id == booking_id]
        if not stored or stored[0].status in UNMADE:
            raise BookingNotFound
        try:
            await MemoryBookings(self.state).get(booking_id, caller)
        except BookingNotFound:
            left = [number for number, one in enumerate(happened, 1) if _names(one, caller)]
            if not left:
                raise
            return happened[: left[-1]]
        return happened

    def _happening(self, recorded: Recorded) -> Happening:
        actor, organization_id = recorded.event.actor, recorded.event.organization_id
        row = self.state.agents.get((organization_id, actor.subject or ""))
        by_agent = row and actor.role in {"member", "admin"} and NamedAgent(id=row.id, name=row.profile.name)
        return Happening(recorded=recorded, by_agent=by_agent or None)


def _names(recorded: Recorded, caller: Caller) -> bool:
    event, agent = recorded.event, caller.agent
    if agent is None or agent.organization_id != event.organization_id:
        return False
    return agent.id in {event.agent_id, event.moved_from and event.moved_from.agent_id}


def _position(one: Happening) -> Position:
    return Position(one.recorded.occurred_at, one.recorded.id)
