"""The organization over HTTP: name, time zone, contacts and looks of an agency."""

from functools import partial
from uuid import UUID

from litestar import Response, get, put
from litestar.di import NamedDependency
from msgspec import convert
from msgspec.structs import asdict

from booking.domain.people import organization as domain
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import OrganizationNotFound, WrongRole
from booking.domain.refusals import InvalidHeader, PreconditionFailed
from booking.entrypoints.http.guards import admins_only
from booking.entrypoints.http.inputs.decoding import Body, Query, no_parameters
from booking.entrypoints.http.preconditions import AnyRequest, expected, tag
from booking.entrypoints.http.wire import Colour, Email, Input, Instant, Link, Locale, Name, Output, Phone, TimeZone
from booking.service.people.organizations import OrganizationService


class OrganizationQuery(Input):
    organization_id: UUID | None = None


class PutOrganization(Input):
    """New details. A field that is left out, or null, is not known."""

    name: Name | None = None
    time_zone: TimeZone | None = None
    locale: Locale | None = None
    email: Email | None = None
    phone: Phone | None = None
    website: Link | None = None
    colour: Colour | None = None
    logo_url: Link | None = None
    reply_to: Email | None = None


class Organization(Output):
    id: UUID
    name: str | None
    time_zone: str | None
    locale: str | None
    email: str | None
    phone: str | None
    website: str | None
    colour: str | None
    logo_url: str | None
    reply_to: str | None
    updated_at: Instant | None


class OrganizationResponse(Output):
    organization: Organization


@get(
    "/organization",
    operation_id="getOrganization",
    dependencies={"parameters": Query(OrganizationQuery)},
    opt={"hot": True, "etag": True, "refuses": (OrganizationNotFound,)},
)
async def get_organization(
    parameters: NamedDependency[OrganizationQuery],
    caller: NamedDependency[Caller],
    organizations: NamedDependency[OrganizationService],
) -> Response[OrganizationResponse]:
    return _answer(await organizations.get(caller, parameters.organization_id))


@put(
    "/organization",
    operation_id="putOrganization",
    guards=[admins_only, no_parameters],
    dependencies={"content": Body(PutOrganization)},
    opt={"refuses": (WrongRole, InvalidHeader, PreconditionFailed)},
)
async def put_organization(
    request: AnyRequest,
    content: NamedDependency[PutOrganization],
    caller: NamedDependency[Caller],
    organizations: NamedDependency[OrganizationService],
) -> Response[OrganizationResponse]:
    version = await expected(request, partial(_version, caller, organizations))
    details = domain.Organization(id=caller.as_admin().organization_id, **asdict(content))
    return _answer(await organizations.put(caller.showing(_answer), details, expected=version))


routes = (get_organization, put_organization)


def _answer(organization: domain.Organization) -> Response[OrganizationResponse]:
    shown = OrganizationResponse(organization=convert(organization, Organization, from_attributes=True))
    return Response(shown, headers={"ETag": tag(organization.version)})


async def _version(caller: Caller, organizations: OrganizationService) -> int:
    return (await organizations.get(caller)).version
