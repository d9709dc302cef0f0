"""Offering, showing and cancelling slots."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking.domain.caller import Caller
from booking.domain.errors import SlotOverlap, WrongRole
from booking.domain.paging import Page, Paging, Window
from booking.domain.slot import Slot, SlotStatus
from booking.service.contest import contest
from booking.service.ports import Clock, Lost, NewId, Slots


@dataclass(frozen=True, slots=True)
class SlotService:
    slots: Slots
    now: Clock
    new_id: NewId

    async def offer(
        self, caller: Caller, property_id: UUID, start_time: datetime, end_time: datetime, agent_id: UUID | None = None
    ) -> Slot:
        """Offer a slot; an admin may do so for a colleague."""
        agent = caller.as_agent()
        if agent_id not in (None, agent.id) and not agent.is_admin:
            raise WrongRole("only an admin may offer a slot for a colleague")

        def slot(at: datetime) -> Slot:
            return Slot.offer(
                id=self.new_id(),
                organization_id=agent.organization_id,
                property_id=property_id,
                agent_id=agent_id or agent.id,
                start_time=start_time,
                end_time=end_time,
                at=at,
            )

        offered = slot(await self.now())
        try:
            await self.slots.add(offered, caller.acting_as_agent())
        except Lost:
            slot(await self.now())  # refuses if the start has passed meanwhile; what else can stand in the way:
            raise SlotOverlap from None
        return offered

    async def get(self, caller: Caller, slot_id: UUID) -> Slot:
        slot, _ = await self.slots.get(slot_id, caller)
        return slot

    async def list(
        self,
        caller: Caller,
        *,
        status: SlotStatus | None,
        property_id: UUID | None,
        window: Window,
        paging: Paging,
    ) -> Page[Slot]:
        """An agent's own slots; an admin's, the whole organization's."""
        agent = caller.as_agent()
        return await self.slots.of_organization(
            agent.organization_id,
            agent_id=None if agent.is_admin else agent.id,
            status=status,
            property_id=property_id,
            window=window,
            paging=paging,
        )

    async def bookable(self, caller: Caller, property_id: UUID, *, window: Window, paging: Paging) -> Page[Slot]:
        """What can be booked at a property, in every organization in view; an unknown property has nothing."""
        return await self.slots.bookable(property_id, caller.organizations, window=window, paging=paging)

    async def cancel(self, caller: Caller, slot_id: UUID) -> None:
        """Cancel a slot and, with it, its booking."""
        agent = caller.as_agent()

        async def attempt() -> None:
            slot, at = await self.slots.get(slot_id, caller)
            slot.cancel(by=agent, at=at)
            await self.slots.cancel(slot, caller.acting_as_agent())

        await contest(attempt)
