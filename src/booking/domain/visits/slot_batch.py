"""Batches of slots: many that are offered, or cancelled, in one request, each by itself or none without all others."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from booking.domain.people.refusals import AgentNotFound
from booking.domain.properties.property import PropertyStatus
from booking.domain.properties.refusals import PropertyArchived, PropertyWithdrawn
from booking.domain.refusals import BatchRefused, BatchTooLarge, Refusal
from booking.domain.values import Value
from booking.domain.visits import roster_changes
from booking.domain.visits.refusals import AgentBlocked, SlotCancelled, SlotInPast, SlotOverlap, VisitStarted
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.slots_by_start import SlotsByStart

LARGEST_BATCH = 500
CHUNK = 50
"""Items that are written together where each counts by itself."""
MOST_CLAIMS = 2_000
"""Claims that end together where all slots are cancelled or none."""


class BatchMode(StrEnum):
    ALL = "all"
    EACH = "each"


class Offer(Value, kw_only=True):
    """A slot as it is asked for; without an agent it is the caller's own."""

    property_id: UUID
    start_time: datetime
    end_time: datetime
    agent_id: UUID | None
    capacity: int


class Refused(NamedTuple):
    """Refusal of an item, with the slots that it overlaps, and the other items by their index."""

    refusal: Refusal
    slot_ids: Sequence[UUID] = ()
    items: Sequence[int] = ()


class Surroundings(NamedTuple):
    """Agents, properties and slots around slots to be offered, under their locks.

    `agents` have a role; `statuses`: of the properties that there are; `overlapped`: live slots that each item would
    overlap, by index; `blocked`: items at times that their agents have blocked; `withdrawn`: items at times from which
    on their properties are.
    """

    agents: Collection[UUID]
    statuses: Mapping[UUID, str]
    overlapped: Mapping[int, Sequence[UUID]]
    blocked: Set[int]
    withdrawn: Set[int]
    at: datetime


def refused(
    wanted: Mapping[int, Slot], alone: Mapping[int, Refused], known: Surroundings, mode: BatchMode
) -> Mapping[int, Refused]:
    """Return the items that cannot be offered, including the ones that cannot `alone`, as `judged`.

    One that is refused is in the way of none, unless all have to be.
    """
    found = dict(alone)
    earlier = _Earlier()
    for index, slot in wanted.items():
        items, slot_ids = earlier.overlapped(slot), known.overlapped.get(index, ())
        if slot.agent_id not in known.agents:
            found[index] = Refused(AgentNotFound())
        elif known.statuses.get(slot.property_id) == PropertyStatus.ARCHIVED:
            found[index] = Refused(PropertyArchived())
        elif index in known.withdrawn:
            found[index] = Refused(PropertyWithdrawn())
        elif slot.start_time <= known.at:
            found[index] = Refused(SlotInPast())
        elif index in known.blocked:
            found[index] = Refused(AgentBlocked())
        elif items or slot_ids:
            found[index] = Refused(SlotOverlap(), slot_ids, items)
        if index not in found or mode is BatchMode.ALL:
            earlier.add(index, slot)
    return judged(found, mode)


def judged(found: Mapping[int, Refused], mode: BatchMode) -> Mapping[int, Refused]:
    """Return the refused items; raise BatchRefused with all of them where one refuses all."""
    if found and mode is BatchMode.ALL:
        raise BatchRefused(dict(sorted(found.items())))
    return found


def cancel_each(rosters: Sequence[Roster], reason: str | None) -> Sequence[Roster | Refusal]:
    """Cancel the slots that can be, with everything on them; return why another cannot."""
    return [_cancelled(roster, reason) for roster in rosters]


def cancel_all(rosters: Sequence[Roster], reason: str | None) -> Sequence[Roster | Refusal]:
    """Cancel all of the slots; BatchTooLarge if more claims would end than may in one go."""
    if sum(len(roster.live) for roster in rosters) > MOST_CLAIMS:
        raise BatchTooLarge(f"more than {MOST_CLAIMS:,} bookings, holds and offers would end: cancel fewer, or each")
    return [roster_changes.cancel(roster, reason=reason) for roster in rosters]


def _cancelled(roster: Roster, reason: str | None) -> Roster | Refusal:
    try:
        return roster_changes.cancel(roster, reason=reason)
    except (SlotCancelled, VisitStarted) as refusal:
        return refusal


class _Earlier:
    """Earlier items, by agent and by property, so that few are compared."""

    def __init__(self) -> None:
        self._found: dict[object, SlotsByStart] = defaultdict(SlotsByStart)
        self._indexes: dict[UUID, int] = {}

    def add(self, index: int, slot: Slot) -> None:
        self._indexes[slot.id] = index
        for key in _keys(slot):
            self._found[key].add(slot)

    def overlapped(self, slot: Slot) -> Sequence[int]:
        near = (other for key in _keys(slot) for other in self._found[key].near(slot))
        return sorted({self._indexes[other.id] for other in near if slot.clashes(other)})


def _keys(slot: Slot) -> Iterable[object]:
    return ("agent", slot.agent_id), ("property", slot.property_id)
