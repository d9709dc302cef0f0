"""Caller over HTTP: their agent and their applicants."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from msgspec import convert

from booking.domain.agent import AgentRole
from booking.domain.caller import Caller
from booking.entrypoints.http.decoding import no_parameters
from booking.entrypoints.http.wire import Output


class MeAgent(Output):
    id: UUID
    organization_id: UUID
    role: AgentRole


class MeApplicant(Output):
    id: UUID
    organization_id: UUID
    eligible: bool


class Me(Output):
    subject: str
    email: str | None
    agent: MeAgent | None
    applicants: list[MeApplicant]


class MeResponse(Output):
    me: Me


@get("/me", operation_id="getMe", guards=[no_parameters])
async def get_me(caller: NamedDependency[Caller]) -> MeResponse:
    return MeResponse(me=convert(caller, Me, from_attributes=True))


routes = (get_me,)
