"""Who is known for a moment, how long, and what ends it at once."""

import dataclasses
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from booking.domain.paging import Paging
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Claims, Identity
from booking.domain.people.refusals import NotRegistered
from booking.domain.values import replace
from booking.service.people import identity as caching
from booking.service.people.applicants import ApplicantService
from booking.service.people.identity import OFTEN, CallerCache, IdentityService
from tests.builders import claims, organization, screening
from tests.fakes import State, memory_store
from tests.support.issuer import Clock


class Office:
    """Identity and screenings that share what is known, as one process has them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.store = memory_store(State())
        callers = CallerCache(self.clock)
        self.identity = IdentityService(self.store.logins, callers)
        self.applicants = ApplicantService(self.store.applicants, self.store.rosters, callers)
        agency = organization(self.store)
        self.agents = dataclasses.replace(agency.agents, callers=callers)
        self.organization_id = agency.organization_id


@pytest.fixture
def office() -> Office:
    return Office()


async def test_a_removed_agent_is_nobody_within_five_seconds(office: Office) -> None:
    await office.store.agents.provision("sub", office.organization_id, AgentRole.MEMBER)
    agent = claims("sub")
    assert (await office.identity.identify(agent, None)).agent is not None
    await office.store.agents.remove("sub")
    assert (await office.identity.identify(agent, None)).agent is not None
    office.clock.seconds += 5
    with pytest.raises(NotRegistered):
        await office.identity.identify(agent, None)


async def test_who_is_shut_out_and_who_is_let_in_again_is_so_at_once_in_the_same_process(office: Office) -> None:
    def claimed(role: AgentRole) -> Claims:
        return claims(role, organization_id=office.organization_id, role=role)

    admin = await office.identity.identify(claimed(AgentRole.ADMIN), None)
    agent = await office.identity.identify(claimed(AgentRole.MEMBER), None)
    await office.agents.remove(admin, agent.as_agent().id, Paging(after=None, limit=1))
    for _ in range(OFTEN):
        with pytest.raises(NotRegistered):
            await office.identity.identify(claimed(AgentRole.MEMBER), None)
    await office.agents.restore(admin, agent.as_agent().id)
    assert (await office.identity.identify(claimed(AgentRole.MEMBER), None)).agent == agent.agent


async def test_an_undone_link_is_undone_within_five_seconds(office: Office) -> None:
    ana = await office.applicants.register(screening(office.organization_id, email="ana@example.com"), message_id=None)
    bearer = claims("ana", email="ana@example.com")
    await office.identity.identify(bearer, None)
    await ApplicantService(office.store.applicants, office.store.rosters).unlink(office.organization_id, ana.id)
    assert (await office.identity.identify(bearer, None)).applicants
    office.clock.seconds += 5
    with pytest.raises(NotRegistered):
        await office.identity.identify(bearer, None)


async def test_whoever_was_nobody_is_somebody_with_their_next_request(office: Office) -> None:
    bearer = claims("ana", email="Ana@example.com")
    with pytest.raises(NotRegistered):
        await office.identity.identify(bearer, None)
    await office.applicants.register(screening(office.organization_id, email="ana@example.com"), message_id=None)
    assert len((await office.identity.identify(bearer, None)).applicants) == 1


async def test_a_screening_here_is_seen_at_once(office: Office) -> None:
    first = screening(office.organization_id, email="ana@example.com")
    bearer, other = claims("ana", email="ANA@example.com"), uuid4()
    await office.applicants.register(first, message_id=None)
    (before,) = (await office.identity.identify(bearer, None)).applicants
    await office.applicants.register(replace(first, risk_level=RiskLevel.HIGH), message_id=None)
    (after,) = (await office.identity.identify(bearer, None)).applicants
    assert (before.eligible, after.eligible) == (True, False)
    await office.applicants.register(replace(first, organization_id=other, external_id=uuid4()), message_id=None)
    assert len((await office.identity.identify(bearer, None)).applicants) == 2


async def test_an_erasure_here_is_seen_at_once(office: Office) -> None:
    ana = await office.applicants.register(screening(office.organization_id, email="ana@example.com"), message_id=None)
    bearer = claims("ana", email="ana@example.com")
    await office.identity.identify(bearer, None)
    await office.applicants.erase(office.organization_id, ana.id)
    with pytest.raises(NotRegistered):
        await office.identity.identify(bearer, None)


async def test_other_claims_of_the_same_login_are_looked_at_anew(office: Office) -> None:
    member = claims("sub", organization_id=office.organization_id, role=AgentRole.MEMBER)
    admin = claims("sub", organization_id=office.organization_id, role=AgentRole.ADMIN)
    roles = [(await office.identity.identify(one, None)).as_agent().role for one in (member, admin, member)]
    assert roles == [AgentRole.MEMBER, AgentRole.ADMIN, AgentRole.MEMBER]


async def test_however_many_come_so_many_are_known(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "MOST", 2)
    many = [claims(f"{number}", email=f"{number}@example.com") for number in range(3)]
    kept, who = CallerCache(office.clock), Identity(None, ())
    for one in (*many, many[1]):
        kept.put(one, who)
    assert [kept.get(one) for one in many] == [None, who, who]


class Asked:
    """Logins that count how often they are asked."""

    def __init__(self, office: Office) -> None:
        self.count = 0
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self._logins = office.store.logins

    async def of(self, bearer: Claims, request_id: str | None) -> Identity:
        self.count += 1
        who = await self._logins.of(bearer, request_id)
        if self.meanwhile is not None:
            await self.meanwhile()
        return who


def counted(office: Office) -> tuple[Asked, IdentityService]:
    asked = Asked(office)
    return asked, IdentityService(asked, office.identity.callers)


async def refused(identity: IdentityService, bearer: Claims, times: int) -> None:
    for _ in range(times):
        with pytest.raises(NotRegistered):
            await identity.identify(bearer, None)


async def test_nobody_is_remembered_for_a_second_after_their_tenth_refusal_within_a_minute(office: Office) -> None:
    asked, identity = counted(office)
    bearer = claims("ana", email="ana@example.com")
    await refused(identity, bearer, 9)
    office.clock.seconds += 60.5
    await refused(identity, bearer, 9)
    assert asked.count == 18
    await refused(identity, bearer, 100)
    assert asked.count == 19
    office.clock.seconds += 1
    await refused(identity, bearer, 100)
    assert asked.count == 20


async def test_nobody_who_is_screened_here_is_somebody_at_once(office: Office) -> None:
    asked, identity = counted(office)
    bearer = claims("ana", email="ana@example.com")
    await refused(identity, bearer, 20)
    await office.applicants.register(screening(office.organization_id, email="Ana@example.com"), message_id=None)
    assert (await identity.identify(bearer, None)).applicants
    assert asked.count == 11


async def test_whoever_is_screened_while_they_are_looked_for_is_not_remembered_as_nobody(office: Office) -> None:
    asked, identity = counted(office)
    bearer = claims("ana", email="ana@example.com")
    await refused(identity, bearer, 9)

    async def screened() -> None:
        await office.applicants.register(screening(office.organization_id, email="ana@example.com"), message_id=None)

    asked.meanwhile = screened
    await refused(identity, bearer, 1)
    asked.meanwhile = None
    assert (await identity.identify(bearer, None)).applicants


async def test_nobody_with_other_claims_is_looked_for_anew(office: Office) -> None:
    _, identity = counted(office)
    await refused(identity, claims("sub"), 20)
    agent = claims("sub", organization_id=office.organization_id, role=AgentRole.MEMBER)
    assert (await identity.identify(agent, None)).agent


async def test_of_nobodies_too_no_more_are_remembered_than_there_is_room_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "MOST", 2)
    asked, identity = counted(office)
    for number in range(3):
        await refused(identity, claims(f"{number}"), 20)
    assert asked.count == 30
    await refused(identity, claims("2"), 1)
    assert asked.count == 30
    await refused(identity, claims("0"), 1)
    assert asked.count == 31
