"""Feed in memory: an event has its position at once."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from booking.domain.delivery.feed import AVAILABILITY_CHANGED, Heard, Standing, Stretch, View, hears, hears_places
from booking.domain.events import Recorded
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryFeeds:
    state: State

    async def secret(self) -> bytes:
        return b"s" * 32

    async def views(self, caller: Caller) -> tuple[int, Sequence[View]]:
        found = (self._view(caller, one) for one in caller.organizations)
        return 1, [view for view in found if view is not None]

    async def standings(self, callers: Sequence[Caller]) -> tuple[int, Sequence[Mapping[UUID, Standing]]]:
        views = [(await self.views(caller))[1] for caller in callers]
        return 1, [{view.organization_id: view.standing for view in some} for some in views]

    async def page(self, read: Sequence[Stretch], *, types: Collection[str], limit: int) -> Sequence[Heard]:
        of = {one.view.organization_id: one for one in read}
        heard = []
        for recorded in self.state.events:
            event = recorded.event
            if (stretch := of.get(event.organization_id)) is None:
                continue
            position = self._of(event.organization_id).index(recorded) + 1
            by_name = hears(event, stretch.view) and (not types or event.type in types)
            as_places = hears_places(event, stretch.view) and (not types or AVAILABILITY_CHANGED in types)
            if stretch.after < position <= stretch.upto and (by_name or as_places):
                heard.append(Heard(recorded, position, by_name, as_places))
        return heard[:limit]

    def _of(self, organization_id: UUID) -> list[Recorded]:
        return [one for one in self.state.events if one.event.organization_id == organization_id]

    def _view(self, caller: Caller, organization_id: UUID) -> View | None:
        agent, applicants = caller.agent, self.state.applicants.values()
        row = self.state.agent((organization_id, agent.id)) if agent else None
        role = row.roles[0 if caller.claimed else 1] if row else None
        person = [
            one.id
            for one in applicants
            if (one.organization_id, one.user_id) == (organization_id, caller.subject) and one.user_id
        ]
        if role is None and not person:
            return None
        return View(
            organization_id=organization_id,
            agent_id=row.id if row and role else None,
            admin=role is AgentRole.ADMIN,
            applicant_id=person[0] if person else None,
            first=1,
            last=len(self._of(organization_id)),
        )


@dataclass(frozen=True, slots=True)
class MemoryListener:
    woken: asyncio.Event

    async def news(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.woken.wait()
        except TimeoutError:
            return False
        self.woken.clear()
        return True


@dataclass(frozen=True, slots=True)
class MemoryHeads:
    state: State

    @contextmanager
    def listening(self, organizations: Collection[UUID]) -> Iterator[MemoryListener]:
        listener = MemoryListener(asyncio.Event())
        self.state.listeners.add(listener.woken)
        try:
            yield listener
        finally:
            self.state.listeners.discard(listener.woken)

    async def look(self, others: Collection[UUID]) -> Collection[UUID]:
        return others
