"""Page of a property's figures over HTTP, for an agency to hand to the owner."""

from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.refusals import PropertyNotFound
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.pages.html import languages, page_response
from booking.entrypoints.http.routes.figures.visit_figures import PeriodQuery
from booking.service.figures.property_pages import PropertyPageService


@get(
    "/reports/properties/{property_id:str}",
    operation_id="reportProperty",
    guards=[agents_only],
    media_type=MediaType.HTML,
    dependencies={"parameters": Query(PeriodQuery)},
    opt={"refuses": (WrongRole, PropertyNotFound)},
)
async def report_property(
    property_id: FromPath[str],
    parameters: NamedDependency[PeriodQuery],
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    property_pages: NamedDependency[PropertyPageService],
) -> Response[bytes]:
    page = await property_pages.write(
        caller,
        read_id(property_id, PropertyNotFound),
        since=parameters.since,
        until=parameters.until,
        languages=languages(request),
    )
    return page_response(page)


routes = (report_property,)
