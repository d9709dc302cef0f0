"""Tickets for streams: for one, for a moment, and for whom they were issued."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.domain.people.agent import AgentRole
from booking.domain.people.refusals import NotRegistered
from booking.domain.refusals import Unauthenticated
from booking.domain.values import replace
from booking.service.delivery.stream_tickets import Ticket
from tests.builders import claims, organization
from tests.support.worlds import World

SECONDS = timedelta(seconds=1)


async def test_a_ticket_stands_for_the_token_and_what_was_asked_for_and_is_taken_once(world: World) -> None:
    agency = organization(world.store)
    until = datetime.now(UTC) + timedelta(hours=1)
    found = claims(email="ada@example.com", organization_id=agency.organization_id, role=AgentRole.ADMIN)
    found = replace(found, expires_at=until)
    caller = await agency.identity.identify(found, None)
    issued = await agency.tickets.issue(caller, found, "position", ("slot.created",))
    other = await agency.tickets.issue(caller, found, None, ())
    assert timedelta(seconds=25) < issued.expires_at - datetime.now(UTC) <= timedelta(seconds=35)
    taken = await agency.tickets.take(issued.name)
    said = claims(found.subject, vouched=False, organization_id=agency.organization_id, role=AgentRole.ADMIN)
    assert taken == Ticket(said, "position", ("slot.created",))
    assert taken.claims.expires_at == until
    assert (await agency.identity.identify(taken.claims, None)).agent == caller.agent
    with pytest.raises(Unauthenticated):
        await agency.tickets.take(issued.name)
    assert (await agency.tickets.take(other.name)).after is None


async def test_a_ticket_of_an_applicant_lets_in_the_applicant(world: World) -> None:
    agency = organization(world.store)
    person = await agency.applicant()
    issued = await agency.tickets.issue(person, claims(person.subject, email=person.email), None, ())
    taken = await agency.tickets.take(issued.name)
    again = await agency.identity.identify(taken.claims, None)
    assert (again.subject, again.agent, again.applicants) == (person.subject, None, person.applicants)


async def test_a_ticket_holds_for_half_a_minute_and_is_forgotten_then(world: World) -> None:
    agency = organization(world.store)
    found = claims(organization_id=agency.organization_id, role=AgentRole.MEMBER)
    caller = await agency.identity.identify(found, None)
    name = (await agency.tickets.issue(caller, found, None, ())).name
    await agency.tickets.issue(caller, found, None, ())
    await world.jump(31 * SECONDS)
    with pytest.raises(Unauthenticated):
        await agency.tickets.take(name)
    lease = await world.store.leases.take("forgetting tickets", 60 * SECONDS, None)
    assert lease is not None
    assert [await world.store.tickets.forget(lease) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("name", ["", "x", "A" * 64, "\u00e4", "A" * 63 + "="])
async def test_a_made_up_ticket_is_none(world: World, name: str) -> None:
    with pytest.raises(Unauthenticated):
        await organization(world.store).tickets.take(name)


async def test_who_is_nobody_any_more_gets_none(world: World) -> None:
    agency = organization(world.store)
    person = await agency.applicant()
    await agency.applicants.unlink(person.applicants[0].organization_id, person.applicants[0].id)
    with pytest.raises(NotRegistered):
        await agency.tickets.issue(person, claims(person.subject), None, ())
