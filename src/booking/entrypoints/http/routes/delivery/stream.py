"""Live stream of the feed over HTTP."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta

from booking.domain.delivery.refusals import TooManyStreams
from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller
from booking.domain.refusals import InvalidCursor, InvalidRequest, PositionRetired
from booking.entrypoints.http.event_stream import MEDIA_TYPE, EventStream
from booking.entrypoints.http.inputs.decoding import Body, Query
from booking.entrypoints.http.pipeline.steps import CLAIMS, STREAM, TICKET
from booking.entrypoints.http.routes.delivery.feed import FeedType
from booking.entrypoints.http.wire import Distinct, Input, Instant, Output
from booking.service.delivery.stream_tickets import Ticket, TicketService
from booking.service.delivery.streams import StreamService

LONGEST_TOKEN = 8_192

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


Position = Annotated[str, Meta(max_length=LONGEST_TOKEN, pattern=r"^[A-Za-z0-9_-]+(?!\n)$")]


class StreamQuery(Input):
    after: Position | None = None
    types: Annotated[tuple[FeedType, ...], Distinct] = ()
    ticket: Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]+(?!\n)$")] | None = None


class CreateStreamTicket(Input):
    after: Position | None = None
    types: Annotated[tuple[FeedType, ...], Distinct] = ()


class StreamTicket(Output):
    ticket: str
    expires_at: Instant


@get(
    "/stream",
    operation_id="streamEvents",
    media_type=MEDIA_TYPE,
    dependencies={"parameters": Query(StreamQuery)},
    opt={"refuses": (InvalidCursor, PositionRetired, TooManyStreams), "ticket": True},
)
async def stream_events(
    request: Request[Any, Any, Any],
    parameters: NamedDependency[StreamQuery],
    caller: NamedDependency[Caller],
    streams: NamedDependency[StreamService],
) -> Response[bytes]:
    """Answer with a stream, which the pipeline sends; a reader that comes again says where it was in a header."""
    ticket: Ticket | None = request.scope["state"].get(TICKET)
    wanted = parameters if ticket is None else ticket
    if ticket is not None and (parameters.after or parameters.types):
        raise InvalidRequest([_said_by_the_ticket(name) for name in ("after", "types") if getattr(parameters, name)])
    listener = await streams.open(caller, request.headers.get("last-event-id") or wanted.after, wanted.types)
    request.scope["state"][STREAM] = EventStream(streams, listener)
    return Response(b"", media_type=MEDIA_TYPE, headers=HEADERS)


@post(
    "/stream-tickets",
    operation_id="createStreamTicket",
    dependencies={"content": Body(CreateStreamTicket, optional=True)},
    opt={"secret": True},
)
async def create_stream_ticket(
    request: Request[Any, Any, Any],
    content: NamedDependency[CreateStreamTicket],
    caller: NamedDependency[Caller],
    tickets: NamedDependency[TicketService],
) -> StreamTicket:
    claims = request.scope["state"][CLAIMS]
    issued = await tickets.issue(caller, claims, content.after, content.types)
    return StreamTicket(ticket=issued.name, expires_at=issued.expires_at)


routes = (stream_events, create_stream_ticket)


def _said_by_the_ticket(name: str) -> Fault:
    detail = "is not allowed with a ticket, which says it"
    return Fault(pointer=f"#/{name}", code=FaultCode.NOT_ALLOWED, detail=detail, parameter=name)
