"""People of a development instance, and their tokens without a password: the page lets a newcomer be each of them.

Without a token, since that is what they are asked for. So this machine alone gets at it, and of all pages only the
instance's own: the Host has to be of this machine (no DNS rebinding), and a browser has to say that the request is
of the same origin. Never part of `serve`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from msgspec import Meta

from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import LONGEST_EMAIL
from booking.domain.people.caller import Agency
from booking.domain.refusals import Forbidden, NotFound
from booking.entrypoints.dev import demo
from booking.entrypoints.dev.outbox import OWN, of_this_machine
from booking.entrypoints.dev.seed import Seed
from booking.entrypoints.http.inputs.reader import read_body
from booking.entrypoints.http.wire import Input, Output, Text

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

PATH = "/dev/people"
TOKEN_LASTS = timedelta(hours=1)
APPLICANT = "applicant"


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str
    agency: Agency | None = None


class SignIn(Input):
    email: Annotated[Text, Meta(min_length=3, max_length=LONGEST_EMAIL)]


class SignedIn(Output):
    token: str


class PersonResponse(Output):
    email: str
    name: str
    role: str


class PeopleResponse(Output):
    people: list[PersonResponse]


def people_of(organization_id: UUID, *, with_demo: bool, seed: Seed | None) -> Sequence[Person]:
    """Return the people of the demo (the admin alone without it) and of a seed, each email once."""
    found: dict[str, Person] = {}
    for one in (
        *_of_the_demo(organization_id, with_demo),
        *(() if seed is None else _of_a_seed(organization_id, seed)),
    ):
        found.setdefault(one.email.casefold(), one)
    return tuple(found.values())


def _of_the_demo(organization_id: UUID, with_demo: bool) -> Iterator[Person]:
    emails = (demo.ADMIN_EMAIL, demo.MEMBER_EMAIL, demo.PLANNER_EMAIL) if with_demo else (demo.ADMIN_EMAIL,)
    for email in emails:
        role = AgentRole.ADMIN if email == demo.ADMIN_EMAIL else AgentRole.MEMBER
        yield Person(email, demo.AGENTS[email], Agency(organization_id=organization_id, role=role))
    if with_demo:
        for name, email, _ in demo.APPLICANTS:
            yield Person(email, name)


def _of_a_seed(home: UUID, seed: Seed) -> Iterator[Person]:
    for organization in seed.organizations:
        for agent in organization.agents:
            agency = Agency(organization_id=organization.id or home, role=agent.role)
            yield Person(agent.email, agent.name or agent.email, agency)
        for applicant in organization.applicants:
            yield Person(applicant.email, applicant.name)


def people_routes(people: Sequence[Person], mint: Callable[..., str]) -> Router:
    """Make the routes. `mint` makes a token of a subject, an email, an agency and a name."""
    by_email: Mapping[str, Person] = {one.email.casefold(): one for one in people}

    @get(PATH)
    async def list_people() -> PeopleResponse:
        return PeopleResponse(
            people=[
                PersonResponse(email=one.email, name=one.name, role=one.agency.role if one.agency else APPLICANT)
                for one in people
            ]
        )

    @post(f"{PATH}/sign-in", status_code=200, guards=[_by_own_page])
    async def sign_in(request: Request[Any, Any, Any]) -> SignedIn:
        asked = read_body(await request.body(), SignIn)
        one = by_email.get(asked.email.casefold())
        if one is None:
            raise NotFound("this is none of the instance's people: GET /dev/people lists them")
        token = mint(
            subject=demo.subject_of(one.email),
            email=one.email,
            email_verified=True,
            lifetime=TOKEN_LASTS,
            agency=one.agency,
            name=one.name if one.agency else None,
        )
        return SignedIn(token=token)

    return Router("/", route_handlers=[list_people, sign_in], guards=[_by_this_machine])


async def _by_this_machine(connection: "ASGIConnection[Any, Any, Any, Any]", _: "BaseRouteHandler") -> None:
    if not of_this_machine(connection):
        raise Forbidden("only a Host of this machine is answered here, such as localhost")
    if connection.headers.get("sec-fetch-site") not in OWN:
        raise Forbidden("no page of another origin gets at the instance's people")


async def _by_own_page(connection: "ASGIConnection[Any, Any, Any, Any]", _: "BaseRouteHandler") -> None:
    """Raise Forbidden unless the browser says that the request is of the same origin.

    Of `Origin` only where `Sec-Fetch-Site` is missing. Why: a development server in front has an origin of its own.
    """
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin", "")
    own = origin == f"http://{connection.headers['host']}"
    if not (own if site is None else site == "same-origin"):
        raise Forbidden("only the instance's own page signs people in: the request has to be of its origin")
