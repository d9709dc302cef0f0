"""Calendar feeds over HTTP: made and revoked by their person, and read by calendar programs."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import field

from booking.domain.notices import calendar_feed as domain
from booking.domain.notices.refusals import CalendarFeedNotFound, TooManyCalendarFeeds
from booking.domain.people.caller import Caller, Side
from booking.domain.people.refusals import OrganizationNotFound, WrongRole
from booking.domain.refusals import InternalError, RateLimited, Unavailable
from booking.entrypoints.http.address_limit import AddressLimit
from booking.entrypoints.http.inputs.decoding import Body, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.revalidation import revalidated
from booking.entrypoints.http.wire import Input, Instant, Output
from booking.service.notices.calendar_feeds import CalendarFeedService, IssuedFeed

SUFFIX = ".ics"
MEDIA_TYPE = "text/calendar"  # in UTF-8, which is added
CACHED = {"Cache-Control": "private, no-cache", "Content-Disposition": 'inline; filename="visits.ics"'}


class CreateCalendarFeed(Input):
    """New feed. `side`: left out, or null, an agent's if they are one."""

    side: Side | None = field(default=None, name="as")
    organization_id: UUID | None = None


class CalendarFeed(Output):
    id: UUID
    organization_id: UUID
    side: Side = field(name="as")
    created_at: Instant


class CalendarFeedWithUrl(CalendarFeed):
    url: str


class CalendarFeedUrlResponse(Output):
    calendar_feed: CalendarFeedWithUrl


class CalendarFeedList(Output):
    calendar_feeds: list[CalendarFeed]


@post(
    "/calendar-feeds",
    operation_id="createCalendarFeed",
    guards=[no_parameters],
    dependencies={"content": Body(CreateCalendarFeed, optional=True)},
    opt={"secret": True, "refuses": (WrongRole, OrganizationNotFound, TooManyCalendarFeeds)},
)
async def create_calendar_feed(
    content: NamedDependency[CreateCalendarFeed],
    caller: NamedDependency[Caller],
    calendar_feeds: NamedDependency[CalendarFeedService],
) -> CalendarFeedUrlResponse:
    return _issued(await calendar_feeds.create(caller.showing(_issued), content.side, content.organization_id))


@get("/calendar-feeds", operation_id="listCalendarFeeds", guards=[no_parameters])
async def list_calendar_feeds(
    caller: NamedDependency[Caller], calendar_feeds: NamedDependency[CalendarFeedService]
) -> CalendarFeedList:
    return CalendarFeedList(calendar_feeds=[CalendarFeed(**_shown(one)) for one in await calendar_feeds.list(caller)])


@delete(
    "/calendar-feeds/{feed_id:str}",
    operation_id="deleteCalendarFeed",
    guards=[no_parameters],
    opt={"refuses": (CalendarFeedNotFound,)},
)
async def delete_calendar_feed(
    feed_id: FromPath[str], caller: NamedDependency[Caller], calendar_feeds: NamedDependency[CalendarFeedService]
) -> None:
    await calendar_feeds.remove(caller, read_id(feed_id, CalendarFeedNotFound))


@get(
    "/feeds/{file:str}",
    operation_id="readCalendarFeed",
    media_type=MEDIA_TYPE,
    opt={"page": True, "etag": True, "refuses": (CalendarFeedNotFound, RateLimited, InternalError, Unavailable)},
)
async def read_calendar_feed(
    file: FromPath[str],
    request: Request[Any, Any, Any],
    calendar_feeds: NamedDependency[CalendarFeedService],
    feed_limit: NamedDependency[AddressLimit],
) -> Response[bytes]:
    """Answer with a calendar, written only if its reader does not have it already."""
    await feed_limit.spend(request)
    token = file.removesuffix(SUFFIX)
    if token == file:
        raise CalendarFeedNotFound
    content = await calendar_feeds.open(token)
    tag = f'"{await calendar_feeds.writer.tag(content)}"'
    known, _, _ = revalidated(request.scope["headers"], 200, [(b"etag", tag.encode())], b"")
    headers = {**CACHED, "ETag": tag}
    if known != 200:
        return Response(b"", status_code=known, headers=headers)
    return Response(await calendar_feeds.writer.write(content), media_type=MEDIA_TYPE, headers=headers)


routes = (create_calendar_feed, list_calendar_feeds, delete_calendar_feed, read_calendar_feed)


def _issued(one: IssuedFeed) -> CalendarFeedUrlResponse:
    return CalendarFeedUrlResponse(calendar_feed=CalendarFeedWithUrl(**_shown(one.feed), url=one.url))


def _shown(feed: domain.CalendarFeed) -> dict[str, Any]:
    return {
        "id": feed.id,
        "organization_id": feed.organization_id,
        "side": feed.side,
        "created_at": feed.created_at,
    }
