"""Who a token makes of its bearer, when the database answers only half of it."""

from dataclasses import replace

import pytest

from booking.domain.people.agent import Agent
from booking.domain.people.caller import Claims
from booking.domain.refusals import Unavailable
from tests.builders import claims, organization, screening
from tests.fakes import State, memory_store
from tests.fakes.people import MemoryLogins


class AgentsUnreadable(MemoryLogins):
    def _agent(self, claims: Claims, request_id: str | None) -> Agent | None:
        raise Unavailable


async def test_an_error_while_an_agent_is_looked_up_never_makes_an_applicant_of_them() -> None:
    """Only "not found" passes to the next step."""
    state = State()
    agency = organization(replace(memory_store(state), logins=AgentsUnreadable(state)))
    await agency.screen(screening(agency.organization_id, email="ana@example.com"))
    with pytest.raises(Unavailable):
        await agency.identity.identify(claims(email="ana@example.com"), None)
