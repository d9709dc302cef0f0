"""Properties over HTTP: their details, as far as the viewer may see them."""

from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from booking.domain.paging import EPOCH
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import OrganizationNotFound, WrongRole
from booking.domain.properties import property as domain
from booking.domain.properties.property import PropertyFilter, PropertyStatus, PropertyView
from booking.domain.properties.refusals import PropertyNotFound
from booking.domain.refusals import InvalidCursor, InvalidHeader, ListTooBroad, PreconditionFailed, SecretsNotConfigured
from booking.entrypoints.http.csv_tables import Table, require_whole
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.guards import agents_only, csv_for_agents
from booking.entrypoints.http.inputs.decoding import Body, Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.media_types import MediaType, Preferred
from booking.entrypoints.http.preconditions import AnyRequest, expected, tag
from booking.entrypoints.http.routes.people.organization import OrganizationQuery
from booking.entrypoints.http.wire import (
    Directions,
    Input,
    Instant,
    Link,
    Name,
    Output,
    Place,
    RowsQuery,
    Text,
    TimeZone,
)
from booking.service.delivery.exports import ExportService
from booking.service.properties.properties import PropertyService


class PropertyQuery(RowsQuery):
    q: Annotated[Text, Meta(min_length=1, max_length=200)] | None = None
    status: PropertyStatus | None = None
    updated_after: Instant | None = None
    organization_id: UUID | None = None
    time_zone: TimeZone | None = None


class PutProperty(Input):
    """New details. A field that is left out, or null, is not known; a status left out is active.

    The access note stays where it is left out, since nobody can read it to send it back; null removes it.
    """

    label: Name | None = None
    area: Name | None = None
    address: Place | None = None
    directions: Directions | None = None
    meeting_point: Place | None = None
    time_zone: TimeZone | None = None
    image_url: Link | None = None
    status: PropertyStatus = PropertyStatus.ACTIVE
    access_note: Annotated[Text, Meta(min_length=1, max_length=2_000)] | UnsetType | None = UNSET


class Property(Output):
    """`address`, `directions` and `meeting_point` are there only for viewers who may see them; `has_access_note` is for
    agents.
    """

    id: UUID
    organization_id: UUID
    label: str | None
    area: str | None
    time_zone: str | None
    image_url: str | None
    status: PropertyStatus
    withdrawn_from: Instant | None
    updated_at: Instant
    address: str | UnsetType | None = UNSET
    directions: str | UnsetType | None = UNSET
    meeting_point: str | UnsetType | None = UNSET
    has_access_note: bool | UnsetType = UNSET


class PropertyResponse(Output):
    property: Property


class PropertyList(Output):
    properties: list[Property]
    next_cursor: str | None


@get(
    "/properties",
    operation_id="listProperties",
    guards=[csv_for_agents],
    dependencies={"parameters": Query(PropertyQuery), "media_type": Preferred()},
    opt={"hot": True, "refuses": (WrongRole, InvalidCursor, ListTooBroad, OrganizationNotFound)},
)
async def list_properties(
    parameters: NamedDependency[PropertyQuery],
    media_type: NamedDependency[MediaType],
    caller: NamedDependency[Caller],
    properties: NamedDependency[PropertyService],
    exports: NamedDependency[ExportService],
) -> PropertyList | Response[bytes]:
    chosen = PropertyFilter(q=parameters.q, status=parameters.status, updated_after=parameters.updated_after)
    if media_type is MediaType.CSV:
        require_whole(parameters)
        exported = exports.properties(
            caller,
            chosen,
            TABLE.write,
            organization_id=parameters.organization_id,
            time_zone=parameters.time_zone,
        )
        return TABLE.answer(await exported)
    page = await properties.list(caller, chosen, paging_of(parameters, caller), parameters.organization_id)
    return PropertyList(
        properties=[_shown(view) for view in page.items], next_cursor=cursor_of(page.next, parameters, caller)
    )


@get(
    "/properties/{property_id:str}",
    operation_id="getProperty",
    dependencies={"parameters": Query(OrganizationQuery)},
    opt={"hot": True, "etag": True, "refuses": (PropertyNotFound, OrganizationNotFound)},
)
async def get_property(
    property_id: FromPath[str],
    parameters: NamedDependency[OrganizationQuery],
    caller: NamedDependency[Caller],
    properties: NamedDependency[PropertyService],
) -> Response[PropertyResponse]:
    return _answer(await properties.get(caller, read_id(property_id, PropertyNotFound), parameters.organization_id))


@put(
    "/properties/{property_id:str}",
    operation_id="putProperty",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(PutProperty)},
    opt={"refuses": (WrongRole, PropertyNotFound, InvalidHeader, PreconditionFailed, SecretsNotConfigured)},
)
async def put_property(
    request: AnyRequest,
    property_id: FromPath[str],
    content: NamedDependency[PutProperty],
    caller: NamedDependency[Caller],
    properties: NamedDependency[PropertyService],
) -> Response[PropertyResponse]:
    id = read_id(property_id, PropertyNotFound)  # noqa: A001 - the property's own
    version = await expected(request, partial(properties.version, caller, id))
    organization_id = caller.as_agent().organization_id
    given = asdict(content)
    note = given.pop("access_note")
    details = domain.Property(organization_id=organization_id, id=id, updated_at=EPOCH, **given)
    keep = note is UNSET
    put = properties.put(
        caller.showing(_answer), details, expected=version, access_note=None if keep else note, keep_note=keep
    )
    return _answer(await put)


routes = (list_properties, get_property, put_property)


def _answer(view: PropertyView) -> Response[PropertyResponse]:
    """Tag it for agents with the version, for If-Match. For others the address comes and goes at the same version."""
    headers = {"ETag": tag(view.property.version)} if view.for_agent else {}
    return Response(PropertyResponse(property=_shown(view)), headers=headers)


def _shown(view: PropertyView) -> Property:
    found = view.property
    shown = Property(
        id=found.id,
        organization_id=found.organization_id,
        label=found.label,
        area=found.area,
        time_zone=found.time_zone,
        image_url=found.image_url,
        status=found.status,
        withdrawn_from=found.withdrawn_from,
        updated_at=found.updated_at,
    )
    if view.with_address:
        shown.address, shown.directions = found.address, found.directions
        shown.meeting_point = found.meeting_point
    if view.for_agent:
        shown.has_access_note = found.access_note is not None
    return shown


TABLE = Table(
    "properties",
    _shown,
    "id",
    "label",
    "area",
    "address",
    "directions",
    "meeting_point",
    "image_url",
    "status",
    "withdrawn_from",
    "organization_id",
    "updated_at",
    "time_zone",
    property_time_zone="time_zone",
)
