"""Unsubscribing over HTTP: the page of the link in a message, and one click of a mail program (RFC 8058)."""

from typing import Any
from urllib.parse import parse_qs

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.notices.page import PageFacts, PageName
from booking.domain.refusals import BodyTooLarge
from booking.entrypoints.http.address_limit import AddressLimit
from booking.entrypoints.http.pages.html import Pages, languages
from booking.entrypoints.http.pipeline.steps import whole_body
from booking.entrypoints.http.routes.notices.links import NOT_SHOWN
from booking.service.notices.unsubscriptions import SubscriptionView, UnsubscriptionService

LARGEST_FORM = 2_048  # bytes
AGAIN = {"again": ["yes"]}
"""The form of the page's button that has messages sent again. All other forms unsubscribe, a mail program's too."""


@get(
    "/u/{token:str}",
    operation_id="showSubscription",
    media_type=MediaType.HTML,
    opt={"page": True, "refuses": NOT_SHOWN},
)
async def show_subscription(
    token: FromPath[str],
    request: Request[Any, Any, Any],
    unsubscriptions: NamedDependency[UnsubscriptionService],
    pages: NamedDependency[Pages],
    link_limit: NamedDependency[AddressLimit],
) -> Response[bytes]:
    """Show the messages of a link. Why nothing more: programs open links of messages, too."""

    async def shown() -> tuple[PageFacts, int]:
        await link_limit.spend(request)
        return _facts(await unsubscriptions.show(token), request), 200

    return await pages.answer(request, shown())


@post(
    "/u/{token:str}",
    operation_id="unsubscribe",
    status_code=200,
    media_type=MediaType.HTML,
    opt={"page": True, "refuses": (*NOT_SHOWN, BodyTooLarge)},
)
async def unsubscribe(
    token: FromPath[str],
    request: Request[Any, Any, Any],
    unsubscriptions: NamedDependency[UnsubscriptionService],
    pages: NamedDependency[Pages],
    link_limit: NamedDependency[AddressLimit],
) -> Response[bytes]:

    async def done() -> tuple[PageFacts, int]:
        await link_limit.spend(request)
        body = await whole_body(request.receive, LARGEST_FORM)
        if len(body) > LARGEST_FORM:
            raise BodyTooLarge("a form of this page is smaller")
        again = parse_qs(body.decode("latin-1")) == AGAIN
        act = unsubscriptions.subscribe if again else unsubscriptions.unsubscribe
        return _facts(await act(token), request), 200

    return await pages.answer(request, done())


routes = (show_subscription, unsubscribe)


def _facts(view: SubscriptionView, request: Request[Any, Any, Any]) -> PageFacts:
    of = view.subscriber
    wanted = [of.locale, *languages(request), of.agency.locale]
    return PageFacts(
        name=PageName.UNSUBSCRIBE,
        languages=[one for one in wanted if one],
        agency=of.agency,
        group=view.group,
        done=of.unsubscribed,
    )
