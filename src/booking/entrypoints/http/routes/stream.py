"""Live stream of the feed over HTTP."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Meta

from booking.domain.caller import Caller
from booking.domain.refusals import InvalidCursor, PositionRetired, TooManyStreams
from booking.entrypoints.http.decoding import Query
from booking.entrypoints.http.event_stream import MEDIA_TYPE, EventStream
from booking.entrypoints.http.pipeline.steps import STREAM
from booking.entrypoints.http.routes.feed import FeedType
from booking.entrypoints.http.wire import Distinct, Input
from booking.service.streams import StreamService

LONGEST_TOKEN = 8_192

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class StreamQuery(Input):
    after: Annotated[str, Meta(max_length=LONGEST_TOKEN, pattern=r"^[A-Za-z0-9_-]+(?!\n)$")] | None = None
    types: Annotated[tuple[FeedType, ...], Distinct] = ()


@get(
    "/stream",
    operation_id="streamEvents",
    media_type=MEDIA_TYPE,
    dependencies={"parameters": Query(StreamQuery)},
    opt={"refuses": (InvalidCursor, PositionRetired, TooManyStreams)},
)
async def stream_events(
    request: Request[Any, Any, Any],
    parameters: NamedDependency[StreamQuery],
    caller: NamedDependency[Caller],
    streams: NamedDependency[StreamService],
) -> Response[bytes]:
    """Answer with a stream, which the pipeline sends; a reader that comes again says where it was in a header."""
    after = request.headers.get("last-event-id") or parameters.after
    listener = await streams.open(caller, after, parameters.types)
    request.scope["state"][STREAM] = EventStream(streams, listener)
    return Response(b"", media_type=MEDIA_TYPE, headers=HEADERS)


routes = (stream_events,)
