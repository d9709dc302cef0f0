"""Applicants over HTTP: for agents to find people."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta

from booking.domain.people import applicant as domain
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import InvalidCursor, ListTooBroad
from booking.entrypoints.http.csv_tables import Table, require_whole
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.media_types import MediaType, Preferred
from booking.entrypoints.http.wire import Instant, Output, RowsQuery, Text, TimeZone
from booking.service.delivery.exports import ExportService
from booking.service.people.applicants import ApplicantService


class ApplicantQuery(RowsQuery):
    q: Annotated[Text, Meta(min_length=1, max_length=200)] | None = None
    eligible: bool | None = None
    time_zone: TimeZone | None = None


class Applicant(Output):
    id: UUID
    external_id: UUID
    name: str
    email: str
    risk_level: RiskLevel
    eligible: bool
    screened_at: Instant
    linked: bool


class ApplicantPage(Output):
    applicants: list[Applicant]
    next_cursor: str | None


@get(
    "/applicants",
    operation_id="listApplicants",
    guards=[agents_only],
    dependencies={"parameters": Query(ApplicantQuery), "media_type": Preferred()},
    opt={"hot": True, "refuses": (WrongRole, InvalidCursor, ListTooBroad)},
)
async def list_applicants(
    parameters: NamedDependency[ApplicantQuery],
    media_type: NamedDependency[MediaType],
    caller: NamedDependency[Caller],
    applicants: NamedDependency[ApplicantService],
    exports: NamedDependency[ExportService],
) -> ApplicantPage | Response[bytes]:
    if media_type is MediaType.CSV:
        require_whole(parameters)
        exported = exports.applicants(
            caller, TABLE.write, q=parameters.q, eligible=parameters.eligible, time_zone=parameters.time_zone
        )
        return TABLE.answer(await exported)
    page = await applicants.list(
        caller, q=parameters.q, eligible=parameters.eligible, paging=paging_of(parameters, caller)
    )
    return ApplicantPage(
        applicants=[_shown(one) for one in page.items], next_cursor=cursor_of(page.next, parameters, caller)
    )


routes = (list_applicants,)


def _shown(applicant: domain.Applicant) -> Applicant:
    return Applicant(
        id=applicant.id,
        external_id=applicant.external_id,
        name=applicant.name,
        email=applicant.email,
        risk_level=applicant.risk_level,
        eligible=applicant.eligible,
        screened_at=applicant.screened_at,
        linked=applicant.user_id is not None,
    )


TABLE = Table(
    "applicants",
    _shown,
    "id",
    "external_id",
    "name",
    "email",
    "risk_level",
    "eligible",
    "screened_at",
    "linked",
    "time_zone",
)
