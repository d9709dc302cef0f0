"""Feed over HTTP: events in their order, as CloudEvents."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from msgspec import Meta

from booking.domain.people.caller import Caller
from booking.domain.refusals import InvalidCursor, PositionRetired
from booking.entrypoints.http.cloud_events import CloudEvent, cloud_event
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.wire import Distinct, Input, Output
from booking.service.delivery.feed import FeedService

LONGEST_WAIT = 20
MOST = 1_000
USUAL = 100

FeedType = Annotated[str, Meta(max_length=64, pattern=r"^[a-z_]+\.[a-z_]+(?!\n)$")]


class FeedQuery(Input):
    after: Annotated[str, Meta(max_length=8_192, pattern=r"^[A-Za-z0-9_-]+(?!\n)$")] | None = None
    types: Annotated[tuple[FeedType, ...], Distinct] = ()
    limit: Annotated[int, Meta(ge=1, le=MOST)] = USUAL
    wait: Annotated[int, Meta(ge=0, le=LONGEST_WAIT)] = 0


class FeedPage(Output):
    events: list[CloudEvent]
    position: str


@get(
    "/events",
    operation_id="listEvents",
    dependencies={"parameters": Query(FeedQuery)},
    opt={"refuses": (InvalidCursor, PositionRetired)},
)
async def list_events(
    parameters: NamedDependency[FeedQuery], caller: NamedDependency[Caller], feed: NamedDependency[FeedService]
) -> FeedPage:
    page = await feed.read(
        caller, parameters.after, types=parameters.types, limit=parameters.limit, wait=parameters.wait
    )
    return FeedPage(events=[cloud_event(one) for one in page.messages], position=page.position)


routes = (list_events,)
