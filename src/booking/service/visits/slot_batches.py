"""Batches of slots: many offered, or cancelled, in one request."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.policy import Policy
from booking.domain.refusals import NotYourSlot, Refusal, SlotNotFound
from booking.domain.visits import allowed_actions, slot_batch
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.availability import Availability, Places
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import SlotCancelled, VisitStarted
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_batch import BatchMode, Offer, Refused
from booking.service.ports import Clock, Directory, Lost, NewId, Policies, Rosters, Slots
from booking.service.retrying import retry_when_lost


class SlotBatches(Protocol):
    async def add(
        self, wanted: Mapping[int, Slot], alone: Mapping[int, Refused], mode: BatchMode, by: AgentRight, *, dry: bool
    ) -> Mapping[int, Refused]:
        """Save slots of one organization in one transaction; return the items that cannot be (`slot_batch.refused`).

        A `dry` run locks and judges in the same way, and saves nothing.
        BatchRefused with BatchMode.ALL if any cannot be, and nothing is saved. Lost if another was quicker.
        """


class Cancelled(NamedTuple):
    """Slot that was cancelled, and how many bookings with it."""

    slot_id: UUID
    bookings: int


Offered: TypeAlias = Mapping[int, SlotView | Refused]
"""Outcomes of offers, by index."""
Ended: TypeAlias = Mapping[int, Cancelled | Refused]
"""Outcomes of cancellations, by index."""


@dataclass(frozen=True, slots=True)
class SlotBatchService:
    batches: SlotBatches
    slots: Slots
    rosters: Rosters
    policies: Policies
    directory: Directory
    now: Clock
    new_id: NewId

    def require_own(self, caller: Caller, offers: Iterable[Offer]) -> None:
        """Raise WrongRole for a slot of a colleague, unless an admin offers it."""
        agent = caller.as_agent()
        if not agent.is_admin and any(offer.agent_id not in (None, agent.id) for offer in offers):
            raise WrongRole("only an admin may offer a slot for a colleague")

    async def offer(
        self, caller: Caller, offers: Mapping[int, Offer], mode: BatchMode, *, dry: bool = False
    ) -> Offered:
        """Offer slots in one transaction: each that can be, or all; BatchRefused, with every fault, if not all can be.

        An admin may do so for colleagues. A `dry` run has the same outcome, and saves nothing.
        """
        agent = caller.as_agent()
        self.require_own(caller, offers.values())
        owners = sorted({offer.agent_id or agent.id for offer in offers.values()})
        async with self.rosters.turn(*((agent.organization_id, owner) for owner in owners)):
            return await retry_when_lost(lambda: self._offer(caller, offers, mode, dry))

    async def cancel(self, caller: Caller, slot_ids: Mapping[int, UUID], mode: BatchMode, reason: str | None) -> Ended:
        """Cancel slots with everything on them, in one transaction: each that can be, or all; BatchRefused likewise.

        BatchTooLarge where all are to end, and too many claims would.
        """
        return await retry_when_lost(lambda: self._cancel(caller, slot_ids, mode, reason))

    async def _offer(self, caller: Caller, offers: Mapping[int, Offer], mode: BatchMode, dry: bool) -> Offered:
        home = caller.as_agent().organization_id
        policies = await self.policies.all_effective(home, {offer.property_id for offer in offers.values()})
        wanted, alone = self._made(caller, offers, policies, await self.now())
        if not wanted:
            return slot_batch.judged(alone, mode)
        views = await self._views(caller, wanted, policies)

        def told(refused: Mapping[int, Refused]) -> Offered:
            return {index: refused.get(index) or views[index] for index in offers}

        by = caller.acting_as_agent(*(slot.agent_id for slot in wanted.values()))
        return told(await self.batches.add(wanted, alone, mode, caller.keeping(by, told), dry=dry))

    def _made(
        self, caller: Caller, offers: Mapping[int, Offer], policies: Mapping[UUID, Policy], at: datetime
    ) -> tuple[Mapping[int, Slot], Mapping[int, Refused]]:
        """Make the slots; return those that can be by themselves, and the others."""
        agent = caller.as_agent()
        wanted: dict[int, Slot] = {}
        alone: dict[int, Refused] = {}
        for index, offer in offers.items():
            try:
                wanted[index] = Slot.offer(
                    id=self.new_id(),
                    organization_id=agent.organization_id,
                    property_id=offer.property_id,
                    agent_id=offer.agent_id or agent.id,
                    start_time=offer.start_time,
                    end_time=offer.end_time,
                    capacity=offer.capacity,
                    buffer=policies[offer.property_id].buffer,
                    at=at,
                )
            except Refusal as refusal:
                alone[index] = Refused(refusal)
        return wanted, alone

    async def _views(
        self, caller: Caller, wanted: Mapping[int, Slot], policies: Mapping[UUID, Policy]
    ) -> Mapping[int, SlotView]:
        slots = wanted.values()
        names = await asyncio.gather(
            *(self.directory.names(slot.organization_id, slot.property_id, slot.agent_id) for slot in slots)
        )
        offered = [
            Availability(
                slot=slot, places=Places(), policy=policies[slot.property_id], names=theirs, at=slot.created_at
            )
            for slot, theirs in zip(slots, names, strict=True)
        ]
        commitments = await self.slots.all_commitments(caller, offered)
        return {
            index: allowed_actions.view(one, caller, commitments) for index, one in zip(wanted, offered, strict=True)
        }

    async def _cancel(self, caller: Caller, slot_ids: Mapping[int, UUID], mode: BatchMode, reason: str | None) -> Ended:
        home = caller.as_agent().organization_id
        there = await self.slots.by_keys([(home, slot_id) for slot_id in slot_ids.values()])
        alone = {
            index: Refused(refusal)
            for index, slot_id in slot_ids.items()
            if (refusal := _standing_in_the_way(caller, there.get((home, slot_id))))
        }
        slot_batch.judged(alone, mode)
        wanted = {index: slot_id for index, slot_id in slot_ids.items() if index not in alone}
        if not wanted:
            return alone

        def change(rosters: Sequence[Roster]) -> Sequence[Roster | Refusal]:
            return (slot_batch.cancel_all if mode is BatchMode.ALL else slot_batch.cancel_each)(rosters, reason)

        def told(outcomes: Sequence[Roster | Refusal]) -> Ended:
            found = dict(zip(wanted, map(_told, outcomes), strict=True))
            return {index: alone.get(index) or found[index] for index in slot_ids}

        owners = {there[home, slot_id].slot.agent_id for slot_id in wanted.values()}
        by = caller.keeping(caller.acting_as_agent(*owners, demoted=NotYourSlot), told)
        keys: Sequence[Key] = [(home, slot_id) for slot_id in wanted.values()]
        try:
            return told(await self.rosters.change_all(keys, change, by))
        except (SlotCancelled, VisitStarted):  # since the look, which tells of all that stands in the way
            raise Lost from None


def _standing_in_the_way(caller: Caller, found: Availability | None) -> Refusal | None:
    try:
        if found is None:
            raise SlotNotFound
        caller.require_manages(found.slot.organization_id, found.slot.agent_id)
        found.slot.still_ahead(at=found.at)
    except Refusal as refusal:
        return refusal
    return None


def _told(outcome: Roster | Refusal) -> Cancelled | Refused:
    if isinstance(outcome, Refusal):
        return Refused(outcome)
    ended = [claim for claim in outcome.claims if claim.status is BookingStatus.CANCELLED_BY_AGENT]
    return Cancelled(outcome.slot.id, len(ended))
