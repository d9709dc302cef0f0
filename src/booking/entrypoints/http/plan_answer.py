"""Plan of a schedule as it is answered, and with `plan_stale`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Meta

from booking import time_zones
from booking.domain.planning.local_time import ClockChange
from booking.domain.planning.plan import ClashKind, ShownPlan
from booking.entrypoints.http.wire import Instant, Output

Count = Annotated[int, Meta(ge=0)]


class PlanClash(Output):
    kind: ClashKind
    slot_id: UUID | None
    occurrence: str | None


class PlanSlot(Output):
    occurrence: str
    start_time: Instant
    end_time: Instant
    local_start_time: str
    local_end_time: str
    treated: ClockChange | None
    clashes: list[PlanClash]


class PlanCounts(Output):
    slots: Count
    clashes: Count
    gaps: Count
    folds: Count


class SchedulePlan(Output):
    hash: str
    counts: PlanCounts
    slots: list[PlanSlot]
    left_out: list[str]


def local(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def shown_plan(shown: ShownPlan) -> SchedulePlan:
    plan = shown.plan
    zone = time_zones.zone(plan.draft.of.schedule.time_zone)
    treated = [slot.treated for slot in plan.draft.slots]
    return SchedulePlan(
        hash=plan.hash,
        counts=PlanCounts(
            slots=len(treated),
            clashes=len(plan.refused),
            gaps=treated.count(ClockChange.GAP_SHIFTED),
            folds=treated.count(ClockChange.FOLD_FIRST),
        ),
        slots=[
            PlanSlot(
                occurrence=local(slot.occurrence),
                start_time=slot.start_time,
                end_time=slot.end_time,
                local_start_time=_in_zone(slot.start_time, zone),
                local_end_time=_in_zone(slot.end_time, zone),
                treated=slot.treated,
                clashes=[
                    PlanClash(
                        kind=clash.kind,
                        slot_id=clash.slot_id,
                        occurrence=local(clash.occurrence) if clash.occurrence else None,
                    )
                    for clash in shown.clashes.get(index, ())
                ],
            )
            for index, slot in enumerate(plan.draft.slots)
        ],
        left_out=list(map(local, plan.draft.left_out)),
    )


def _in_zone(at: datetime, zone: ZoneInfo) -> str:
    return local(at.astimezone(zone))
