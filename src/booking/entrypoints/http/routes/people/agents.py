"""Agents over HTTP: colleagues, for each other to find."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta
from msgspec.structs import asdict

from booking.domain.people.agent import AgentRole, Colleague
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, CannotRemoveOneself, WrongRole
from booking.domain.refusals import InvalidCursor, ListTooBroad
from booking.entrypoints.http.booking_answer import Booking
from booking.entrypoints.http.booking_answer import shown as shown_booking
from booking.entrypoints.http.csv_tables import Table, require_whole
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.guards import admins_only, agents_only
from booking.entrypoints.http.inputs.decoding import Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.media_types import MediaType, Preferred
from booking.entrypoints.http.slot_answer import Slot
from booking.entrypoints.http.slot_answer import shown as shown_slot
from booking.entrypoints.http.wire import Instant, Output, Reason, RowsQuery, Text, TimeZone
from booking.service.delivery.exports import ExportService
from booking.service.people.agents import AgentService, Removal


class AgentQuery(RowsQuery):
    q: Annotated[Text, Meta(min_length=1, max_length=200)] | None = None
    time_zone: TimeZone | None = None


class RemoveQuery(RowsQuery):
    cancel_slots: bool = False
    reason: Reason | None = None


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


class SlotWithBookings(Slot):
    bookings: list[Booking]


class RemovedAgent(Output):
    agent: Agent
    slots: list[SlotWithBookings]
    next_cursor: str | None


@get(
    "/agents",
    operation_id="listAgents",
    guards=[agents_only],
    dependencies={"parameters": Query(AgentQuery), "media_type": Preferred()},
    opt={"hot": True, "refuses": (WrongRole, InvalidCursor, ListTooBroad)},
)
async def list_agents(
    parameters: NamedDependency[AgentQuery],
    media_type: NamedDependency[MediaType],
    caller: NamedDependency[Caller],
    agents: NamedDependency[AgentService],
    exports: NamedDependency[ExportService],
) -> AgentPage | Response[bytes]:
    if media_type is MediaType.CSV:
        require_whole(parameters)
        return TABLE.answer(await exports.agents(caller, TABLE.write, q=parameters.q, time_zone=parameters.time_zone))
    page = await agents.list(caller, q=parameters.q, paging=paging_of(parameters, caller))
    return AgentPage(agents=[_shown(one) for one in page.items], next_cursor=cursor_of(page.next, parameters, caller))


@get(
    "/agents/{agent_id:str}",
    operation_id="getAgent",
    guards=[agents_only, no_parameters],
    opt={"hot": True, "etag": True, "refuses": (WrongRole, AgentNotFound)},
)
async def get_agent(
    agent_id: FromPath[str], caller: NamedDependency[Caller], agents: NamedDependency[AgentService]
) -> AgentResponse:
    return _answer(await agents.get(caller, read_id(agent_id, AgentNotFound)))


@delete(
    "/agents/{agent_id:str}",
    operation_id="removeAgent",
    status_code=200,
    guards=[admins_only],
    dependencies={"parameters": Query(RemoveQuery)},
    opt={"refuses": (WrongRole, AgentNotFound, CannotRemoveOneself, InvalidCursor)},
)
async def remove_agent(
    agent_id: FromPath[str],
    parameters: NamedDependency[RemoveQuery],
    caller: NamedDependency[Caller],
    agents: NamedDependency[AgentService],
) -> RemovedAgent:
    id = read_id(agent_id, AgentNotFound)  # noqa: A001 - the agent's own
    paging = paging_of(parameters, caller, id)
    removal = await agents.remove(caller, id, paging, cancel_slots=parameters.cancel_slots, reason=parameters.reason)
    return _removed(removal, cursor_of(removal.slots.next, parameters, caller, id))


@post(
    "/agents/{agent_id:str}/restore",
    operation_id="restoreAgent",
    status_code=200,
    guards=[admins_only, no_parameters],
    opt={"refuses": (WrongRole, AgentNotFound)},
)
async def restore_agent(
    agent_id: FromPath[str], caller: NamedDependency[Caller], agents: NamedDependency[AgentService]
) -> AgentResponse:
    return _answer(await agents.restore(caller.showing(_answer), read_id(agent_id, AgentNotFound)))


routes = (list_agents, get_agent, remove_agent, restore_agent)


def _removed(removal: Removal, next_cursor: str | None) -> RemovedAgent:
    slots = [
        SlotWithBookings(
            **asdict(shown_slot(view)), bookings=[shown_booking(one) for one in removal.bookings[view.slot.id]]
        )
        for view in removal.slots.items
    ]
    return RemovedAgent(agent=_shown(removal.agent), slots=slots, next_cursor=next_cursor)


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


TABLE = Table(
    "agents",
    _shown,
    "id",
    "name",
    "email",
    "phone",
    "locale",
    "photo_url",
    "role",
    "status",
    "organization_id",
    "created_at",
    "time_zone",
)
