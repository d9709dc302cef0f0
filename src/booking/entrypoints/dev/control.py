"""Control of a development instance over HTTP: clock, tokens, a new database, outbox, people. Never part of `serve`.

For suites that drive it, with the instance's admin token. The Host keeps pages out that lead a browser here under a
name of their own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID, uuid4

from litestar import Litestar, Request, Router, post
from litestar.exceptions import HTTPException
from msgspec import Meta

from booking.domain.fault import Fault, FaultCode
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import LONGEST_EMAIL
from booking.domain.people.caller import Agency
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import Forbidden, InvalidRequest, Refusal
from booking.entrypoints.dev import demo
from booking.entrypoints.dev.clock import ClockRefused, set_clock
from booking.entrypoints.dev.outbox import Outbox, of_this_machine, outbox_routes
from booking.entrypoints.dev.people import Person, people_routes
from booking.entrypoints.http.inputs.decoding import LARGEST_BODY, says_nothing
from booking.entrypoints.http.inputs.reader import read_body
from booking.entrypoints.http.pipeline.access import Access
from booking.entrypoints.http.pipeline.steps import bearer
from booking.entrypoints.http.problems import answer_anything_else, answer_http_exception, answer_refusal
from booking.entrypoints.http.wire import Input, Instant, Name, Output, Text
from booking.service.ports import Tokens

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler
    from litestar.types import ASGIApp

YEARS = 10 * 366 * 86_400  # seconds: as far as the clock can be set ahead at once
TOKEN_LASTS = 30 * 86_400  # seconds

AnyRequest = Request[Any, Any, Any]


class SetClock(Input):
    now: Instant | None = None
    advance_seconds: Annotated[int, Meta(ge=0, le=YEARS)] | None = None


class ClockResponse(Output):
    now: Instant


class MakeToken(Input):
    email: Annotated[Text, Meta(min_length=3, max_length=LONGEST_EMAIL)] | None = None
    email_verified: bool = True
    name: Name | None = None
    subject: Annotated[Text, Meta(min_length=1, max_length=255)] | None = None
    role: AgentRole | None = None
    organization_id: UUID | None = None
    lasts_seconds: Annotated[int, Meta(ge=1, le=YEARS)] = TOKEN_LASTS


class TokenResponse(Output):
    token: str
    subject: str


class ResetResponse(Output):
    environment: Mapping[str, str]


def control(
    *,
    organization_id: UUID,
    tokens: Tokens,
    mint: Callable[..., str],
    owner_url: str,
    reset: Callable[[], Awaitable[Mapping[str, str]]],
    exposed: bool,
    outbox: Outbox,
    people: Sequence[Person] = (),
) -> "ASGIApp":
    """Make the application under `/dev/`.

    `mint` makes a token of a subject, an email, an agency and a name. `reset` returns the variables that describe the
    instance then. `exposed`: any Host will do. `people`: may sign in without a password.
    """
    turn = asyncio.Lock()

    async def by_its_admin(connection: "ASGIConnection[Any, Any, Any, Any]", _: "BaseRouteHandler") -> None:
        if not exposed and not of_this_machine(connection):
            raise Forbidden(
                "only a Host of this machine is answered here, such as localhost; BOOKING_DEV_EXPOSE=1 is any"
            )
        given = [value for name, value in connection.scope["headers"] if name == b"authorization"]
        claims = await tokens.verify(bearer(*given))
        if claims.agency != Agency(organization_id=organization_id, role=AgentRole.ADMIN):
            raise WrongRole("the instance's own admin token is needed: ADMIN_TOKEN in its env file")

    @post("/dev/clock", status_code=200)
    async def move_clock(request: AnyRequest) -> ClockResponse:
        asked = read_body(await request.body(), SetClock)
        if (asked.now is None) == (asked.advance_seconds is None):
            raise _refused("#", "names either now or advance_seconds")
        try:
            by = timedelta(seconds=asked.advance_seconds or 0)
            async with turn:
                return ClockResponse(now=await set_clock(owner_url, to=asked.now, by=by))
        except ClockRefused as refused:
            raise _refused("#/advance_seconds" if asked.now is None else "#/now", str(refused)) from None

    @post("/dev/token", status_code=201)
    async def make_token(request: AnyRequest) -> TokenResponse:
        asked = read_body(await request.body(), MakeToken)
        if asked.email is None and asked.subject is None and asked.role is None:
            raise _refused("#", "names an email, a subject or a role: the token would be nobody's")
        if asked.role is None and asked.organization_id is not None:
            raise _refused("#/organization_id", "belongs to a role")
        subject = asked.subject or (demo.subject_of(asked.email) if asked.email else str(uuid4()))
        agency = (
            Agency(organization_id=asked.organization_id or organization_id, role=asked.role) if asked.role else None
        )
        token = mint(
            subject=subject,
            email=asked.email,
            email_verified=asked.email_verified,
            lifetime=timedelta(seconds=asked.lasts_seconds),
            agency=agency,
            name=asked.name,
        )
        return TokenResponse(token=token, subject=subject)

    @post("/dev/reset", status_code=200)
    async def begin_anew(request: AnyRequest) -> ResetResponse:
        if not says_nothing(await request.body()):
            raise _refused("#", "takes no body")
        async with turn:
            return ResetResponse(environment=await reset())

    return Access(
        Litestar(
            route_handlers=[
                Router("/", route_handlers=[move_clock, make_token, begin_anew], guards=[by_its_admin]),
                outbox_routes(outbox, elsewhere=by_its_admin),
                people_routes(people, mint),
            ],
            exception_handlers={
                Refusal: answer_refusal,
                HTTPException: answer_http_exception,
                Exception: answer_anything_else,
            },
            request_max_body_size=LARGEST_BODY,
            openapi_config=None,
            logging_config=None,
        )
    )


def _refused(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest([Fault(pointer=pointer, code=FaultCode.NOT_ALLOWED, detail=detail)])
