"""Messages of other services over HTTP: screenings, as they come over the queue."""

import re
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency

from booking import logs
from booking.domain.fault import Fault, FaultCode
from booking.domain.people.refusals import WrongOrganization
from booking.domain.refusals import InvalidRequest, Malformed, MalformedBody
from booking.entrypoints.http.inbound.signed_requests import REFUSALS
from booking.entrypoints.http.inbound.standard_webhooks import StandardRequests
from booking.entrypoints.http.inputs.decoding import no_parameters
from booking.entrypoints.http.inputs.field_faults import told
from booking.entrypoints.messages import screening_events
from booking.entrypoints.messages.envelopes import UNKNOWN_VALUE, MalformedEvent, UnknownEvent
from booking.metrics import catalogue
from booking.service.people.applicants import ApplicantService
from booking.tracing import spans

_MISSING = re.compile(r"Object missing required field `(\w+)`")


@post(
    "/inbound/screenings",
    operation_id="takeScreening",
    status_code=204,
    guards=[no_parameters],
    opt={"signed": True, "refuses": (MalformedBody, WrongOrganization, *REFUSALS)},
)
async def take_screening(
    request: Request[Any, Any, Any],
    inbound: NamedDependency[StandardRequests],
    applicants: NamedDependency[ApplicantService],
) -> None:
    """Register a screening. An event of another type is acknowledged, and counted."""
    signed, body = await inbound.receive(request)
    message, outcome = signed.message, "registered"
    try:
        received = screening_events.decode(body.decode(), signed.sent_at)
        signed.require(received.screening.organization_id)
        by = str(received.event_id or message.id)
        spans.rename(by)
        await applicants.take(received.screening, message, message_id=by)
    except UnknownEvent:
        outcome = "unknown"
    except (MalformedEvent, UnicodeError) as error:
        catalogue.inbound.add(1, message.sender, "malformed")
        raise _refusal(error) from None
    except WrongOrganization:
        catalogue.inbound.add(1, message.sender, "refused")
        raise
    catalogue.inbound.add(1, message.sender, outcome)
    logs.info(f"screening {outcome}", message_id=message.id, sender=message.sender)


routes = (take_screening,)


def _refusal(error: MalformedEvent | UnicodeError) -> Malformed:
    """Say what the queue's reader has found in the form of the other refusals."""
    field, separator, what = str(error).partition(": ")
    if isinstance(error, UnicodeError) or not separator:
        return MalformedBody()
    code, detail = FaultCode.REQUIRED, "is required"
    if missing := _MISSING.fullmatch(what):
        field = missing[1]
    elif what == UNKNOWN_VALUE:
        code, detail = FaultCode.NOT_ONE_OF, what
    elif what != detail:
        _, code, detail = told(what)
    return InvalidRequest([Fault(pointer=f"#/{field}", code=code, detail=detail)])
