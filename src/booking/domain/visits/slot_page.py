"""Pages of bookable slots at a property, by columns. Start at PropertyPage.

Why by columns: no list is read more often. Most pages come from the store's cache and are shown as they were encoded.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import starmap
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from booking.domain.paging import Position
from booking.domain.people.caller import Caller
from booking.domain.people.names import NAMELESS, Names
from booking.domain.properties.policy import Policy
from booking.domain.values import Value, derived, replace
from booking.domain.visits.allowed_actions import SlotAction, on_slot, public_actions
from booking.domain.visits.availability import Availability, Places
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.slot import Slot, SlotStatus

Actions: TypeAlias = tuple[SlotAction, ...]


class BookableSlot(NamedTuple):
    """Slot of a page, without the fields that are the same for the whole page."""

    id: UUID
    agent_id: UUID
    agent_name: str | None
    start_time: datetime
    end_time: datetime
    capacity: int
    places_left: int
    created_at: datetime
    updated_at: datetime


class BookableView(NamedTuple):
    """Slot of a page, with the viewer's actions."""

    organization_id: UUID
    policy: Policy
    names: Names
    slot: BookableSlot
    actions: Actions


class SlotPage(Value, kw_only=True, dict=True):
    """Bookable slots of one organization at a property, at least one, ordered by start and id.

    `columns`: values of each field of BookableSlot. `awaited`: slots with free places to be offered to the waitlist.
    `names`: the property's; each slot has its agent's. `version`: identity of the page in the store's cache, None if it
    is not cached. `actions`: the viewer's, by slot.
    """

    organization_id: UUID
    property_id: UUID
    policy: Policy
    names: Names = NAMELESS
    at: datetime
    columns: Sequence[Sequence[Any]]
    awaited: Sequence[UUID] = ()
    version: object = None
    actions: Sequence[Actions] = ()

    @classmethod
    def of(cls, availabilities: Sequence[Availability]) -> "SlotPage":
        """Make a page of public availabilities, at least one, all at one property."""
        first = availabilities[0]
        return cls(
            organization_id=first.slot.organization_id,
            property_id=first.slot.property_id,
            policy=first.policy,
            names=replace(first.names, agent=None),
            at=first.at,
            columns=list(zip(*map(_bookable_slot, availabilities), strict=True)),
            awaited=[availability.slot.id for availability in availabilities if availability.awaited_in_vain],
        )

    def __len__(self) -> int:
        return len(self.columns[0])

    @derived
    def slots(self) -> Sequence[BookableSlot]:
        return list(starmap(BookableSlot, zip(*self.columns, strict=True)))

    def seen_by(self, caller: Caller, commitments: Commitments | None) -> "SlotPage":
        """Add the actions that the caller may take on each slot.

        Why: the rules are asked once for all slots that none of the caller's commitments concerns.
        """
        if caller.agent is None and (commitments is None or commitments.blank):
            return replace(self, actions=[self._common_actions(commitments)] * len(self))
        actions: list[Actions] = []
        common: dict[bool, Actions] = {}
        for slot in self.slots:
            manages = caller.agent is not None and caller.manages(self.organization_id, slot.agent_id)
            concerned = commitments is not None and commitments.concerns(slot)
            if concerned or (these := common.get(manages)) is None:
                these = on_slot(self._availability(slot), commitments=commitments, manages=manages)
                if not concerned:
                    common[manages] = these
            actions.append(these)
        return replace(self, actions=actions)

    def _common_actions(self, commitments: Commitments | None) -> Actions:
        if commitments is not None and commitments.applicant.eligible and not self.policy.limits_bookings:
            return public_actions(self.policy)
        first = BookableSlot._make([column[0] for column in self.columns])
        return on_slot(self._availability(first), commitments=commitments, manages=False)

    def _availability(self, slot: BookableSlot) -> Availability:
        """Return what the rules need of a public slot: its claimants make no difference to them."""
        return Availability(
            slot=Slot(
                id=slot.id,
                organization_id=self.organization_id,
                property_id=self.property_id,
                agent_id=slot.agent_id,
                start_time=slot.start_time,
                end_time=slot.end_time,
                busy_until=slot.end_time,
                capacity=slot.capacity,
                status=SlotStatus.AVAILABLE,
                reason=None,
                created_at=slot.created_at,
                updated_at=slot.updated_at,
            ),
            places=Places(booked=slot.capacity - slot.places_left),
            policy=self.policy,
            at=self.at,
        )


class PropertyPage(Value, kw_only=True, dict=True):
    """Page of a property over all organizations in view, ordered by start and id.

    Each of `pages` has one slot more than `limit`, if there are so many.
    """

    property_id: UUID
    pages: Sequence[SlotPage]
    limit: int

    @derived
    def _items(self) -> Sequence[BookableView]:
        items = [
            BookableView(page.organization_id, page.policy, page.names, slot, actions)
            for page in self.pages
            for slot, actions in zip(page.slots, page.actions, strict=True)
        ]
        return items if len(self.pages) == 1 else sorted(items, key=_start_and_id)

    @property
    def items(self) -> Sequence[BookableView]:
        return self._items[: self.limit]

    @property
    def next(self) -> Position | None:
        if len(self._items) <= self.limit:
            return None
        last = self._items[self.limit - 1].slot
        return Position(last.start_time, last.id)

    @property
    def cached(self) -> SlotPage | None:
        """The only page, if it is in the store's cache, and the viewer's actions are the same on all of its slots."""
        if len(self.pages) != 1:
            return None
        (page,) = self.pages
        same = page.actions.count(page.actions[0]) == len(page.actions)
        return page if same and page.version is not None else None


def _start_and_id(view: BookableView) -> tuple[datetime, UUID]:
    return view.slot.start_time, view.slot.id


def _bookable_slot(availability: Availability) -> BookableSlot:
    slot = availability.slot
    return BookableSlot(
        id=slot.id,
        agent_id=slot.agent_id,
        agent_name=availability.names.agent,
        start_time=slot.start_time,
        end_time=slot.end_time,
        capacity=slot.capacity,
        places_left=availability.places_left,
        created_at=slot.created_at,
        updated_at=slot.updated_at,
    )
