"""Agents over HTTP: colleagues, for each other to find."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta
from msgspec.structs import asdict

from booking.domain.agent import AgentRole, Colleague
from booking.domain.caller import Caller
from booking.domain.refusals import AgentNotFound, InvalidCursor, WrongRole
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.decoding import Query, no_parameters, read_id
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.wire import Instant, Output, RowsQuery, Text
from booking.service.agents import AgentService


class AgentQuery(RowsQuery):
    q: Annotated[Text, Meta(min_length=1, max_length=200)] | None = None


class Agent(Output):
    id: UUID
    organization_id: UUID
    name: str | None
    email: str | None
    phone: str | None
    locale: str | None
    photo_url: str | None
    role: AgentRole | None
    status: Literal["active", "inactive"]
    created_at: Instant


class AgentResponse(Output):
    agent: Agent


class AgentPage(Output):
    agents: list[Agent]
    next_cursor: str | None


@get(
    "/agents",
    operation_id="listAgents",
    guards=[agents_only],
    dependencies={"parameters": Query(AgentQuery)},
    opt={"hot": True, "refuses": (WrongRole, InvalidCursor)},
)
async def list_agents(
    parameters: NamedDependency[AgentQuery],
    caller: NamedDependency[Caller],
    agents: NamedDependency[AgentService],
) -> AgentPage:
    page = await agents.list(caller, q=parameters.q, paging=paging_of(parameters))
    return AgentPage(agents=[_shown(one) for one in page.items], next_cursor=cursor_of(page.next))


@get(
    "/agents/{agent_id:str}",
    operation_id="getAgent",
    guards=[agents_only, no_parameters],
    opt={"hot": True, "refuses": (WrongRole, AgentNotFound)},
)
async def get_agent(
    agent_id: FromPath[str], caller: NamedDependency[Caller], agents: NamedDependency[AgentService]
) -> AgentResponse:
    return _answer(await agents.get(caller, read_id(agent_id, AgentNotFound)))


routes = (list_agents, get_agent)


def _answer(agent: Colleague) -> AgentResponse:
    return AgentResponse(agent=_shown(agent))


def _shown(agent: Colleague) -> Agent:
    return Agent(
        id=agent.id,
        organization_id=agent.organization_id,
        role=agent.role,
        status="active" if agent.active else "inactive",
        created_at=agent.created_at,
        **asdict(agent.profile),
    )
