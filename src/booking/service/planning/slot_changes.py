"""Changes of slots, by a plan that is looked at before."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeAlias
from uuid import UUID

from booking.domain.authority import By
from booking.domain.planning.job import Job, JobFailure
from booking.domain.planning.slot_moves import Surroundings
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot


class Change(NamedTuple):
    """Roster as it was, and as it is or would be."""

    was: Roster
    now: Roster


class Decided(NamedTuple):
    """Rosters as they are to be; one that is as it was may be a failure of the job."""

    rosters: Sequence[Roster]
    failures: Sequence[JobFailure] = ()


DecideSlots: TypeAlias = Callable[[Sequence[Roster], Surroundings], Decided]
"""What becomes of slots; whatever it raises, nothing is saved."""


class Overtaken(Exception):
    """Another process has done a step of the job since it was looked at."""


class Span(NamedTuple):
    """Time in which slots are, or will be."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, slots: Sequence[Slot]) -> "Span":
        return cls(min(slot.start_time for slot in slots), max(slot.end_time for slot in slots))


class SlotChanges(Protocol):
    async def change(
        self,
        slots: Sequence[Slot],
        decide: DecideSlots,
        by: By,
        *,
        agents: Collection[UUID] = (),
        within: Span,
        dry: bool = False,
        job: Job | None = None,
    ) -> Sequence[Change]:
        """Save slots of one organization as `decide` returns them, in one transaction; if `dry`, only decide.

        `agents` may have them then, `within` that time. Lost if one has another agent by now than `slots` say. The
        `job` whose step this is has gone through these slots, in the same transaction; Overtaken if it is not there any
        more where it was.
        """
