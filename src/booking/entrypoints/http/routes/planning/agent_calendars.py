"""Calendar of an agent over HTTP, for the agent and for admins. Its URL is taken, and never shown."""

from uuid import UUID

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning import agent_calendar as domain
from booking.domain.planning.refusals import CalendarNotFound
from booking.domain.refusals import SecretsNotConfigured
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Body, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.wire import Input, Instant, Output
from booking.service.planning.agent_calendars import AgentCalendarService


class PutAgentCalendar(Input):
    """Calendar. `url`: whatever is refused is refused alike."""

    url: str


class AgentCalendar(Output):
    organization_id: UUID
    agent_id: UUID
    host: str
    read_at: Instant | None
    failing_since: Instant | None
    created_at: Instant


class AgentCalendarResponse(Output):
    calendar: AgentCalendar


@put(
    "/agents/{agent_id:str}/calendar",
    operation_id="putAgentCalendar",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(PutAgentCalendar)},
    opt={"refuses": (WrongRole, AgentNotFound, SecretsNotConfigured)},
)
async def put_agent_calendar(
    agent_id: FromPath[str],
    content: NamedDependency[PutAgentCalendar],
    caller: NamedDependency[Caller],
    agent_calendars: NamedDependency[AgentCalendarService],
) -> AgentCalendarResponse:
    id = read_id(agent_id, AgentNotFound)  # noqa: A001 - the agent's own
    return _answer(await agent_calendars.put(caller.showing(_answer), id, content.url))


@get(
    "/agents/{agent_id:str}/calendar",
    operation_id="getAgentCalendar",
    guards=[agents_only, no_parameters],
    opt={"refuses": (WrongRole, AgentNotFound, CalendarNotFound)},
)
async def get_agent_calendar(
    agent_id: FromPath[str], caller: NamedDependency[Caller], agent_calendars: NamedDependency[AgentCalendarService]
) -> AgentCalendarResponse:
    return _answer(await agent_calendars.get(caller, read_id(agent_id, AgentNotFound)))


@delete(
    "/agents/{agent_id:str}/calendar",
    operation_id="deleteAgentCalendar",
    guards=[agents_only, no_parameters],
    opt={"refuses": (WrongRole, AgentNotFound, CalendarNotFound)},
)
async def delete_agent_calendar(
    agent_id: FromPath[str], caller: NamedDependency[Caller], agent_calendars: NamedDependency[AgentCalendarService]
) -> None:
    await agent_calendars.remove(caller, read_id(agent_id, AgentNotFound))


routes = (put_agent_calendar, get_agent_calendar, delete_agent_calendar)


def _answer(calendar: domain.AgentCalendar) -> AgentCalendarResponse:
    return AgentCalendarResponse(
        calendar=AgentCalendar(
            organization_id=calendar.organization_id,
            agent_id=calendar.agent_id,
            host=calendar.host,
            read_at=calendar.read_at,
            failing_since=calendar.failing_since,
            created_at=calendar.created_at,
        )
    )
