"""The fast way and Litestar give the same answer to everything: status, headers and body, and leave the same behind."""

import copy
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar, Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler

from booking.adapters.tokens.minting import mint
from booking.adapters.tokens.verification import tokens_for
from booking.config import AuthSettings
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Agency, Caller
from booking.domain.refusals import Unavailable
from booking.entrypoints.http.app import litestar
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import LARGEST_BODY, Query, no_parameters
from booking.entrypoints.http.pipeline.hot import Hot, NotHot
from booking.entrypoints.http.wire import RowsQuery
from booking.service.rate_limits import Limit, Limits
from tests.builders import HOUR, Organization, screening
from tests.fakes import State, memory_store, rosters
from tests.fakes.slots import MemorySlots
from tests.support.application import PAGE, SECRET, application, pipeline_of, ready

HOME, AWAY = UUID(int=1), UUID(int=2)
PROPERTY = UUID(int=3)
NOWHERE = UUID(int=4)
LIMIT = 60


@dataclass
class Scene:
    """An agency's slots in every state, and people of every kind."""

    state: State = field(default_factory=State)
    slots: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    holds: dict[str, UUID] = field(default_factory=dict)
    bookings: dict[str, UUID] = field(default_factory=dict)


def token(name: str, role: AgentRole | None = None, lifetime: timedelta = timedelta(hours=1)) -> str:
    agency = Agency(organization_id=HOME, role=role) if role else None
    return mint(
        SECRET,
        subject=name,
        email=f"{name}@example.com",
        email_verified=True,
        lifetime=lifetime,
        agency=agency,
    )


PRINCIPALS: Mapping[str, list[str]] = {
    "nobody": [],
    "a garbled token": ["Bearer x.y.z"],
    "another scheme": ["Basic YTpi"],
    "no token": ["Bearer "],
    "two tokens": [f"Bearer {token('ana')}", f"Bearer {token('ana')}"],
    "an expired token": [f"Bearer {token('ana', lifetime=timedelta(hours=-1))}"],
    "a stranger": [f"Bearer {token('stranger')}"],
    "ana": [f"Bearer {token('ana')}"],
    "ben": [f"bearer  {token('ben')} "],
    "the ineligible": [f"Bearer {token('cem')}"],
    "an applicant elsewhere": [f"Bearer {token('eva')}"],
    "the agent": [f"Bearer {token('agent', AgentRole.MEMBER)}"],
    "a colleague": [f"Bearer {token('colleague', AgentRole.MEMBER)}"],
    "the admin": [f"Bearer {token('admin', AgentRole.ADMIN)}"],
    "an agent who is an applicant": [f"Bearer {token('ana', AgentRole.MEMBER)}"],
}


async def made() -> Scene:
    scene = Scene()
    home = Organization(memory_store(scene.state), HOME)
    away = Organization(memory_store(scene.state), AWAY)
    for name in ("ana", "ben", "cem"):
        level = RiskLevel.HIGH if name == "cem" else RiskLevel.LOW
        await home.screen(screening(HOME, email=f"{name}@example.com", risk_level=level))
    await away.screen(screening(AWAY, email="eva@example.com"))
    ask = tokens_for(AuthSettings(hs256_secret=SECRET))

    async def caller(name: str) -> Any:
        (given,) = PRINCIPALS[name]
        return await home.identity.identify(await ask.verify(given.split()[1]), "r")

    agent, ana, ben = [await caller(name) for name in ("the agent", "ana", "ben")]
    scene.people = {"ana": ana.applicants[0].id, "ben": ben.applicants[0].id}
    for number, name in enumerate(("free", "taken", "own", "held", "held for another", "cancelled", "group")):
        slot = await home.slot(
            agent, property_id=PROPERTY, starts_in=(2 * number + 1) * HOUR, capacity=3 if name == "group" else 1
        )
        scene.slots[name] = slot.id
    scene.bookings["ben"] = (await home.book(ben, scene.slots["taken"])).id
    scene.bookings["ana"] = (await home.book(ana, scene.slots["own"])).id
    scene.holds["ana"] = (await home.holds.hold(ana, scene.slots["held"])).id
    scene.holds["ben"] = (await home.holds.hold(ben, scene.slots["held for another"])).id
    await home.slots.cancel(agent, scene.slots["cancelled"], "burst pipe")
    theirs = await away.agent()
    scene.slots["another organization's"] = (await away.slot(theirs)).id
    scene.slots["none"] = NOWHERE
    at = datetime.now(UTC)
    scene.state.clock = lambda: at
    return scene


@dataclass(frozen=True)
class Case:
    method: str
    path: str
    authorization: tuple[str, ...]
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = (("X-Request-Id", "r1"),)
    times: int = 1

    @property
    def left_out(self) -> set[str]:
        """Names made up for whoever gave none; and what is left while a block is fetched in the background."""
        return {"x-request-id"} | ({"ratelimit", "retry-after"} if self.times > 1 else set())


def cases(scene: Scene) -> Iterator[Case]:
    principals = [tuple(given) for given in PRINCIPALS.values()]
    ana, agent = tuple(PRINCIPALS["ana"]), tuple(PRINCIPALS["the agent"])
    bookings = "/api/v1/bookings"

    def body(**content: Any) -> bytes:
        return msgspec.json.encode(content)

    for who, slot in itertools.product(principals, scene.slots.values()):
        yield Case("GET", f"/api/v1/slots/{slot}", who)
        yield Case("POST", f"/api/v1/slots/{slot}/holds", who)
        yield Case("POST", bookings, who, body(slot_id=slot, notes="Second floor"))
        yield Case("POST", bookings, who, body(slot_id=slot, applicant_id=scene.people["ben"]))
        yield Case("POST", bookings, who, body(slot_id=slot, hold_id=scene.holds["ana"]))
    few = [tuple(PRINCIPALS[name]) for name in ("nobody", "ana", "ben", "the agent", "a colleague", "the admin")]
    for who, made in itertools.product(few, (*scene.holds.values(), *scene.bookings.values(), NOWHERE)):
        yield Case("GET", f"/api/v1/bookings/{made}", who)
        yield Case("DELETE", f"/api/v1/bookings/{made}", who)
        yield Case("DELETE", f"/api/v1/holds/{made}", who)
    for who in principals:
        for number in (PROPERTY, NOWHERE):
            yield Case("GET", f"/api/v1/properties/{number}/slots", who)
    lists = [f"/api/v1/{name}" for name in ("slots", "bookings", "holds", "waitlist", "applicants")]
    lists.append(f"/api/v1/properties/{PROPERTY}/slots")
    queries = [
        "",
        "?",
        "&",
        "?limit=2",
        "?limit=2&limit=3",
        "?limit=0",
        "?limit=1e2",
        "?limit=",
        "?%6cimit=2",
        "?limit=+2",
        "?cursor=x",
        "?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00%2B01:00",
        "?from=2026-01-01",
        "?to=0001-01-01T00:00:00Z",
        "?status=available",
        "?status=confirmed&as=applicant",
        "?status=nothing",
        f"?property_id={PROPERTY}",
        f"?property_id={PROPERTY.hex}",
        "?as=agent",
        "?q=%ff",
        "?unknown=1&other=2",
    ]
    for who, path, query in itertools.product(few, lists, queries):
        yield Case("GET", path + query, who)
    tables = [f"/api/v1/{name}" for name in ("slots", "bookings", "waitlist", "applicants", "properties")]
    types = ["text/csv", "text/csv;q=0.5, application/json", "text/csv, */*;q=0.1", "text/csv;q=0", "text/*"]
    for who, path, accept in itertools.product(few, tables, types):
        for query in ("", "?time_zone=Asia/Tokyo", "?time_zone=Nowhere", "?cursor=x", "?as=applicant"):
            yield Case("GET", path + query, who, None, (("X-Request-Id", "r1"), ("Accept", accept)))
    free = str(scene.slots["free"])
    bodies = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        b'"\xff"',
        b"[" * 500,
        b'{"slot_id": 1}',
        b'{"slot_id": "x"}',
        b'{"slot_id": null}',
        body(slot_id=free, notes="x" * 5000),
        body(slot_id=free, notes="\x00"),
        body(slot_id=free, notes=None),
        body(slot_id=free, unknown=1),
        body(slot_id=free, hold_id=NOWHERE),
        body(slot_id=free, hold_id=scene.holds["ana"], applicant_id=scene.people["ana"]),
        body(slot_id=free, applicant_id=NOWHERE),
        body(slot_id=free, applicant_id="x"),
        body(slot_id=free, applicant_id=None),
        body(slot_id=free.upper()),
        body(slot_id=free, notes="x" * LARGEST_BODY),
        b" " * (LARGEST_BODY + 1),
    ]
    for who, given in itertools.product((ana, agent, principals[0]), bodies):
        yield Case("POST", bookings, who, given)
        yield Case("POST", f"/api/v1/slots/{free}/holds", who, given)
        yield Case("DELETE", f"/api/v1/bookings/{scene.bookings['ana']}", who, given)
    fits = body(slot_id=free)
    oddities = [
        ("Content-Type", "text/plain"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Idempotency-Key", "k"),
        ("Idempotency-Key", ""),
        ("Origin", "https://estate.example"),
        ("Accept", "text/html"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "0"),
        ("X-Request-Id", "a\tb"),
        ("If-Match", '"1"'),
        ("If-None-Match", "*"),
        ("If-None-Match", '"1"'),
    ]
    for odd in oddities:
        yield Case("POST", bookings, ana, fits, (odd,))
        yield Case("GET", f"/api/v1/slots/{free}", ana, None, (odd,))
        yield Case("POST", f"/api/v1/slots/{free}/holds", ana, None, (odd,))
        yield Case("DELETE", f"/api/v1/bookings/{scene.bookings['ana']}", ana, None, (odd,))
    for method, path in itertools.product(
        ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST"),
        (
            f"/api/v1/slots/{free}",
            f"/api/v1/slots/{free.upper()}",
            f"/api/v1/slots/{free}/",
            f"/api/v1/slots/{free}?x=1",
            f"/api/v1/slots/{free}?",
            "/api/v1/slots/x",
            "/api/v1/slots/%2e",
            f"/api/v1/slots//{free}",
            f"/api/v1/properties/{PROPERTY}/slots",
            f"/api/v1/properties/{PROPERTY}/slots?limit=2",
            f"/api/v1/properties/{PROPERTY}/slots?limit=0",
            "/api/v1/properties/x/slots",
            f"{bookings}?x=1",
            f"{bookings}/{scene.bookings['ana']}?reason=ill",
            f"{bookings}/{scene.bookings['ana']}/",
            f"/api/v1/slots/{free}/holds",
            f"/api/v1/slots/{free}/holds?x=1",
            f"{bookings}/",
        ),
    ):
        yield Case(method, path, ana, fits if method == "POST" else None)
    for method, path in (("GET", f"/api/v1/slots/{free}"), ("POST", bookings), ("POST", f"/api/v1/slots/{free}/holds")):
        yield Case(method, path, ana, fits if path == bookings else None, times=LIMIT + 5)


Answers = list[tuple[int, list[tuple[str, str]], bytes]]


class House:
    """The application over a copy of the scene, as it was, for each case."""

    def __init__(self, scene: Scene, *, hot: bool) -> None:
        self.scene = scene
        self.state = State()
        self.minutes = 0.0
        store = memory_store(self.state)
        limits = Limits(
            Limit("person", store.budgets, LIMIT, monotonic=lambda: self.minutes),
            Limit("organization", store.budgets, 0),
            Limit("writes", store.budgets, LIMIT // 2, monotonic=lambda: self.minutes),
            Limit("writes", store.budgets, 0),
        )
        self.app: Any = application(store, pipeline_of(store, limits), hot=hot)

    async def answers(self, case: Case) -> Answers:
        for one in fields(State):
            setattr(self.state, one.name, copy.copy(getattr(self.scene.state, one.name)))
        self.minutes += 3600
        headers = [*case.headers, *(("Authorization", one) for one in case.authorization)]
        found = []
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://x") as http:
            for _ in range(case.times):
                answer = await http.request(case.method, case.path, content=case.body, headers=headers)
                told = sorted((name, value) for name, value in answer.headers.items() if name not in case.left_out)
                own = answer.headers["X-Request-Id"].encode()
                found.append((answer.status_code, told, answer.content.replace(own, b"-" * len(own))))
        return found


@pytest.fixture(autouse=True)
def _ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for both, whichever comes first."""
    monkeypatch.setattr(rosters, "new_id", lambda: UUID(int=99))


async def test_every_case_ends_the_same_with_and_without_the_fast_way() -> None:
    scene = await made()
    hot, plain = House(scene, hot=True), House(scene, hot=False)
    count, statuses = 0, set()
    for case in cases(scene):
        answers = await hot.answers(case)
        assert answers == await plain.answers(case), case
        assert hot.state.bookings == plain.state.bookings, case
        count += 1
        statuses |= {answer[0] for answer in answers}
    assert count > 1400
    assert statuses >= {200, 201, 400, 401, 403, 404, 405, 409, 413, 429}


async def test_a_path_that_a_proxy_could_read_otherwise_reaches_no_route_hot_ones_included() -> None:
    scene = await made()
    free, ana = scene.slots["free"], tuple(PRINCIPALS["ana"])
    ambiguous = [
        f"/api/v1/slots%2F{free}",
        f"/api/v1/slots%2f{free}",
        f"/api/v1%5Cslots/{free}",
        f"/api/v1/slots//{free}",
        f"/api/v1/slots/{free}//",
        f"/api/v1/x/%2e%2e/slots/{free}",
        f"/api/v1/%2E/slots/{free}",
    ]
    for hot in (True, False):
        house = House(scene, hot=hot)
        told = {path: (await house.answers(Case("GET", path, ana)))[0] for path in ambiguous}
        assert {path: (answer[0], msgspec.json.decode(answer[2])["code"]) for path, answer in told.items()} == (
            dict.fromkeys(ambiguous, (404, "not_found"))
        )


async def test_head_is_get_without_a_body_on_the_hot_ways_too() -> None:
    scene = await made()
    ana = tuple(PRINCIPALS["ana"])
    for hot, path in itertools.product(
        (True, False), (f"/api/v1/slots/{scene.slots['free']}", f"/api/v1/properties/{PROPERTY}/slots", "/nothing")
    ):
        house = House(scene, hot=hot)
        ((status, headers, body),) = await house.answers(Case("GET", path, ana))
        assert await house.answers(Case("HEAD", path, ana)) == [(status, headers, b"")]
        assert ("content-length", str(len(body))) in headers


@pytest.mark.parametrize(("fault", "status"), [(Unavailable, 503), (ValueError, 500)])
async def test_a_fault_is_told_alike(fault: type[Exception], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object) -> None:
        raise fault

    scene = await made()
    monkeypatch.setattr(MemorySlots, "availability", failing)
    case = Case("GET", f"/api/v1/slots/{scene.slots['free']}", tuple(PRINCIPALS["ana"]))
    answers = await House(scene, hot=True).answers(case)
    assert answers == await House(scene, hot=False).answers(case)
    assert answers[0][0] == status


async def _guard(*_: object) -> None:
    pass


async def _provide() -> int:
    return 1


@get("/plain", guards=[no_parameters], opt={"hot": True})
async def plain(caller: NamedDependency[Caller]) -> None: ...


@get("/asked", dependencies={"parameters": Query(RowsQuery)}, opt={"hot": True})
async def asked(caller: NamedDependency[Caller], parameters: NamedDependency[RowsQuery]) -> None: ...


@get("/anything", opt={"hot": True})
async def with_any_parameters(caller: NamedDependency[Caller]) -> None: ...


@get("/by-role", guards=[agents_only, no_parameters], opt={"hot": True})
async def by_role(caller: NamedDependency[Caller]) -> None: ...


@get("/guarded", guards=[_guard, no_parameters], opt={"hot": True})
async def guarded(caller: NamedDependency[Caller]) -> None: ...


@get("/provided", guards=[no_parameters], dependencies={"number": Provide(_provide)}, opt={"hot": True})
async def provided(caller: NamedDependency[Caller], number: NamedDependency[int]) -> None: ...


@get("/request", guards=[no_parameters], opt={"hot": True})
async def requested(request: Request[Any, Any, Any], caller: NamedDependency[Caller]) -> None: ...


@get("/hooked", guards=[no_parameters], before_request=_guard, opt={"hot": True})
async def hooked(caller: NamedDependency[Caller]) -> None: ...


@get("/header", guards=[no_parameters], response_headers={"X-Own": "1"}, opt={"hot": True})
async def with_header(caller: NamedDependency[Caller]) -> None: ...


@get("/handled", guards=[no_parameters], exception_handlers={Unavailable: lambda *_: Response(None)}, opt={"hot": True})
async def handled(caller: NamedDependency[Caller]) -> None: ...


def hosted(handler: HTTPRouteHandler) -> Litestar:
    store = memory_store(State())
    limits = Limits.of(store.budgets, person=0, organization=0, writes=0)
    return litestar([handler], {}, pipeline_of(store, limits), ready, PAGE)


@pytest.mark.parametrize("handler", [plain, by_role, asked])
def test_a_handler_that_is_marked_hot_is(handler: HTTPRouteHandler) -> None:
    Hot(hosted(handler))


@pytest.mark.parametrize("handler", [with_any_parameters, guarded, provided, requested, hooked, with_header, handled])
def test_a_hot_handler_with_more_than_the_fast_way_does_is_refused_at_start(handler: HTTPRouteHandler) -> None:
    with pytest.raises(NotHot):
        Hot(hosted(handler))
