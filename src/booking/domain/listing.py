"""A listing: what can be booked at one property, as it is at one instant.

Nothing is asked for more often, and nothing has more slots in it: so what all of them have in common is said once, and
of each only what differs, by columns. Whatever decides on one of them makes an opening of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from booking.domain.availability import Availability, Places
from booking.domain.policy import Policy
from booking.domain.slot import Slot, SlotStatus
from booking.domain.values import Value, derived


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


class Listing(Value, kw_only=True, dict=True):
    """`columns`: for each field of `Listed` what the slots have there, at least one, in the order of their starts.

    `awaited`: those of the slots that have places to be offered to people who wait, beside those that are public.
    `memo`: what whoever shows it has kept of it, as long as all but `policy` and `at` are the same; None where nothing
    is kept.
    """

    organization_id: UUID
    property_id: UUID
    policy: Policy
    at: datetime
    columns: Sequence[Sequence[Any]]
    awaited: Sequence[UUID] = ()
    memo: dict[Any, Any] | None = None

    @derived
    def slots(self) -> Sequence[Listed]:
        return list(map(Listed._make, zip(*self.columns, strict=True)))

    @classmethod
    def of(cls, availabilities: Sequence[Availability]) -> "Listing":
        """Of public ones, at least one, which are all of one property."""
        one = availabilities[0]
        return cls(
            organization_id=one.slot.organization_id,
            property_id=one.slot.property_id,
            policy=one.policy,
            at=one.at,
            columns=list(zip(*map(_listed, availabilities), strict=True)),
            awaited=[availability.slot.id for availability in availabilities if availability.awaited_in_vain],
        )

    def __len__(self) -> int:
        return len(self.columns[0])

    @property
    def first(self) -> Availability:
        return self.availability(Listed._make([column[0] for column in self.columns]))

    def availability(self, listed: Listed) -> Availability:
        """Who has its other places, and when its agent is free again, makes no difference to what is public."""
        return Availability(
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


def _listed(availability: Availability) -> Listed:
    slot = availability.slot
    return Listed(
        id=slot.id,
        agent_id=slot.agent_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        capacity=slot.capacity,
        places_left=availability.places_left,
        created_at=slot.created_at,
        updated_at=slot.updated_at,
    )
