"""Audit over HTTP: for admins, the events of their organization."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from msgspec import Meta

from booking.domain.audit import AuditFilter
from booking.domain.events import EventType
from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import InvalidCursor, InvalidRequest
from booking.entrypoints.http.cursors import cursor_after, place_of
from booking.entrypoints.http.guards import admins_only
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.wire import ActorRole, ActorVia, HappenedEvent, Output, PageQuery, Text
from booking.service.audit import AuditService


class AuditQuery(PageQuery):
    type: EventType | None = None
    subject: Annotated[Text, Meta(min_length=1, max_length=255)] | None = None
    slot_id: UUID | None = None
    booking_id: UUID | None = None
    applicant_id: UUID | None = None
    request_id: Annotated[str, Meta(pattern="^[A-Za-z0-9._:/+=-]{1,128}$")] | None = None
    wait: Annotated[int, Meta(ge=0, le=10)] = 0


class AuditActor(Output):
    subject: str | None
    role: ActorRole
    via: ActorVia | None


class AuditedEvent(HappenedEvent):
    position: int
    actor: AuditActor


class AuditPage(Output):
    events: Sequence[AuditedEvent]
    next_cursor: str | None


@get(
    "/audit",
    operation_id="listAudit",
    guards=[admins_only],
    dependencies={"parameters": Query(AuditQuery)},
    opt={"hot": True, "refuses": (WrongRole, InvalidCursor)},
)
async def list_audit(
    parameters: NamedDependency[AuditQuery],
    caller: NamedDependency[Caller],
    audit: NamedDependency[AuditService],
) -> AuditPage:
    if parameters.wait and parameters.request_id is None:
        raise InvalidRequest(
            [Fault(pointer="#/wait", code=FaultCode.NOT_ALLOWED, detail="belongs to a request_id", parameter="wait")]
        )
    chosen = AuditFilter(
        type=parameters.type,
        subject=parameters.subject,
        slot_id=parameters.slot_id,
        booking_id=parameters.booking_id,
        applicant_id=parameters.applicant_id,
        request_id=parameters.request_id,
        since=parameters.since,
        until=parameters.until,
    )
    after = place_of(parameters, caller)
    shown, last = await audit.list(
        caller, AuditedEvent, chosen, after=after, limit=parameters.limit, wait=parameters.wait
    )
    return AuditPage(events=shown, next_cursor=cursor_after(last, parameters, caller))


routes = (list_audit,)
