"""Deliveries to webhook endpoints over HTTP, for admins: shown, tried out, and made again."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, convert

from booking.domain.delivery.refusals import ReplayTooLarge, WebhookEndpointNotFound
from booking.domain.delivery.webhook_delivery import AttemptFilter, Positions, WebhookAttempt
from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import InvalidCursor, InvalidRequest, PositionRetired
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.guards import admins_only
from booking.entrypoints.http.inputs.decoding import Body, Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.wire import Input, Instant, Output, RowsQuery
from booking.service.delivery.webhook_deliveries import WebhookDeliveryService

PositionNumber = Annotated[int, Meta(ge=1, le=9_007_199_254_740_991)]
"""As large as every JSON parser reads exactly."""


class WebhookDeliveryQuery(RowsQuery):
    event_id: UUID | None = None
    failed: bool | None = None


class ReplayWebhookEvents(Input):
    """Positions, both ends included; or `failed`, all that failed."""

    from_position: PositionNumber | None = None
    to_position: PositionNumber | None = None
    failed: bool | None = None


class WebhookDelivery(Output):
    id: UUID
    event_id: UUID
    type: str
    position: int | None
    attempt: int
    attempted_at: Instant
    ms: int
    status: int | None
    failure: str | None
    answer: str | None


class WebhookDeliveryResponse(Output):
    delivery: WebhookDelivery


class WebhookDeliveryPage(Output):
    deliveries: list[WebhookDelivery]
    next_cursor: str | None


class WebhookReplay(Output):
    events: int


@post(
    "/webhook-endpoints/{endpoint_id:str}/test",
    operation_id="testWebhookEndpoint",
    status_code=200,
    guards=[admins_only, no_parameters],
    opt={"refuses": (WrongRole, WebhookEndpointNotFound)},
)
async def test_webhook_endpoint(
    endpoint_id: FromPath[str],
    caller: NamedDependency[Caller],
    webhook_deliveries: NamedDependency[WebhookDeliveryService],
) -> WebhookDeliveryResponse:
    attempt = await webhook_deliveries.test(caller, read_id(endpoint_id, WebhookEndpointNotFound))
    return WebhookDeliveryResponse(delivery=_shown(attempt))


@get(
    "/webhook-endpoints/{endpoint_id:str}/deliveries",
    operation_id="listWebhookDeliveries",
    guards=[admins_only],
    dependencies={"parameters": Query(WebhookDeliveryQuery)},
    opt={"refuses": (WrongRole, WebhookEndpointNotFound, InvalidCursor)},
)
async def list_webhook_deliveries(
    endpoint_id: FromPath[str],
    parameters: NamedDependency[WebhookDeliveryQuery],
    caller: NamedDependency[Caller],
    webhook_deliveries: NamedDependency[WebhookDeliveryService],
) -> WebhookDeliveryPage:
    id = read_id(endpoint_id, WebhookEndpointNotFound)  # noqa: A001 - the endpoint's own
    chosen = AttemptFilter(event_id=parameters.event_id, failed=parameters.failed)
    page = await webhook_deliveries.list(caller, id, chosen, paging_of(parameters, caller, id))
    return WebhookDeliveryPage(
        deliveries=[_shown(one) for one in page.items], next_cursor=cursor_of(page.next, parameters, caller, id)
    )


@post(
    "/webhook-endpoints/{endpoint_id:str}/replay",
    operation_id="replayWebhookEvents",
    status_code=202,
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(ReplayWebhookEvents)},
    opt={"refuses": (WrongRole, WebhookEndpointNotFound, PositionRetired, ReplayTooLarge)},
)
async def replay_webhook_events(
    endpoint_id: FromPath[str],
    content: NamedDependency[ReplayWebhookEvents],
    caller: NamedDependency[Caller],
    webhook_deliveries: NamedDependency[WebhookDeliveryService],
) -> WebhookReplay:
    id = read_id(endpoint_id, WebhookEndpointNotFound)  # noqa: A001 - the endpoint's own
    return _replay(await webhook_deliveries.replay(caller.showing(_replay), id, _positions(content)))


routes = (test_webhook_endpoint, list_webhook_deliveries, replay_webhook_events)


def _positions(asked: ReplayWebhookEvents) -> Positions | None:
    """Return the positions that are named, or None for all that failed; InvalidRequest unless it is one of both."""
    named = {"from_position": asked.from_position, "to_position": asked.to_position}
    if asked.failed is False:
        raise InvalidRequest([_fault("failed", FaultCode.NOT_ONE_OF, "can only be true")])
    if asked.failed:
        beside = [name for name, given in named.items() if given is not None]
        if beside:
            raise InvalidRequest([_fault(one, FaultCode.NOT_ALLOWED, "does not go with failed") for one in beside])
        return None
    if asked.from_position is None or asked.to_position is None:
        missing = [name for name, given in named.items() if given is None]
        raise InvalidRequest([_fault(one, FaultCode.REQUIRED, "is required without failed") for one in missing])
    return Positions(first=asked.from_position, last=asked.to_position)


def _fault(name: str, code: FaultCode, detail: str) -> Fault:
    return Fault(pointer=f"#/{name}", code=code, detail=detail)


def _replay(count: int) -> WebhookReplay:
    return WebhookReplay(events=count)


def _shown(attempt: WebhookAttempt) -> WebhookDelivery:
    return convert(attempt, WebhookDelivery, from_attributes=True)
