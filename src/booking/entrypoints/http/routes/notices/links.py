"""Links over HTTP: making them for a booking, and the pages that they open."""

from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.notices.facts import VisitFacts
from booking.domain.notices.link import LinkPurpose, MadeLink
from booking.domain.notices.page import Choice, PageFacts, PageName
from booking.domain.notices.refusals import LinkNotFound, LinksNotConfigured, NoChannelConfigured
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import ApplicantIneligible
from booking.domain.refusals import (
    BodyTooLarge,
    Conflict,
    InternalError,
    MalformedRequest,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
)
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.booking_context import BookingContext
from booking.domain.visits.refusals import BookingNotConfirmed, BookingNotFound
from booking.entrypoints.http.address_limit import AddressLimit
from booking.entrypoints.http.inputs.decoding import no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.pages.html import Pages, languages
from booking.entrypoints.http.pipeline.steps import whole_body
from booking.entrypoints.http.wire import Instant, Output
from booking.service.notices.links import LinkService, OpenLink

LARGEST_FORM = 2_048  # bytes
CONFLICT = 409
CALENDAR = "text/calendar"
NOT_SHOWN = (LinkNotFound, RateLimited, InternalError, Unavailable, OutcomeUnknown)


class BookingLink(Output):
    purpose: LinkPurpose
    url: str
    expires_at: Instant


class BookingLinks(Output):
    links: list[BookingLink]


@post(
    "/bookings/{booking_id:str}/links",
    operation_id="createBookingLinks",
    guards=[no_parameters],
    opt={
        "never_kept": True,
        "answers": (202,),
        "refuses": (BookingNotFound, ApplicantIneligible, BookingNotConfirmed, LinksNotConfigured, NoChannelConfigured),
    },
)
async def create_booking_links(
    booking_id: FromPath[str], caller: NamedDependency[Caller], links: NamedDependency[LinkService]
) -> Response[BookingLinks] | Response[None]:
    """Answer an applicant with links, and an agent with nothing: they are on their way to the applicant."""
    made = await links.make(caller, read_id(booking_id, BookingNotFound))
    if made is None:
        return Response(None, status_code=202, media_type=MediaType.TEXT)
    return Response(BookingLinks(links=[_shown(one) for one in made]), status_code=201)


@get("/l/{token:str}", operation_id="showLink", media_type=MediaType.HTML, opt={"page": True, "refuses": NOT_SHOWN})
async def show_link(
    token: FromPath[str],
    request: Request[Any, Any, Any],
    links: NamedDependency[LinkService],
    pages: NamedDependency[Pages],
    link_limit: NamedDependency[AddressLimit],
) -> Response[bytes]:
    """Show a link. Why nothing more: programs open links of messages, too."""

    async def shown() -> tuple[PageFacts, int] | Response[bytes]:
        await link_limit.spend(request)
        return _told(await links.open(token), request)

    return await pages.answer(request, shown())


@post(
    "/l/{token:str}",
    operation_id="useLink",
    status_code=200,
    media_type=MediaType.HTML,
    opt={"page": True, "refuses": (*NOT_SHOWN, MalformedRequest, Conflict, BodyTooLarge)},
)
async def use_link(
    token: FromPath[str],
    request: Request[Any, Any, Any],
    links: NamedDependency[LinkService],
    pages: NamedDependency[Pages],
    link_limit: NamedDependency[AddressLimit],
) -> Response[bytes]:

    async def used() -> tuple[PageFacts, int] | Response[bytes]:
        await link_limit.spend(request)
        slot_id = await _chosen(request)
        opened = await links.use(token, slot_id=slot_id, request_id=request.scope["state"]["request_id"])
        return _told(opened, request, CONFLICT if opened.refused else 200)

    return await pages.answer(request, used())


routes = (create_booking_links, show_link, use_link)


def _shown(one: MadeLink) -> BookingLink:
    return BookingLink(purpose=one.purpose, url=one.url, expires_at=one.expires_at)


async def _chosen(request: Request[Any, Any, Any]) -> UUID | None:
    """Return the slot that a form names; None where it names none that could be."""
    body = await whole_body(request.receive, LARGEST_FORM)
    if len(body) > LARGEST_FORM:
        raise BodyTooLarge("a form of this page is smaller")
    try:
        return UUID(parse_qs(body.decode("latin-1"), max_num_fields=8)["slot_id"][0])
    except (KeyError, ValueError):
        return None


def _told(
    opened: OpenLink, request: Request[Any, Any, Any], status: int = 200
) -> tuple[PageFacts, int] | Response[bytes]:
    """Return what a page says; of a calendar's link, the file."""
    if opened.calendar is None:
        return _facts(opened, request), status
    return Response(
        opened.calendar, media_type=CALENDAR, headers={"Content-Disposition": 'attachment; filename="visit.ics"'}
    )


def _facts(opened: OpenLink, request: Request[Any, Any, Any]) -> PageFacts:
    context, booking = opened.context, opened.context.booking
    own = [one for one in (opened.locale,) if one]
    return PageFacts(
        name=PageName(opened.purpose),
        languages=[*own, *languages(request), *(one for one in (opened.agency.locale,) if one)],
        at=context.at,
        agency=opened.agency,
        visit=None if opened.changed or opened.elsewhere else _visit(context),
        deadline=booking.deadline or booking.returnable_until,
        choices=[Choice(id=one.id, start_time=one.start_time, end_time=one.end_time) for one in opened.alternatives],
        done=opened.done,
        changed=opened.changed,
        refused=opened.refused,
        pending=booking.status is BookingStatus.PENDING_APPROVAL,
        released=opened.released,
    )


def _visit(context: BookingContext) -> VisitFacts:
    return VisitFacts(
        label=context.names.label,
        area=context.names.area,
        start_time=context.booking.start_time,
        end_time=context.booking.end_time,
        time_zone=context.names.time_zone,
    )
