"""Agents, applicants, screenings and links: the same in memory and in PostgreSQL."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from booking.domain.events import OPERATOR, EventType
from booking.domain.paging import Paging
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import Applicant, RiskLevel
from booking.domain.people.caller import Claims
from booking.domain.people.refusals import ApplicantIneligible, ApplicantNotFound, NotRegistered
from booking.domain.refusals import SlotNotFound
from booking.domain.values import replace
from tests.builders import HOUR, claims, organization, screening
from tests.support.worlds import World


async def test_signed_claims_make_an_agent_and_newer_claims_another(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    first = await agency.identity.identify(
        claims("sub", organization_id=agency.organization_id, role=AgentRole.ADMIN), None
    )
    demoted = await agency.identity.identify(
        claims("sub", organization_id=agency.organization_id, role=AgentRole.MEMBER), None
    )
    moved = await agency.identity.identify(
        claims("sub", organization_id=other.organization_id, role=AgentRole.MEMBER), None
    )
    assert first.as_agent().id == demoted.as_agent().id
    assert [caller.as_agent().role for caller in (first, demoted)] == [AgentRole.ADMIN, AgentRole.MEMBER]
    assert moved.as_agent().organization_id == other.organization_id
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims("sub"), None)


async def test_first_calls_at_once_find_one_agent(world: World) -> None:
    agency = organization(world.store)
    same = claims(organization_id=agency.organization_id, role=AgentRole.MEMBER)
    callers = await asyncio.gather(*(agency.identity.identify(same, None) for _ in range(10)))
    assert len({caller.as_agent().id for caller in callers}) == 1


async def test_an_operator_provisions_an_agent_and_removes_them(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    agents = world.store.agents
    await agents.provision("sub", agency.organization_id, AgentRole.ADMIN)
    moved = await agents.provision("sub", other.organization_id, AgentRole.MEMBER)
    assert (await agency.identity.identify(claims("sub"), None)).agent == moved
    claimed = claims("sub", organization_id=agency.organization_id, role=AgentRole.MEMBER)
    assert (await agency.identity.identify(claimed, None)).as_agent().organization_id == agency.organization_id
    assert [await agents.remove("sub"), await agents.remove("sub")] == [True, False]
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims("sub"), None)


async def test_a_vouched_email_links_every_applicant_of_that_email_whatever_the_ascii_case(world: World) -> None:
    """One person may be an applicant of several organizations; a later screening is linked too."""
    one, other, later = (organization(world.store) for _ in range(3))
    email = f"Ana.{uuid4()}@Example.com"
    for agency in (one, other):
        await agency.screen(screening(agency.organization_id, email=email))
    person = claims("ana", email=email.swapcase())
    caller = await one.identity.identify(person, "request")
    assert set(caller.organizations) == {one.organization_id, other.organization_id}
    await later.screen(screening(later.organization_id, email=email.upper()))
    caller = await one.identity.identify(person, "request")
    assert set(caller.organizations) == {one.organization_id, other.organization_id, later.organization_id}
    assert (await world.events()).count((EventType.APPLICANT_LINKED, "unlinked", "linked")) == 3


async def test_an_operator_finds_applicants_by_their_email_in_one_organization_or_in_all(world: World) -> None:
    one, other = organization(world.store), organization(world.store)
    email = f"Ana.{uuid4()}@Example.com"
    for agency in (one, other):
        await agency.screen(screening(agency.organization_id, email=email))
        await agency.screen(screening(agency.organization_id, email=f"x{email}"))
    await one.screen(screening(one.organization_id, email=email))
    _, gone = await world.store.applicants.by_email(email, one.organization_id)
    await world.store.applicants.erase(one.organization_id, gone.id, OPERATOR)
    found = await world.store.applicants.by_email(email.swapcase(), None)
    assert [(applicant.organization_id, applicant.email) for applicant in found] == [
        (one.organization_id, email),
        (other.organization_id, email),
    ]
    assert await world.store.applicants.by_email(email, other.organization_id) == [found[1]]
    assert await world.store.applicants.by_email(found[0].id.hex, None) == []


async def test_an_operator_lists_those_who_have_a_role_and_where_it_comes_from(world: World) -> None:
    one, other = organization(world.store), organization(world.store)
    claimed = (
        await one.identity.identify(claims("claimed", organization_id=one.organization_id, role=AgentRole.MEMBER), None)
    ).as_agent()
    provisioned = await world.store.agents.provision("provisioned", one.organization_id, AgentRole.ADMIN)
    await world.store.agents.provision("removed", one.organization_id, AgentRole.ADMIN)
    assert await world.store.agents.remove("removed")
    elsewhere = await world.store.agents.provision("elsewhere", other.organization_id, AgentRole.MEMBER)
    found = await world.store.agents.entries(one.organization_id)
    assert [(entry.id, entry.subject, entry.claimed_role, entry.provisioned_role, entry.role) for entry in found] == [
        (claimed.id, "claimed", "member", None, "member"),
        (provisioned.id, "provisioned", None, "admin", "admin"),
    ]
    everyone = await world.store.agents.entries(None)
    assert {entry.id for entry in everyone} >= {claimed.id, provisioned.id, elsewhere.id}
    assert "removed" not in {entry.subject for entry in everyone}


async def test_an_email_that_nobody_vouches_for_links_nobody(world: World) -> None:
    agency = organization(world.store)
    await agency.screen(screening(agency.organization_id, email="ana@example.com"))
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims("ana", email="ana@example.com", vouched=False), None)


async def test_letters_beyond_ascii_are_compared_as_they_stand(world: World) -> None:
    agency = organization(world.store)
    await agency.screen(screening(agency.organization_id, email="ANÁ@example.com"))
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims("ana", email="aná@example.com"), None)
    assert (await agency.identity.identify(claims("ana", email="anÁ@example.com"), None)).applicants


async def test_a_link_never_moves_by_itself(world: World) -> None:
    agency = organization(world.store)
    await agency.screen(screening(agency.organization_id, email="ana@example.com"))
    first = await agency.identity.identify(claims("first", email="ana@example.com"), None)
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims("second", email="ana@example.com"), None)
    again = await agency.identity.identify(claims("first"), None)
    assert again.applicants == first.applicants


async def test_of_two_with_one_email_the_newest_screened_is_linked(world: World) -> None:
    agency = organization(world.store)
    now = await world.store.now()
    newest, oldest = uuid4(), uuid4()
    for external_id, age in ((newest, HOUR), (oldest, 2 * HOUR)):
        await agency.screen(
            screening(agency.organization_id, external_id=external_id, email="ana@example.com", screened_at=now - age)
        )
    for _ in range(2):
        caller = await agency.identity.identify(claims("ana", email="ana@example.com"), None)
        assert [applicant.external_id for applicant in caller.applicants] == [newest]


async def test_first_calls_of_an_applicant_at_once_link_once(world: World) -> None:
    agency = organization(world.store)
    await agency.screen(screening(agency.organization_id, email="ana@example.com"))
    person = claims("ana", email="ana@example.com")
    callers = await asyncio.gather(*(agency.identity.identify(person, None) for _ in range(10)))
    assert len({caller.applicants for caller in callers}) == 1
    assert (await world.events()).count((EventType.APPLICANT_LINKED, "unlinked", "linked")) == 1


async def test_an_unlinked_login_is_not_linked_again_but_another_is(world: World) -> None:
    agency = organization(world.store)
    await agency.screen(screening(agency.organization_id, email="ana@example.com"))
    wrong = await agency.identity.identify(claims("wrong", email="ana@example.com"), None)
    applicant = wrong.applicants[0]
    await agency.applicants.unlink(agency.organization_id, applicant.id)
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims("wrong", email="ana@example.com"), None)
    with pytest.raises(ApplicantNotFound):
        await agency.applicants.unlink(agency.organization_id, applicant.id)
    right = await agency.identity.identify(claims("right", email="ana@example.com"), None)
    assert [one.id for one in right.applicants] == [applicant.id]


async def test_every_login_that_was_ever_taken_stays_taken(world: World) -> None:
    """However many were taken since, and whichever was the last."""
    agency, other = organization(world.store), organization(world.store)
    for each in (agency, other):
        await each.screen(screening(each.organization_id, email="ana@example.com"))
    found = set()
    for login in ("first", "second", "third"):
        person = await agency.identity.identify(claims(login, email="ana@example.com"), None)
        (here,) = [one for one in person.applicants if one.organization_id == agency.organization_id]
        found.add(here.id)
        await agency.applicants.unlink(agency.organization_id, here.id)
        for taken in ("first", "second", "third")[: ("first", "second", "third").index(login) + 1]:
            if taken == "first":  # who is linked elsewhere stays so
                again = await agency.identity.identify(claims(taken, email="ana@example.com"), None)
                assert again.organizations == (other.organization_id,)
            else:
                with pytest.raises(NotRegistered):
                    await agency.identity.identify(claims(taken, email="ana@example.com"), None)
    assert len(found) == 1
    last = await agency.identity.identify(claims("fourth", email="ana@example.com"), None)
    assert {one.id for one in last.applicants} == found


async def test_whoever_lost_their_login_since_they_were_identified_books_nothing(world: World) -> None:
    agency = organization(world.store)
    agent, person = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    await agency.applicants.unlink(agency.organization_id, person.applicants[0].id)
    before = await world.events()
    with pytest.raises(NotRegistered):
        await agency.book(person, slot.id)
    with pytest.raises(SlotNotFound):
        await agency.slots.eligibility(person, slot.id)
    assert await world.events() == before


async def test_a_screening_registers_and_a_repetition_changes_nothing(world: World) -> None:
    agency = organization(world.store)
    found = screening(agency.organization_id)
    for _ in range(3):
        await agency.screen(found)
    assert await world.events() == [(EventType.APPLICANT_REGISTERED, None, "eligible")]


async def test_high_risk_is_recorded_as_what_it_is(world: World) -> None:
    agency = organization(world.store)
    await agency.screen(screening(agency.organization_id, risk_level=RiskLevel.HIGH))
    assert await world.events() == [(EventType.APPLICANT_INELIGIBLE, None, "ineligible")]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
async def test_the_newest_screening_wins_in_whichever_order_they_arrive(world: World, order: tuple[int, ...]) -> None:
    agency = organization(world.store)
    now = await world.store.now()
    external_id = uuid4()
    found = [
        screening(
            agency.organization_id,
            external_id=external_id,
            risk_level=risk_level,
            screened_at=now - age * HOUR,
            name=name,
            email="ana@example.com",
        )
        for risk_level, age, name in (
            (RiskLevel.LOW, 3, "Old"),
            (RiskLevel.HIGH, 2, "Middle"),
            (RiskLevel.MEDIUM, 1, "New"),
        )
    ]
    for position in order:
        await agency.screen(found[position])
    caller = await agency.identity.identify(claims("ana", email="ana@example.com"), None)
    assert [(one.risk_level, one.name, one.eligible) for one in caller.applicants] == [(RiskLevel.MEDIUM, "New", True)]


async def test_with_an_unusable_email_a_known_person_keeps_the_address_and_the_risk_counts(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant("ana@example.com")
    person, now = applicant.applicants[0], await world.store.now()
    found = replace(
        screening(
            agency.organization_id,
            external_id=person.external_id,
            risk_level=RiskLevel.HIGH,
            screened_at=now,
            sent_at=now,
        ),
        name=None,
        email=None,
    )
    await agency.screen(found)
    (kept,) = (await agency.applicants.list(agent, q=None, eligible=None, paging=Paging(after=None, limit=9))).items
    assert kept == replace(person, risk_level=RiskLevel.HIGH, screened_at=now)
    with pytest.raises(ApplicantIneligible):
        await agency.book(applicant, (await agency.slot(agent)).id)


async def test_with_an_unusable_email_nobody_unknown_is_let_in_or_can_be_linked_until_a_usable_one_comes(
    world: World,
) -> None:
    agency = organization(world.store)
    agent, now, external_id = await agency.agent(), await world.store.now(), uuid4()

    async def screened(email: str | None, age: int) -> Applicant:
        at = now - age * HOUR
        found = screening(agency.organization_id, external_id=external_id, screened_at=at, sent_at=at)
        await agency.screen(replace(found, name="Ana", email=email))
        page = await agency.applicants.list(agent, q=None, eligible=None, paging=Paging(after=None, limit=9))
        (one,) = page.items
        return one

    for age in (3, 2):  # again without
        kept = await screened(None, age)
        assert (kept.email, kept.eligible, kept.risk_level) == (
            f"{kept.id}@unusable.invalid",
            False,
            RiskLevel.HIGH,
        )
        with pytest.raises(NotRegistered):
            await agency.identity.identify(claims("ana", email=kept.email), None)
    assert (await world.events()) == [(EventType.APPLICANT_INELIGIBLE, None, "ineligible")]
    usable = await screened("ana@example.com", 1)
    assert (usable.id, usable.email, usable.eligible) == (kept.id, "ana@example.com", True)
    assert (await agency.identity.identify(claims("ana", email="ana@example.com"), None)).applicants


@pytest.mark.parametrize("levels", [(RiskLevel.LOW, RiskLevel.HIGH), (RiskLevel.HIGH, RiskLevel.LOW)])
async def test_of_two_screenings_at_one_time_the_stricter_wins(world: World, levels: tuple[RiskLevel, ...]) -> None:
    agency = organization(world.store)
    at, external_id = await world.store.now() - HOUR, uuid4()
    for risk_level in levels:
        await agency.screen(
            screening(
                agency.organization_id,
                external_id=external_id,
                risk_level=risk_level,
                screened_at=at,
                email="ana@example.com",
            )
        )
    caller = await agency.identity.identify(claims("ana", email="ana@example.com"), None)
    assert caller.applicants[0].risk_level is RiskLevel.HIGH


async def test_a_screening_from_the_future_counts_as_sent_and_its_repetition_overtakes_nothing(world: World) -> None:
    """Else one clock running ahead would keep every later screening out."""
    agency = organization(world.store)
    now, external_id = await world.store.now(), uuid4()

    def found(risk_level: RiskLevel, screened_in: timedelta | None, sent_ago: timedelta) -> object:
        return screening(
            agency.organization_id,
            external_id=external_id,
            risk_level=risk_level,
            screened_at=None if screened_in is None else now + screened_in,
            sent_at=now - sent_ago,
            email="ana@example.com",
        )

    ahead = found(RiskLevel.LOW, 24 * HOUR, 2 * HOUR)
    for each in (ahead, found(RiskLevel.HIGH, None, HOUR), ahead):
        await agency.screen(each)  # type: ignore[arg-type]
    caller = await agency.identity.identify(claims("ana", email="ana@example.com"), None)
    assert caller.applicants[0].risk_level is RiskLevel.HIGH


async def test_what_tokens_make_of_somebody_is_told_in_their_agency_and_by_them(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    first = await agency.identity.identify(
        claims("sub", organization_id=agency.organization_id, role=AgentRole.ADMIN), "one"
    )
    for request in ("two", "again"):  # and once only
        await agency.identity.identify(
            claims("sub", organization_id=agency.organization_id, role=AgentRole.MEMBER), request
        )
    moved = await agency.identity.identify(
        claims("sub", organization_id=other.organization_id, role=AgentRole.ADMIN), "three"
    )
    for request in ("four", "again"):
        with pytest.raises(NotRegistered):
            await agency.identity.identify(claims("sub"), request)
    here, there = (agency.organization_id, first.as_agent().id), (other.organization_id, moved.as_agent().id)
    told = await agents_told(world)
    assert told[:2] == [
        (EventType.AGENT_ADDED, here, None, "admin", ("sub", "admin", "one")),
        (EventType.AGENT_ROLE_CHANGED, here, "admin", "member", ("sub", "member", "two")),
    ]
    assert sorted(told[2:4]) == [
        (EventType.AGENT_ADDED, there, None, "admin", ("sub", "admin", "three")),
        (EventType.AGENT_REMOVED, here, "member", "removed", ("sub", "member", "three")),
    ]
    assert told[4:] == [(EventType.AGENT_REMOVED, there, "admin", "removed", ("sub", "admin", "four"))]


async def test_what_an_operator_makes_of_somebody_is_told_as_theirs(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    agents, operator = world.store.agents, (None, "operator", None)
    agent = await agents.provision("sub", agency.organization_id, AgentRole.MEMBER)
    for _ in range(2):  # once only
        await agents.provision("sub", agency.organization_id, AgentRole.ADMIN)
    moved = await agents.provision("sub", other.organization_id, AgentRole.ADMIN)
    assert [await agents.remove("sub"), await agents.remove("sub")] == [True, False]
    here, there = (agency.organization_id, agent.id), (other.organization_id, moved.id)
    told = await agents_told(world)
    assert told[:2] == [
        (EventType.AGENT_ADDED, here, None, "member", operator),
        (EventType.AGENT_ROLE_CHANGED, here, "member", "admin", operator),
    ]
    assert sorted(told[2:4]) == [
        (EventType.AGENT_ADDED, there, None, "admin", operator),
        (EventType.AGENT_REMOVED, here, "admin", "removed", operator),
    ]
    assert told[4:] == [(EventType.AGENT_REMOVED, there, "admin", "removed", operator)]


async def test_a_claimed_role_comes_before_a_provisioned_one_and_only_what_counts_is_told(world: World) -> None:
    agency = organization(world.store)
    agents, here = world.store.agents, agency.organization_id
    agent = await agents.provision("sub", here, AgentRole.MEMBER)
    assert (
        await agency.identity.identify(claims("sub", organization_id=here, role=AgentRole.ADMIN), "one")
    ).agent == replace(agent, role=AgentRole.ADMIN)
    await agents.remove("sub")  # the token still says so
    await agents.provision("sub", here, AgentRole.MEMBER)
    assert (await agency.identity.identify(claims("sub"), "two")).agent == agent
    assert [(kind, was, now, by[2]) for kind, _, was, now, by in await agents_told(world)] == [
        (EventType.AGENT_ADDED, None, "member", None),
        (EventType.AGENT_ROLE_CHANGED, "member", "admin", "one"),
        (EventType.AGENT_ROLE_CHANGED, "admin", "member", "two"),
    ]


async def test_an_earlier_token_that_still_holds_does_not_overwrite_what_a_later_one_says(world: World) -> None:
    """Else two sessions of one person would make and unmake an agent in turn."""
    agency, other = organization(world.store), organization(world.store)
    here, later = agency.organization_id, await world.store.now()
    earlier = later - HOUR
    demoted = claims("sub", organization_id=here, role=AgentRole.MEMBER, issued_at=later)
    agent = (await agency.identity.identify(demoted, None)).as_agent()
    for old in (
        claims("sub", organization_id=here, role=AgentRole.ADMIN, issued_at=earlier),
        claims("sub", organization_id=other.organization_id, role=AgentRole.ADMIN, issued_at=earlier),
        claims("sub", issued_at=earlier),
    ):
        with pytest.raises(NotRegistered):
            await agency.identity.identify(old, None)
        assert (await agency.identity.identify(demoted, None)).agent == agent
    same = claims("sub", organization_id=here, role=AgentRole.MEMBER, issued_at=earlier)
    assert (await agency.identity.identify(same, None)).agent == agent
    with pytest.raises(NotRegistered):
        await agency.identity.identify(claims("sub", issued_at=later + HOUR), None)
    with pytest.raises(NotRegistered):
        await agency.identity.identify(demoted, None)
    assert [kind for kind, *_ in await agents_told(world)] == [EventType.AGENT_ADDED, EventType.AGENT_REMOVED]


async def test_a_token_that_says_what_holds_already_is_the_newest_all_the_same(world: World) -> None:
    """Else an earlier one, of an hour in which somebody was an admin, would make them one again."""
    agency, now = organization(world.store), await world.store.now()

    def token(role: AgentRole, issued_at: datetime) -> Claims:
        return claims("sub", organization_id=agency.organization_id, role=role, issued_at=issued_at)

    newest = token(AgentRole.MEMBER, now)
    agent = (await agency.identity.identify(token(AgentRole.MEMBER, now - 2 * HOUR), None)).as_agent()
    assert (await agency.identity.identify(newest, None)).agent == agent
    with pytest.raises(NotRegistered):
        await agency.identity.identify(token(AgentRole.ADMIN, now - HOUR), None)
    assert (await agency.identity.identify(newest, None)).agent == agent
    assert [kind for kind, *_ in await agents_told(world)] == [EventType.AGENT_ADDED]


async def test_of_first_calls_at_once_one_is_told_of(world: World) -> None:
    agency = organization(world.store)
    same = claims(organization_id=agency.organization_id, role=AgentRole.MEMBER)
    await asyncio.gather(*(agency.identity.identify(same, None) for _ in range(10)))
    none = claims(same.subject)
    await asyncio.gather(*(agency.identity.identify(none, None) for _ in range(10)), return_exceptions=True)
    assert [kind for kind, *_ in await agents_told(world)] == [EventType.AGENT_ADDED, EventType.AGENT_REMOVED]


async def agents_told(world: World) -> list[tuple[Any, ...]]:
    """Of each event about an agent: type, (organization, agent), from, to, (subject, role, request)."""
    while await world.store.outbox.place(100):
        pass
    told = [one.recorded.event for one in await world.store.trail.placed(1, 1000)]
    return [
        (
            one.type,
            (one.organization_id, one.agent_id),
            one.from_state,
            one.to_state,
            (one.actor.subject, one.actor.role, one.actor.request_id),
        )
        for one in told
        if one.type.startswith("agent.")
    ]
