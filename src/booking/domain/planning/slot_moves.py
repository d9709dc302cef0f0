"""Moves of slots: to another time or another agent, with everything on them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from booking.domain.people.refusals import AgentNotFound
from booking.domain.properties.refusals import PropertyWithdrawn
from booking.domain.values import Value
from booking.domain.visits import roster_changes
from booking.domain.visits.refusals import AgentBlocked, ApplicantBusy, SlotOverlap
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot


class Destination(Value, kw_only=True):
    """Time and agent that a slot is to have; None leaves the one that it has."""

    start_time: datetime | None = None
    agent_id: UUID | None = None

    def of(self, slot: Slot, *, at: datetime) -> Slot:
        """Return the slot as it would be there."""
        return slot.moved(start_time=self.start_time or slot.start_time, agent_id=self.agent_id or slot.agent_id, at=at)


class BusyTime(NamedTuple):
    """Time at which a person is not free."""

    person_id: UUID
    start_time: datetime
    end_time: datetime


class Surroundings(NamedTuple):
    """Surroundings of slots that are to move, under the locks of their agents and properties.

    `agents` have a role; `slots`: the live ones of the agents and properties at about that time, the moving ones with
    them; `blocks`: of the agents; `engagements`: of the people on those slots, elsewhere.
    """

    agents: Collection[UUID]
    slots: Sequence[Slot]
    blocks: Sequence[BusyTime]
    engagements: Sequence[BusyTime]


def moved(roster: Roster, destination: Destination, around: Surroundings) -> Roster:
    """Return the slot moved; or raise the refusal: AgentNotFound, PropertyWithdrawn, SlotOverlap, AgentBlocked or
    ApplicantBusy.
    """
    slot = destination.of(roster.slot, at=roster.at)
    if slot.agent_id not in around.agents:
        raise AgentNotFound
    if roster.policy.withdrawn(slot.start_time):
        raise PropertyWithdrawn
    if any(slot.clashes(other) for other in around.slots if other.id != slot.id):
        raise SlotOverlap
    if any(one.person_id == slot.agent_id and slot.meets(one) for one in around.blocks):
        raise AgentBlocked
    roster = roster_changes.move_slot(roster, start_time=slot.start_time, agent_id=slot.agent_id)
    binding = {claim.applicant_id: claim for claim in roster.live if claim.binding}
    if binding and any(one.person_id in binding and binding[one.person_id].meets(one) for one in around.engagements):
        raise ApplicantBusy
    return roster
