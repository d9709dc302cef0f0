"""Rows of situations, which the rules of notices decide by: a visit, its people, and the plan that holds for it."""

from collections.abc import Mapping
from uuid import UUID

from booking import time_zones
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.notices.plans import agency_plan_of, plan_of
from booking.domain.events import Recorded
from booking.domain.notices.situation import Situation, Visit
from booking.domain.visits.booking import BookingStatus


def situation_of(row: Row, recorded: Recorded) -> Situation:
    former = recorded.event.moved_from
    return Situation(
        at=row.at,
        visit=visit_of(row) if row.booking_id else None,
        subjects=_known(
            {recorded.event.agent_id: row.subject, former.agent_id if former else None: row.former_subject}
        ),
        zone=time_zones.zone(row.zone),
        agency_zone=time_zones.zone(row.agency_zone),
        plan=plan_of(row),
        agency_plan=agency_plan_of(row),
        in_vain=row.in_vain,
    )


def situation_in(row: Row, sweep: Row) -> Situation:
    return Situation(
        at=sweep.at,
        subjects={},
        zone=time_zones.zone(row.zone),
        agency_zone=time_zones.zone(sweep.agency_zone),
        plan=plan_of(row),
        agency_plan=agency_plan_of(row),
    )


def visit_of(row: Row) -> Visit:
    return Visit(
        organization_id=row.organization_id,
        booking_id=row.booking_id,
        sequence=row.sequence,
        status=BookingStatus(row.status),
        deadline=row.deadline,
        slot_id=row.slot_id,
        property_id=row.property_id,
        agent_id=row.agent_id,
        applicant_id=row.applicant_id,
        erased=row.erased,
        start_time=row.start_time,
        end_time=row.end_time,
        day_starts=row.day_starts or (),
    )


def _known(subjects: Mapping[UUID | None, str | None]) -> Mapping[UUID, str]:
    return {agent_id: subject for agent_id, subject in subjects.items() if agent_id and subject}
