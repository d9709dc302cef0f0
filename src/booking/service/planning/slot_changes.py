"""Changes of slots, by a plan that is looked at before."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias
from uuid import UUID

from booking.domain.authority import By
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot


class Change(NamedTuple):
    """Roster as it was, and as it is or would be."""

    was: Roster
    now: Roster


DecideSlots: TypeAlias = Callable[[Sequence[Roster], Surroundings], Sequence[Roster]]
"""What becomes of slots; whatever it raises, nothing is saved."""


class Span(NamedTuple):
    """Time in which slots are, or will be."""

    since: datetime
    until: datetime


class SlotChanges(Protocol):
    async def change(
        self,
        slots: Sequence[Slot],
        decide: DecideSlots,
        by: By,
        *,
        agents: Collection[UUID],
        within: Span,
        dry: bool = False,
    ) -> Sequence[Change]:
        """Save slots of one organization as `decide` returns them, in one transaction; if `dry`, only decide.

        `agents` may have them then, `within` that time. Lost if one has another agent by now than `slots` say.
        """
