"""Agents of an organization: their list, their profiles, and shutting one out."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.choices import BookingChoice, SlotChoice
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.agent import Colleague, Profile
from booking.domain.people.caller import Caller, Side
from booking.domain.people.refusals import AgentNotFound, CannotRemoveOneself
from booking.domain.values import replace
from booking.domain.visits.allowed_actions import BookingView, SlotView
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import SlotCancelled, VisitStarted
from booking.domain.visits.slot import SlotStatus
from booking.service.people.identity import CallerCache
from booking.service.ports import Clock
from booking.service.visits.bookings import BookingService
from booking.service.visits.slots import SlotService

OPEN = (SlotStatus.AVAILABLE, SlotStatus.BOOKED)
VISITS = (BookingStatus.PENDING_APPROVAL, BookingStatus.CONFIRMED)
AT_ONCE = 100
"""Rows of a page while all are gone through."""


class Colleagues(Protocol):
    async def of_organization(
        self, organization_id: UUID, *, q: str | None, inactive: bool, paging: Paging
    ) -> Page[Colleague]:
        """Return a page in the order in which they came; `q` is found anywhere in a name or an email, ASCII case
        ignored. Without `inactive` only those who are active.
        """

    async def get(self, key: Key) -> Colleague | None: ...

    async def change_profile(self, said: Mapping[str, str | None], by: AgentRight) -> Profile:
        """Change these fields in the profile of the right's agent, and leave the others."""

    async def set_shut_out(self, key: Key, by: AgentRight, *, shut_out: bool) -> Colleague:
        """Shut an agent out, or let them in again; AgentNotFound."""


class Removal(NamedTuple):
    """Agent who is shut out, with a page of their coming slots, and the visits there."""

    agent: Colleague
    slots: Page[SlotView]
    bookings: Mapping[UUID, Sequence[BookingView]]


@dataclass(frozen=True, slots=True)
class AgentService:
    colleagues: Colleagues
    slots: SlotService
    bookings: BookingService
    now: Clock
    callers: CallerCache = field(default_factory=CallerCache)

    async def list(self, caller: Caller, *, q: str | None, paging: Paging) -> Page[Colleague]:
        """List the agents of the caller's organization; for an admin, the inactive ones, too."""
        agent = caller.as_agent()
        return await self.colleagues.of_organization(agent.organization_id, q=q, inactive=agent.is_admin, paging=paging)

    async def get(self, caller: Caller, agent_id: UUID) -> Colleague:
        """Return an agent of the list, or raise AgentNotFound."""
        agent = caller.as_agent()
        found = await self.colleagues.get((agent.organization_id, agent_id))
        if found is None or not (found.active or agent.is_admin):
            raise AgentNotFound
        return found

    async def profile(self, caller: Caller) -> Profile | None:
        """Return the caller's own profile; None if they are no agent."""
        agent = caller.agent
        found = await self.colleagues.get((agent.organization_id, agent.id)) if agent else None
        return found.profile if found else None

    async def change_profile(self, caller: Caller, said: Mapping[str, str | None]) -> Profile:
        """Change these fields in the caller's own profile; None resets one."""
        return await self.colleagues.change_profile(said, caller.keeping(caller.acting_as_agent(), lambda kept: kept))

    async def remove(
        self, caller: Caller, agent_id: UUID, paging: Paging, *, cancel_slots: bool = False, reason: str | None = None
    ) -> Removal:
        """Shut an agent out at once, as an admin; with `cancel_slots`, cancel all of their coming slots, too.

        Why a repeated call does it again: each slot is cancelled by itself, so one that was cut off goes on.
        """
        caller = replace(caller, asked=None)  # the answer is of several changes, and kept after them
        by = caller.acting_as_admin()
        if by.key[1] == agent_id:
            raise CannotRemoveOneself
        agent = await self.colleagues.set_shut_out((by.key[0], agent_id), by, shut_out=True)
        self.callers.forget_agent(agent_id)
        if cancel_slots:
            await self._cancel_slots(caller, agent_id, reason)
        slots = await self._coming(caller, agent_id, paging)
        return Removal(agent, slots, await self._visits(caller, agent_id, slots.items))

    async def restore(self, caller: Caller, agent_id: UUID) -> Colleague:
        """Let an agent in again, as an admin."""
        by = caller.keeping(caller.acting_as_admin(), lambda kept: kept)
        agent = await self.colleagues.set_shut_out((by.key[0], agent_id), by, shut_out=False)
        self.callers.forget_agent(agent_id)
        return agent

    async def _cancel_slots(self, caller: Caller, agent_id: UUID, reason: str | None) -> None:
        paging: Paging | None = Paging(after=None, limit=AT_ONCE)
        while paging is not None:
            page = await self._coming(caller, agent_id, paging)
            for view in page.items:
                with suppress(SlotCancelled, VisitStarted):
                    await self.slots.cancel(caller, view.slot.id, reason)
            paging = replace(paging, after=page.next) if page.next else None

    async def _coming(self, caller: Caller, agent_id: UUID, paging: Paging) -> Page[SlotView]:
        chosen = SlotChoice(agent_id=agent_id, statuses=OPEN)
        return await self.slots.list(caller, chosen, window=Window(since=await self.now()), paging=paging)

    async def _visits(
        self, caller: Caller, agent_id: UUID, slots: Sequence[SlotView]
    ) -> Mapping[UUID, Sequence[BookingView]]:
        found: dict[UUID, list[BookingView]] = {view.slot.id: [] for view in slots}
        paging: Paging | None = Paging(after=None, limit=AT_ONCE) if slots else None
        while paging is not None:
            last = slots[-1].slot.start_time + timedelta(microseconds=1)
            page = await self.bookings.list(
                caller,
                BookingChoice(agent_id=agent_id, statuses=VISITS),
                side=Side.AGENT,
                window=Window(since=slots[0].slot.start_time, until=last),
                paging=paging,
            )
            for view in page.items:
                found.get(view.booking.slot_id, []).append(view)
            paging = replace(paging, after=page.next) if page.next else None
        return found
