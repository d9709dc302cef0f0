"""Absences of agents: the handing over of their slots to colleagues, and the fate of the rest."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from booking.domain.people.refusals import AgentNotFound
from booking.domain.planning.slot_moves import Destination, Surroundings, moved
from booking.domain.refusals import Refusal
from booking.domain.values import Value
from booking.domain.visits import roster_changes
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.slots_by_start import SlotsByStart

DAY_ABOUT = timedelta(hours=12)
"""Before and after a slot: the time in which the slots of a colleague count. Why: agencies have several zones."""


class HandOver(StrEnum):
    """Way of the slots: to one colleague (TO), to any free one (ANY), or into cancellation (CANCEL)."""

    TO = "to"
    ANY = "any"
    CANCEL = "cancel"


class Left(StrEnum):
    """Fate of a slot without a free colleague: KEEP leaves it for a person to decide."""

    KEEP = "keep"
    CANCEL = "cancel"


class Resolved(NamedTuple):
    """Slot as it is to be. `refusal`: why it stays the absent agent's."""

    roster: Roster
    refusal: Refusal | None = None


class Absence(Value, kw_only=True):
    """Time at which an agent has no slots. `to_agent_id`: who takes them, where one colleague does."""

    agent_id: UUID
    start_time: datetime
    end_time: datetime
    hand_over: HandOver
    to_agent_id: UUID | None = None
    left: Left = Left.KEEP

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Absence":
        """Return the absence of a job's input."""
        return cls(
            agent_id=UUID(given["agent_id"]),
            start_time=datetime.fromisoformat(given["from"]),
            end_time=datetime.fromisoformat(given["to"]),
            hand_over=HandOver(given["hand_over"]),
            to_agent_id=UUID(given["to_agent_id"]) if given["to_agent_id"] else None,
            left=Left(given["left"]),
        )

    @property
    def given(self) -> Mapping[str, Any]:
        """Return the input of the absence's job."""
        return {
            "agent_id": str(self.agent_id),
            "from": self.start_time.isoformat(),
            "to": self.end_time.isoformat(),
            "hand_over": self.hand_over.value,
            "to_agent_id": self.to_agent_id and str(self.to_agent_id),
            "left": self.left.value,
        }

    def colleagues(self, acting: Collection[UUID]) -> Sequence[UUID]:
        """Return the agents to be asked, of all with a role; the one that is named in any case."""
        if self.hand_over is HandOver.ANY:
            return sorted({*acting} - {self.agent_id})
        return [self.to_agent_id] if self.to_agent_id else []

    def require_colleague(self, acting: Collection[UUID]) -> None:
        """Raise AgentNotFound if the one who is named is no other agent with a role."""
        if self.to_agent_id and self.to_agent_id not in {*acting} - {self.agent_id}:
            raise AgentNotFound

    def concerns(self, slot: Slot) -> bool:
        mine = slot.agent_id == self.agent_id and not slot.cancelled
        return mine and slot.start_time < self.end_time and self.start_time < slot.end_time

    def resolve(self, rosters: Sequence[Roster], around: Surroundings, colleagues: Sequence[UUID]) -> list[Resolved]:
        """Return each slot as it is to be, in their order. A slot that is taken counts for the next ones.

        A slot goes to a colleague who is free: with the fewest slots within twelve hours of it, and the lowest id.
        """
        taken = _Taken(around, colleagues)
        return [self._resolved(roster, taken) for roster in rosters]

    def _resolved(self, roster: Roster, taken: "_Taken") -> Resolved:
        if not self.concerns(roster.slot):
            return Resolved(roster)  # it has left meanwhile, by somebody else
        refusal: Refusal | None = None
        for colleague in taken.in_order(roster.slot):
            try:
                now = moved(roster, Destination(agent_id=colleague), taken.around(colleague, roster.slot))
            except Refusal as one:
                refusal = refusal or one
            else:
                taken.add(now.slot)
                return Resolved(now)
        if self.hand_over is HandOver.CANCEL or self.left is Left.CANCEL:
            try:
                return Resolved(roster_changes.cancel(roster, reason=None))
            except Refusal as one:
                refusal = one
        return Resolved(roster, refusal or AgentNotFound())


class _Taken:
    """Slots of colleagues, and those that they take."""

    def __init__(self, around: Surroundings, colleagues: Sequence[UUID]) -> None:
        self._around = around
        theirs: dict[UUID, list[Slot]] = {colleague: [] for colleague in colleagues}
        for slot in around.slots:
            if slot.agent_id in theirs:
                theirs[slot.agent_id].append(slot)
        self._slots = {colleague: SlotsByStart(slots) for colleague, slots in theirs.items()}

    def add(self, slot: Slot) -> None:
        self._slots[slot.agent_id].add(slot)

    def around(self, colleague: UUID, slot: Slot) -> Surroundings:
        """Return the surroundings there. Nothing else can be in the way: the property is where it was."""
        return self._around._replace(slots=self._slots[colleague].near(slot))

    def in_order(self, slot: Slot) -> Iterator[UUID]:
        many = {colleague: slots.count_about(slot.start_time, DAY_ABOUT) for colleague, slots in self._slots.items()}
        yield from sorted(many, key=lambda colleague: (many[colleague], colleague))
