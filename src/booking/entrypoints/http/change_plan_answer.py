"""Plan of a change as it is answered."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, convert

from booking.domain.planning import change_plan
from booking.domain.planning.change_plan import SlotFate
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.waitlist import EntryStatus
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


def shown_change(plan: change_plan.ChangePlan) -> ChangePlan:
    slots = [convert(slot, PlannedChange, from_attributes=True) for slot in plan.slots]
    return ChangePlan(hash=plan.hash, slots=slots)
