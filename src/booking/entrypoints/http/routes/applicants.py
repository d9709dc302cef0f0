"""Applicants over HTTP: for agents to find people."""

from litestar import get
from litestar.di import NamedDependency

from booking.domain.applicant import Applicant
from booking.domain.caller import Caller
from booking.domain.refusals import InvalidCursor, WrongRole
from booking.entrypoints.http import api
from booking.entrypoints.http.auth import agents_only
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.decoding import Query
from booking.service.applicants import ApplicantService


@get(
    "/applicants",
    operation_id="listApplicants",
    guards=[agents_only],
    dependencies={"parameters": Query(api.ApplicantQuery)},
    opt={"refuses": (WrongRole, InvalidCursor)},
)
async def list_applicants(
    parameters: NamedDependency[api.ApplicantQuery],
    caller: NamedDependency[Caller],
    applicants: NamedDependency[ApplicantService],
) -> api.ApplicantPage:
    page = await applicants.list(caller, q=parameters.q, eligible=parameters.eligible, paging=paging_of(parameters))
    return api.ApplicantPage(applicants=[_shown(one) for one in page.items], next_cursor=cursor_of(page.next))


routes = (list_applicants,)


def _shown(applicant: Applicant) -> api.Applicant:
    return api.Applicant(
        id=applicant.id,
        external_id=applicant.external_id,
        name=applicant.name,
        email=applicant.email,
        risk_level=applicant.risk_level,
        eligible=applicant.eligible,
        screened_at=applicant.screened_at,
        linked=applicant.user_id is not None,
    )
