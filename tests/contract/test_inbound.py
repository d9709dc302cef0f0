"""Messages by HTTP: each is noted with its effect, and has none a second time; the same in both stores."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

from booking.domain.delivery.inbound import KEPT, InboundMessage
from booking.domain.events import Actor
from booking.domain.people.applicant import RiskLevel, Screening
from booking.domain.values import replace
from tests.builders import HOUR, Organization, organization, screening
from tests.support.worlds import World

MESSAGE = InboundMessage("partner", "msg_1")


async def taken(agency: Organization, found: Screening, message: InboundMessage = MESSAGE) -> RiskLevel | None:
    await agency.applicants.take(found, message, message_id="request-1")
    known = await agency.store.applicants.by_email(found.email or "", found.organization_id)
    return known[0].risk_level if known else None


async def screened(world: World, risk_level: RiskLevel, organization_id: UUID, external_id: UUID) -> Screening:
    now = await world.store.now()
    return screening(
        organization_id,
        external_id=external_id,
        email=f"{external_id}@example.com",
        risk_level=risk_level,
        screened_at=now,
        sent_at=now,
    )


async def test_a_message_that_comes_again_has_no_second_effect(world: World) -> None:
    agency, person = organization(world.store), uuid4()
    first = await screened(world, RiskLevel.LOW, agency.organization_id, person)
    assert await taken(agency, first) is RiskLevel.LOW
    newer = await screened(world, RiskLevel.HIGH, agency.organization_id, person)
    assert await taken(agency, newer) is RiskLevel.LOW, "the id says that it is the first"
    assert await taken(agency, newer, MESSAGE._replace(id="msg_2")) is RiskLevel.HIGH
    assert await world.events() == [
        ("applicant.registered", None, "eligible"),
        ("applicant.ineligible", "eligible", "ineligible"),
    ]


async def test_an_id_is_its_senders_own(world: World) -> None:
    agency, person = organization(world.store), uuid4()
    await taken(agency, await screened(world, RiskLevel.LOW, agency.organization_id, person))
    newer = await screened(world, RiskLevel.MEDIUM, agency.organization_id, person)
    assert await taken(agency, newer, MESSAGE._replace(sender="another")) is RiskLevel.MEDIUM


async def test_a_repeated_id_that_names_somebody_else_registers_nobody(world: World) -> None:
    agency = organization(world.store)
    first = await screened(world, RiskLevel.LOW, agency.organization_id, uuid4())
    await taken(agency, first)
    assert await taken(agency, replace(first, external_id=uuid4(), email="other@example.com")) is None
    assert await world.events() == [("applicant.registered", None, "eligible")]


async def test_of_twenty_at_once_with_one_id_one_counts(world: World) -> None:
    agency, person = organization(world.store), uuid4()
    found = [await screened(world, RiskLevel.LOW, agency.organization_id, person) for _ in range(10)]
    found += [await screened(world, RiskLevel.LOW, agency.organization_id, uuid4()) for _ in range(10)]
    await asyncio.gather(*(taken(agency, one) for one in found))
    assert await world.events() == [("applicant.registered", None, "eligible")]


async def test_each_of_many_at_once_is_noted_with_its_effect(world: World) -> None:
    agency, person = organization(world.store), uuid4()
    found = [await screened(world, RiskLevel.LOW, agency.organization_id, person) for _ in range(10)]
    many = [(one, MESSAGE._replace(id=f"msg_{number}")) for number, one in enumerate(found)]
    levels = await asyncio.gather(*(taken(agency, one, message) for one, message in many))
    assert levels == [RiskLevel.LOW] * 10


async def test_what_was_cut_off_is_done_when_the_message_comes_again(world: World) -> None:
    """The first time it was noted, and the process ended before places were freed."""
    agency = organization(world.store)
    agent, caller = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    await agency.holds.hold(caller, slot.id)
    person = caller.applicants[0]
    found = replace(
        await screened(world, RiskLevel.HIGH, agency.organization_id, person.external_id), email=person.email
    )
    by = Actor(subject=None, role="screening", request_id=None)
    await world.store.applicants.register(found, by, MESSAGE)
    told = await world.events()
    assert ("hold.released", "held", "released") not in told
    await taken(agency, found)
    assert (await world.events())[len(told) :] == [("hold.released", "held", "released")]


async def test_messages_are_kept_for_fourteen_days(world: World) -> None:
    agency = organization(world.store)
    first = await screened(world, RiskLevel.LOW, agency.organization_id, uuid4())
    await taken(agency, first)
    lease = await world.store.leases.take("forgetting messages", 3 * KEPT, None)
    assert lease is not None
    await world.jump(KEPT - timedelta(minutes=1))
    assert await world.store.inbound.forget(lease) == 0
    await world.jump(KEPT + HOUR)
    stale = lease._replace(token=lease.token - 1)
    assert [await world.store.inbound.forget(one) for one in (stale, lease, lease)] == [0, 1, 0]
