"""The application in memory, with a note of what each request does, in order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from booking.adapters.tokens.minting import mint
from booking.config import InboundSettings, LinkSettings
from booking.domain.idempotency import Answer, Asked
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency, Caller, Claims
from booking.entrypoints.http.pipeline.steps import Pipeline
from booking.service.people.identity import IdentityService
from booking.service.ports import Lease, Tokens
from booking.service.rate_limits import Budgets, Limit, Limits
from tests.fakes import State, memory_store
from tests.support.application import SECRET, application, pipeline_of
from tests.support.stores import LINKS, NOTHING_INBOUND

HOME = UUID(int=1)


@dataclass
class Steps:
    """What was done, in order."""

    done: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NotedTokens:
    tokens: Tokens
    steps: Steps

    async def verify(self, token: str) -> Claims:
        self.steps.done.append("verify")
        return await self.tokens.verify(token)


class NotedLimit(Limit):
    def __init__(self, name: str, budgets: Budgets, limit: int, steps: Steps) -> None:
        super().__init__(name, budgets, limit)
        self.steps = steps

    def spend_at_hand(self, organization_id: UUID, who: str, cost: int = 1) -> Any:
        self.steps.done.append(f"limit {self.name}")
        return super().spend_at_hand(organization_id, who, cost)


@dataclass(frozen=True, slots=True)
class NotedIdentity(IdentityService):
    steps: Steps = field(default_factory=Steps)

    async def identify(self, claims: Claims, request_id: str | None) -> Caller:
        self.steps.done.append("identify")
        return await IdentityService.identify(self, claims, request_id)


@dataclass
class NotedAnswers:
    answers: Any
    steps: Steps

    async def once(self, asked: Asked, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        self.steps.done.append("idempotency")
        given: Answer = await self.answers.once(asked, answer)
        return given

    async def forget(self, _: Lease) -> int:
        return 0


class Office:
    """The application in memory, with a note of each step; `asked`: how often it was looked up who somebody is."""

    def __init__(
        self,
        *,
        person: int = 1000,
        writes: int = 1000,
        inbound: InboundSettings = NOTHING_INBOUND,
        links: LinkSettings = LINKS,
    ) -> None:
        self.steps = Steps()
        minute = datetime.now(UTC).replace(second=0, microsecond=0)  # which is not over before the test is
        self.store = memory_store(State(clock=lambda: minute))
        budgets = self.store.budgets
        limits = Limits(
            NotedLimit("person", budgets, person, self.steps),
            NotedLimit("organization", budgets, 100_000, self.steps),
            NotedLimit("writes", budgets, writes, self.steps),
            NotedLimit("writes", budgets, 10 * writes, self.steps),
        )
        found = pipeline_of(self.store, limits)
        self.asked = 0
        logins = found.identity.logins
        office = self

        class Counted:
            async def of(self, claims: Claims, request_id: str | None) -> Any:
                office.asked += 1
                return await logins.of(claims, request_id)

        self.pipeline = Pipeline(
            NotedTokens(found.tokens, self.steps),
            NotedIdentity(Counted(), found.identity.callers, self.steps),
            limits,
            NotedAnswers(found.answers, self.steps),
            found.directory,
            found.tickets,
            found.cipher,
        )
        self.app: Any = application(self.store, self.pipeline, inbound=inbound, links=links)

    def token(self, subject: str = "ada", role: AgentRole | None = AgentRole.ADMIN) -> str:
        return mint(
            SECRET,
            subject=subject,
            email=None,
            email_verified=False,
            lifetime=timedelta(hours=1),
            agency=Agency(organization_id=HOME, role=role) if role else None,
        )

    async def send(
        self, method: str, path: str, body: Callable[[], Awaitable[Any]], headers: dict[str, str]
    ) -> tuple[int, dict[str, str]]:
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw, "root_path": ""}
        sent: list[Any] = []

        async def receive() -> Any:
            self.steps.done.append("body")
            return await body()

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app({**scope, "raw_path": path.encode(), "asgi": {"version": "3.0"}}, receive, send)
        told = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], told

    def client(self, **headers: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://x", headers=headers)
