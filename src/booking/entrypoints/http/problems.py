"""Problem details (RFC 9457) of refusals: the only place where business words become HTTP."""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from urllib.parse import quote

import msgspec
import structlog
from litestar import Litestar, Request, Response
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.routes import HTTPRoute

from booking import logs
from booking.domain import refusals
from booking.domain.planning.plan import ShownPlan
from booking.domain.planning.refusals import BlockOverlapsSlots, PlanStale
from booking.domain.planning.schedule_change import ScheduleChangePlan
from booking.domain.refusals import Refusal
from booking.domain.visits.refusals import SlotTaken
from booking.domain.visits.slot_batch import Refused
from booking.entrypoints.http.change_plan_answer import shown_change, shown_schedule_change
from booking.entrypoints.http.plan_answer import shown_plan
from booking.entrypoints.http.secret_paths import without_secret
from booking.entrypoints.http.wire import Alternative, Appointment, FieldFault, ItemError, Overlap, Problem, RefusedItem
from booking.metrics import catalogue

if TYPE_CHECKING:
    from litestar.types import Message, Scope, Send

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER = 1  # seconds; an outage of ours is over soon or not at all

STATUS: Mapping[type[Refusal], int] = {
    refusals.Malformed: 400,
    refusals.Unauthenticated: 401,
    refusals.SignatureInvalid: 401,
    refusals.Forbidden: 403,
    refusals.NotFound: 404,
    refusals.MethodNotAllowed: 405,
    refusals.RequestTimeout: 408,
    refusals.Conflict: 409,
    refusals.PositionRetired: 410,
    refusals.PreconditionFailed: 412,
    refusals.BodyTooLarge: 413,
    refusals.Impossible: 422,
    refusals.PreconditionRequired: 428,
    refusals.RateLimited: 429,
    refusals.HeadersTooLarge: 431,
    refusals.InternalError: 500,
    refusals.Unavailable: 503,
}

log = structlog.get_logger()

AnyRequest = Request[Any, Any, Any]


def status_of(refusal: type[Refusal]) -> int:
    """Return the status of a refusal, by its nearest class in the table."""
    return next(STATUS[kind] for kind in refusal.__mro__ if kind in STATUS)


_quoted = lru_cache(256)(quote)
_status = cast("Callable[[type[Refusal]], int]", cache(status_of))


class ProblemResponse(NamedTuple):
    """Refusal on the wire; its media type is MEDIA_TYPE."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def problem_response(path: str, refusal: Refusal) -> ProblemResponse:
    status = _status(type(refusal))
    if isinstance(refusal, refusals.RateLimited):
        catalogue.rate_limited.add(1, refusal.allowance.name)
    faults = refusal.faults if isinstance(refusal, refusals.InvalidRequest) else ()
    problem = Problem(
        type=f"urn:booking:problem:{refusal.code}",
        title=refusal.title,
        status=status,
        detail=refusal.detail,
        instance=_quoted(without_secret(path)),
        code=refusal.code,
        alternatives=_alternatives(refusal),
        results=_results(refusal),
        slots=_slots(refusal),
        plan=_plan(refusal),
        request_id=logs.request_id.get(),
        errors=[msgspec.convert(fault, FieldFault, from_attributes=True) for fault in faults] if faults else None,
    )
    return ProblemResponse(status, _headers(refusal, status), msgspec.json.encode(problem))


async def send_refusal(send: "Send", path: str, refusal: Refusal, *headers: tuple[bytes, bytes]) -> None:
    """Answer with a refusal where no handler is asked."""
    found = problem_response(path, refusal)
    own = [(name.lower().encode(), value.encode()) for name, value in found.headers.items()]
    length = (b"content-length", b"%d" % len(found.body))
    media_type = (b"content-type", MEDIA_TYPE.encode())
    await send({"type": "http.response.start", "status": found.status, "headers": [media_type, length, *own, *headers]})
    await send({"type": "http.response.body", "body": found.body, "more_body": False})


def answer_refusal(request: AnyRequest, refusal: Refusal) -> Response[bytes]:
    # Litestar raises it from a group that has it inside: a circle, which would keep the body until the collector comes.
    refusal.__cause__ = refusal.__context__ = None
    found = problem_response(request.scope["path"], refusal)
    return Response(found.body, status_code=found.status, media_type=MEDIA_TYPE, headers=dict(found.headers))


def answer_http_exception(request: AnyRequest, exception: HTTPException) -> Response[bytes]:
    """Answer a refusal of Litestar's own, before any handler."""
    match exception.status_code:
        case 404:
            refusal: Refusal = refusals.NotFound("there is no such route")
        case 405:
            refusal = refusals.MethodNotAllowed(_allowed(request.app, request.scope["path"]))
        case status if status < 500:
            refusal = refusals.MalformedRequest("the request cannot be read")
        case _:
            return answer_anything_else(request, exception)
    return answer_refusal(request, refusal)


def answer_anything_else(request: AnyRequest, exception: Exception) -> Response[bytes]:
    return answer_refusal(request, fault(exception))


def fault(exception: Exception) -> refusals.InternalError:
    """Log an unexpected exception and return InternalError. Why: messages may quote personal data."""
    state, statement = (getattr(exception, name, None) for name in ("sqlstate", "statement"))
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(exception.__traceback__)]
    log.error("unhandled", error=type(exception).__name__, statement=statement, sqlstate=state, frames=frames)
    return refusals.InternalError()


def _alternatives(refusal: Refusal) -> list[Alternative] | None:
    if not isinstance(refusal, SlotTaken):
        return None
    return [
        Alternative(
            id=availability.slot.id,
            property_id=availability.slot.property_id,
            start_time=availability.slot.start_time,
            end_time=availability.slot.end_time,
            places_left=availability.places_left,
        )
        for availability in refusal.alternatives or ()
    ]


def _results(refusal: Refusal) -> list[RefusedItem] | None:
    if not isinstance(refusal, refusals.BatchRefused):
        return None
    return [RefusedItem(index=index, status="refused", error=item_error(item)) for index, item in refusal.items.items()]


def _slots(refusal: Refusal) -> list[Appointment] | None:
    if not isinstance(refusal, BlockOverlapsSlots):
        return None
    return msgspec.convert(refusal.slots, list[Appointment], from_attributes=True)


def _plan(refusal: Refusal) -> msgspec.Struct | None:
    if not isinstance(refusal, PlanStale):
        return None
    match refusal.plan:
        case ShownPlan() as plan:
            return shown_plan(plan)
        case ScheduleChangePlan() as plan:
            return shown_schedule_change(plan)
        case plan:
            return shown_change(plan)


def item_error(item: Refused) -> ItemError:
    overlaps = [Overlap(slot_id=one, index=None) for one in item.slot_ids]
    overlaps += [Overlap(slot_id=None, index=index) for index in item.items]
    of = item.refusal
    return ItemError(code=of.code, title=of.title, detail=of.detail, overlaps=overlaps)


def _headers(refusal: Refusal, status: int) -> dict[str, str]:
    if isinstance(refusal, refusals.Unauthenticated):
        return {"WWW-Authenticate": 'Bearer error="invalid_token"' if refusal.token_given else "Bearer"}
    if isinstance(refusal, refusals.SignatureInvalid):
        return {"WWW-Authenticate": "Webhook-Signature"}
    if isinstance(refusal, refusals.MethodNotAllowed):
        return {"Allow": ", ".join(refusal.allowed)}
    if isinstance(refusal, refusals.RateLimited):
        return {"Retry-After": str(refusal.allowance.reset)}
    if isinstance(refusal, refusals.RequestTimeout):
        return {"Connection": "close"}
    soon = status == 503 or isinstance(refusal, refusals.IdempotencyInProgress)
    return {"Retry-After": str(RETRY_AFTER)} if soon else {}


async def tell_methods(message: "Message", scope: "Scope") -> None:
    """Complete the methods in an answer to OPTIONS, because Litestar knows only some of them."""
    if message["type"] == "http.response.start" and scope.get("method") == "OPTIONS":
        headers = MutableScopeHeaders(message)
        if "Allow" in headers:
            headers["Allow"] = ", ".join(_allowed(scope["litestar_app"], scope["path"]))


def _allowed(app: Litestar, given: str) -> list[str]:
    """RFC 9110, section 15.5.6: a 405 says which methods there are. Litestar does not.

    HEAD goes where GET does: `Access` has it answered so.
    """
    path = given.rstrip("/") or "/"
    for route in app.routes:
        if isinstance(route, HTTPRoute) and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", route.path_format), path):
            return sorted({*route.methods, "HEAD"} if "GET" in route.methods else route.methods)
    return []
