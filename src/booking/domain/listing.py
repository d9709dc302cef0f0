"""A listing: what can be booked at one property, as it is at one instant.

Nothing is asked for more often, and nothing has more slots in it: so what all of them have in common is said once, and
of each only what differs. Whatever decides on one of them makes an opening of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from booking.domain.opening import Opening, Places
from booking.domain.policy import Policy
from booking.domain.slot import Slot, SlotStatus
from booking.domain.values import dataclass


class Listed(NamedTuple):
    """A slot that can be booked, beside its listing."""

    id: UUID
    agent_id: UUID
    start_time: datetime
    end_time: datetime
    capacity: int
    places_left: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """In the order of their starts."""

    organization_id: UUID
    property_id: UUID
    policy: Policy
    at: datetime
    slots: Sequence[Listed]

    @classmethod
    def of(cls, openings: Sequence[Opening]) -> "Listing":
        """Of public ones, at least one, which are all of one property."""
        one = openings[0]
        return cls(
            organization_id=one.slot.organization_id,
            property_id=one.slot.property_id,
            policy=one.policy,
            at=one.at,
            slots=[_listed(opening) for opening in openings],
        )

    def opening(self, listed: Listed) -> Opening:
        """Who has its other places, and when its agent is free again, makes no difference to what is public."""
        return Opening(
            slot=Slot(
                id=listed.id,
                organization_id=self.organization_id,
                property_id=self.property_id,
                agent_id=listed.agent_id,
                start_time=listed.start_time,
                end_time=listed.end_time,
                busy_until=listed.end_time,
                capacity=listed.capacity,
                status=SlotStatus.AVAILABLE,
                reason=None,
                created_at=listed.created_at,
                updated_at=listed.updated_at,
            ),
            places=Places(booked=listed.capacity - listed.places_left),
            policy=self.policy,
            at=self.at,
        )


def _listed(opening: Opening) -> Listed:
    slot = opening.slot
    return Listed(
        id=slot.id,
        agent_id=slot.agent_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        capacity=slot.capacity,
        places_left=opening.places_left,
        created_at=slot.created_at,
        updated_at=slot.updated_at,
    )
