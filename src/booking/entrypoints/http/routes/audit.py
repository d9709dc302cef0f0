"""The audit over HTTP: for admins, what happened in their organization."""

from litestar import get
from litestar.di import NamedDependency

from booking.domain.audit import Audited, AuditFilter
from booking.domain.caller import Caller
from booking.domain.events import Appointment
from booking.domain.refusals import InvalidCursor, WrongRole
from booking.entrypoints.http import api
from booking.entrypoints.http.auth import admins_only
from booking.entrypoints.http.cursors import cursor_after, place_of
from booking.entrypoints.http.decoding import Query
from booking.service.audit import AuditService


@get(
    "/audit",
    operation_id="listAudit",
    guards=[admins_only],
    dependencies={"parameters": Query(api.AuditQuery)},
    opt={"refuses": (WrongRole, InvalidCursor)},
)
async def list_audit(
    parameters: NamedDependency[api.AuditQuery],
    caller: NamedDependency[Caller],
    audit: NamedDependency[AuditService],
) -> api.AuditPage:
    chosen = AuditFilter(
        type=parameters.type,
        subject=parameters.subject,
        slot_id=parameters.slot_id,
        booking_id=parameters.booking_id,
        applicant_id=parameters.applicant_id,
        since=parameters.since,
        until=parameters.until,
    )
    after = None if parameters.cursor is None else place_of(parameters.cursor)
    shown, last = await audit.list(caller, chosen, after=after, limit=parameters.limit)
    return api.AuditPage(events=[_shown(one) for one in shown], next_cursor=cursor_after(last))


routes = (list_audit,)


def _shown(audited: Audited) -> api.AuditedEvent:
    recorded, event = audited.recorded, audited.recorded.event
    return api.AuditedEvent(
        position=audited.organization_position,
        id=recorded.id,
        type=event.type,
        occurred_at=recorded.occurred_at,
        actor=api.AuditActor(subject=event.actor.subject, role=event.actor.role),
        request_id=event.actor.request_id,
        from_state=event.from_state,
        to_state=event.to_state,
        slot_id=event.slot_id,
        booking_id=event.booking_id,
        applicant_id=event.applicant_id,
        agent_id=event.agent_id,
        property_id=event.property_id,
        start_time=event.start_time,
        end_time=event.end_time,
        moved_from=_appointment(event.moved_from) if event.moved_from else None,
    )


def _appointment(one: Appointment) -> api.Appointment:
    return api.Appointment(
        slot_id=one.slot_id,
        property_id=one.property_id,
        agent_id=one.agent_id,
        start_time=one.start_time,
        end_time=one.end_time,
    )
