"""Watches over HTTP: applicants wait for a home, and not for an hour."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import field

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import ApplicantIneligible, OrganizationNotFound, WrongRole
from booking.domain.properties.refusals import PropertyNotFound
from booking.domain.visits import watch as domain
from booking.domain.visits.refusals import TooManyWatches, WatchNotFound
from booking.domain.visits.watch import Hours
from booking.domain.weekday import Weekday
from booking.entrypoints.http.guards import applicants_only
from booking.entrypoints.http.inputs.decoding import Body, Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.routes.people.organization import OrganizationQuery
from booking.entrypoints.http.wire import Distinct, Input, Instant, Output
from booking.service.visits.watches import WatchService

REFUSES = (WrongRole, OrganizationNotFound, PropertyNotFound)


class WatchProperty(Input):
    since: Instant = field(name="from")
    until: Instant = field(name="to")
    weekdays: Annotated[tuple[Weekday, ...], Distinct] = tuple(Weekday)


class Watch(Output):
    organization_id: UUID
    property_id: UUID
    since: Instant = field(name="from")
    until: Instant = field(name="to")
    weekdays: tuple[Weekday, ...]
    created_at: Instant
    updated_at: Instant


class WatchResponse(Output):
    watch: Watch


class WatchList(Output):
    watches: list[Watch]


@post(
    "/properties/{property_id:str}/watch",
    operation_id="watchProperty",
    guards=[applicants_only],
    dependencies={"content": Body(WatchProperty), "parameters": Query(OrganizationQuery)},
    opt={"refuses": (*REFUSES, ApplicantIneligible, TooManyWatches)},
)
async def watch_property(
    property_id: FromPath[str],
    content: NamedDependency[WatchProperty],
    parameters: NamedDependency[OrganizationQuery],
    caller: NamedDependency[Caller],
    watches: NamedDependency[WatchService],
) -> Response[WatchResponse]:
    hours = Hours(since=content.since, until=content.until, weekdays=content.weekdays)
    place = read_id(property_id, PropertyNotFound)
    return _made(await watches.watch(caller.showing(_made), place, hours, parameters.organization_id))


@get(
    "/properties/{property_id:str}/watch",
    operation_id="getWatch",
    guards=[applicants_only],
    dependencies={"parameters": Query(OrganizationQuery)},
    opt={"refuses": (*REFUSES, WatchNotFound)},
)
async def get_watch(
    property_id: FromPath[str],
    parameters: NamedDependency[OrganizationQuery],
    caller: NamedDependency[Caller],
    watches: NamedDependency[WatchService],
) -> WatchResponse:
    place = read_id(property_id, PropertyNotFound)
    return WatchResponse(watch=_shown(await watches.get(caller, place, parameters.organization_id)))


@post(
    "/properties/{property_id:str}/watch/dismiss",
    operation_id="dismissWatch",
    status_code=204,
    guards=[applicants_only],
    dependencies={"parameters": Query(OrganizationQuery)},
    opt={"refuses": (*REFUSES, WatchNotFound)},
)
async def dismiss_watch(
    property_id: FromPath[str],
    parameters: NamedDependency[OrganizationQuery],
    caller: NamedDependency[Caller],
    watches: NamedDependency[WatchService],
) -> None:
    await watches.dismiss(caller, read_id(property_id, PropertyNotFound), parameters.organization_id)


@delete(
    "/properties/{property_id:str}/watch",
    operation_id="endWatch",
    guards=[applicants_only],
    dependencies={"parameters": Query(OrganizationQuery)},
    opt={"refuses": (*REFUSES, WatchNotFound)},
)
async def end_watch(
    property_id: FromPath[str],
    parameters: NamedDependency[OrganizationQuery],
    caller: NamedDependency[Caller],
    watches: NamedDependency[WatchService],
) -> None:
    await watches.end(caller, read_id(property_id, PropertyNotFound), parameters.organization_id)


@get("/watches", operation_id="listWatches", guards=[applicants_only, no_parameters], opt={"refuses": (WrongRole,)})
async def list_watches(caller: NamedDependency[Caller], watches: NamedDependency[WatchService]) -> WatchList:
    return WatchList(watches=[_shown(one) for one in await watches.list(caller)])


routes = (watch_property, get_watch, dismiss_watch, end_watch, list_watches)


def _made(watch: domain.Watch) -> Response[WatchResponse]:
    location = f"/api/v1/properties/{watch.property_id}/watch"
    return Response(WatchResponse(watch=_shown(watch)), status_code=201, headers={"Location": location})


def _shown(watch: domain.Watch) -> Watch:
    return Watch(
        organization_id=watch.organization_id,
        property_id=watch.property_id,
        since=watch.hours.since,
        until=watch.hours.until,
        weekdays=watch.hours.weekdays,
        created_at=watch.created_at,
        updated_at=watch.updated_at,
    )
