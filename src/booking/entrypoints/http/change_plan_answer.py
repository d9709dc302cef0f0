"""Plan of a change as it is answered."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, convert

from booking.domain.planning import change_plan, schedule_change
from booking.domain.planning.change_plan import SlotFate
from booking.domain.planning.schedule_change import KeptFor
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.waitlist import EntryStatus
from booking.entrypoints.http.plan_answer import PlanSlot, local, shown_plan
from booking.entrypoints.http.wire import Input, Instant, Output

ClaimStatus = Annotated[str, Meta(extra_json_schema={"enum": [str(status) for status in BookingStatus]})]


PlanHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?!\n)$")]


class DryRunQuery(Input):
    dry_run: bool = False


class PlannedHour(Output):
    agent_id: UUID
    start_time: Instant
    end_time: Instant


class PlannedClaim(Output):
    booking_id: UUID
    applicant_id: UUID
    was: ClaimStatus
    becomes: ClaimStatus
    deadline: Instant | None


class PlannedEntry(Output):
    entry_id: UUID
    applicant_id: UUID
    was: EntryStatus
    becomes: EntryStatus


class PlannedChange(Output):
    slot_id: UUID
    property_id: UUID
    fate: SlotFate
    was: PlannedHour
    becomes: PlannedHour
    claims: list[PlannedClaim]
    waitlist: list[PlannedEntry]


class ChangePlan(Output):
    hash: str
    slots: list[PlannedChange]


class PlannedOccurrence(Output):
    occurrence: str
    kept: KeptFor | None
    slot: PlannedChange | None


class ScheduleChangePlan(Output):
    hash: str
    occurrences: list[PlannedOccurrence]
    made: list[PlanSlot]


def shown_change(plan: change_plan.ChangePlan) -> ChangePlan:
    return ChangePlan(hash=plan.hash, slots=list(map(_slot, plan.slots)))


def shown_schedule_change(plan: schedule_change.ScheduleChangePlan) -> ScheduleChangePlan:
    return ScheduleChangePlan(
        hash=plan.hash,
        occurrences=[
            PlannedOccurrence(
                occurrence=local(one.occurrence), kept=one.kept, slot=_slot(one.slot) if one.slot else None
            )
            for one in plan.occurrences
        ],
        made=shown_plan(plan.made).slots if plan.made else [],
    )


def _slot(slot: change_plan.PlannedChange) -> PlannedChange:
    return convert(slot, PlannedChange, from_attributes=True)
