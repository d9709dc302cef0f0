"""Calendar feeds: a secret address for a person's own visits, until it is revoked or they are that person no more."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from booking.domain.notices.calendar_feed import MOST
from booking.domain.notices.notice import Recipient
from booking.domain.notices.refusals import CalendarFeedNotFound, TooManyCalendarFeeds
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller, Side
from booking.domain.people.organization import Organization as Agency
from booking.domain.people.refusals import OrganizationNotFound, WrongRole
from booking.domain.properties.policy import Settings
from booking.domain.refusals import InvalidRequest
from booking.service.notices.calendar_feeds import CalendarFeedService, FeedContent
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World

DAY = timedelta(days=1)


async def made(feeds: CalendarFeedService, caller: Caller, side: Side | None = None) -> str:
    """Make a feed; return its token."""
    issued = await feeds.create(caller, side, None)
    assert issued.url.startswith("https://visits.example.com/feeds/")
    assert issued.url.endswith(".ics")
    return issued.url.rpartition("/")[2].removesuffix(".ics")


async def member(agency: Organization, subject: str = "eve") -> Caller:
    found = claims(subject, organization_id=agency.organization_id, role=AgentRole.MEMBER, name="Eve Adams")
    return await agency.identity.identify(found, None)


def shown(content: FeedContent) -> list[tuple[UUID, str]]:
    return [(entry.booking_id, str(entry.status)) for entry, _ in content.visits]


async def gone(feeds: CalendarFeedService, token: str) -> None:
    with pytest.raises(CalendarFeedNotFound):
        await feeds.open(token)


async def test_an_applicant_reads_own_visits_and_no_more_of_the_agent_than_their_list_shows(world: World) -> None:
    agency = organization(world.store)
    eve, ada, ben = await member(agency), await agency.applicant(), await agency.applicant()
    token = await made(agency.calendar_feeds, ada)
    assert (await agency.calendar_feeds.open(token)).visits == []
    late, early = [await agency.slot(eve, starts_in=days * DAY) for days in (4, 3)]
    visits = [await agency.book(ada, slot.id) for slot in (late, early)]
    await agency.book(ben, (await agency.slot(eve, starts_in=5 * DAY)).id)
    await agency.holds.hold(ada, (await agency.slot(eve, starts_in=6 * DAY)).id)
    content = await agency.calendar_feeds.open(token)
    assert content.owner.recipient is Recipient.APPLICANT
    assert shown(content) == [(visits[1].id, "CONFIRMED"), (visits[0].id, "CONFIRMED")]
    (entry, visit), _ = content.visits
    assert (visit.start_time, visit.end_time) == (early.start_time, early.end_time)
    assert (visit.agent_name, visit.applicant_name) == ("Eve Adams", None)
    assert (entry.sequence, entry.at) == (1, visits[1].updated_at)


async def test_an_agent_reads_visits_in_own_slots_with_their_visitors(world: World) -> None:
    agency = organization(world.store)
    eve, zoe, ada = await member(agency), await member(agency, "zoe"), await agency.applicant()
    mine = await agency.book(ada, (await agency.slot(eve, starts_in=3 * DAY)).id)
    theirs = await agency.book(ada, (await agency.slot(zoe, starts_in=4 * DAY)).id)
    content = await agency.calendar_feeds.open(await made(agency.calendar_feeds, eve))
    assert shown(content) == [(mine.id, "CONFIRMED")]
    assert [visit.applicant_name for _, visit in content.visits] == ["Ada"]
    assert (content.owner.recipient, content.owner.name) == (Recipient.AGENT, "Eve Adams")
    later = await agency.slot(eve, starts_in=5 * DAY)
    await agency.bookings.reschedule(ada, theirs.id, later.id)
    content = await agency.calendar_feeds.open(await made(agency.calendar_feeds, eve))
    assert shown(content) == [(mine.id, "CONFIRMED"), (theirs.id, "CONFIRMED")]
    await agency.applicants.erase(agency.organization_id, ada.applicants[0].id)
    content = await agency.calendar_feeds.open(await made(agency.calendar_feeds, eve))
    assert [visit.applicant_name for _, visit in content.visits] == [None, None]


async def test_a_feed_is_written_for_its_person_and_agency(world: World) -> None:
    agency = organization(world.store)
    details = Agency(id=agency.organization_id, name="Havel", time_zone="Europe/Berlin", locale="de-DE")
    await agency.organizations.put(await agency.admin(), details, expected=None)
    ada = await agency.applicant()
    await agency.contacts.change(ada, {"locale": "es"})
    content = await agency.calendar_feeds.open(await made(agency.calendar_feeds, ada))
    assert (content.owner.locale, content.owner.name) == ("es", "Ada")
    assert (content.owner.agency.name, content.owner.agency.time_zone) == ("Havel", "Europe/Berlin")


async def test_a_visit_that_came_to_nothing_is_shown_as_cancelled_for_thirty_days(world: World) -> None:
    agency = organization(world.store)
    eve, ada = await member(agency), await agency.applicant()
    await agency.policies.put(await agency.admin(), Settings(approval_levels=(RiskLevel.LOW,)), expected=None)
    booked = [await agency.book(ada, (await agency.slot(eve, starts_in=days * DAY)).id) for days in (40, 41, 42)]
    token = await made(agency.calendar_feeds, ada)
    await agency.bookings.approve(eve, booked[0].id)
    await agency.bookings.decline(eve, booked[1].id, reason=None)
    await agency.bookings.cancel(ada, booked[2].id, reason=None)
    told = [(one.id, status) for one, status in zip(booked, ("CONFIRMED", "CANCELLED", "CANCELLED"), strict=True)]
    assert shown(await agency.calendar_feeds.open(token)) == told
    await world.jump(30 * DAY - HOUR)
    assert shown(await agency.calendar_feeds.open(token)) == told
    await world.jump(30 * DAY + HOUR)
    assert shown(await agency.calendar_feeds.open(token)) == told[:1]


async def test_a_visit_that_was_is_shown_for_ninety_days(world: World) -> None:
    agency = organization(world.store)
    eve, ada = await member(agency), await agency.applicant()
    booking = await agency.book(ada, (await agency.slot(eve, starts_in=DAY)).id)
    tokens = [await made(agency.calendar_feeds, one) for one in (eve, ada)]
    for passed, found in ((90 * DAY, [(booking.id, "CONFIRMED")]), (91 * DAY + HOUR, [])):
        await world.jump(passed)
        assert [shown(await agency.calendar_feeds.open(token)) for token in tokens] == [found, found]


async def test_a_feed_is_listed_to_its_person_alone_and_revoked_by_them_alone(world: World) -> None:
    agency = organization(world.store)
    eve, admin, ada = await member(agency), await agency.admin(), await agency.applicant()
    token = await made(agency.calendar_feeds, eve)
    other = await made(agency.calendar_feeds, eve)
    first, second = await agency.calendar_feeds.list(eve)
    assert (first.side, first.organization_id, first.owner_id) == (Side.AGENT, *_agent(eve))
    assert first.created_at <= second.created_at
    for stranger in (admin, ada):
        assert await agency.calendar_feeds.list(stranger) == []
        with pytest.raises(CalendarFeedNotFound):
            await agency.calendar_feeds.remove(stranger, first.id)
    await agency.calendar_feeds.remove(eve, first.id)
    with pytest.raises(CalendarFeedNotFound):
        await agency.calendar_feeds.remove(eve, first.id)
    assert await agency.calendar_feeds.list(eve) == [second]
    await gone(agency.calendar_feeds, token)
    await agency.calendar_feeds.open(other)


def _agent(caller: Caller) -> tuple[UUID, UUID]:
    assert caller.agent is not None
    return caller.agent.organization_id, caller.agent.id


async def test_a_person_has_five_feeds_in_a_role(world: World) -> None:
    agency = organization(world.store)
    eve = await member(agency)
    for _ in range(MOST):
        await made(agency.calendar_feeds, eve)
    with pytest.raises(TooManyCalendarFeeds):
        await agency.calendar_feeds.create(eve, None, None)
    await agency.calendar_feeds.remove(eve, (await agency.calendar_feeds.list(eve))[2].id)
    await made(agency.calendar_feeds, eve)
    await made(agency.calendar_feeds, await agency.applicant())


async def test_who_is_both_has_a_feed_of_each(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    ada = await other.applicant()
    both = await agency.identity.identify(
        claims(ada.subject, organization_id=agency.organization_id, role=AgentRole.MEMBER), None
    )
    for side in (None, Side.APPLICANT, Side.AGENT):
        await made(agency.calendar_feeds, both, side)
    found = [(one.side, one.organization_id) for one in await agency.calendar_feeds.list(both)]
    assert found == [
        (Side.AGENT, agency.organization_id),
        (Side.APPLICANT, other.organization_id),
        (Side.AGENT, agency.organization_id),
    ]
    await agency.calendar_feeds.remove(both, (await agency.calendar_feeds.list(both))[1].id)
    assert [one.side for one in await agency.calendar_feeds.list(both)] == [Side.AGENT, Side.AGENT]


async def test_an_applicant_of_several_organizations_says_of_which(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    ada = await agency.applicant("ada@example.com")
    await other.screen(screening(other.organization_id, email="ada@example.com"))
    both = await agency.identity.identify(claims(ada.subject, email="ada@example.com"), None)
    assert len(both.applicants) == 2
    with pytest.raises(InvalidRequest):
        await agency.calendar_feeds.create(both, None, None)
    issued = await agency.calendar_feeds.create(both, None, other.organization_id)
    assert (issued.feed.side, issued.feed.organization_id) == (Side.APPLICANT, other.organization_id)


@pytest.mark.parametrize("side", [None, Side.AGENT])
async def test_no_feed_is_of_another_organization(world: World, side: Side | None) -> None:
    agency = organization(world.store)
    eve, ada = await member(agency), await agency.applicant()
    for caller in (eve, ada) if side is None else (eve,):
        with pytest.raises(OrganizationNotFound):
            await agency.calendar_feeds.create(caller, side, uuid4())


async def test_no_feed_is_of_a_role_that_one_has_not(world: World) -> None:
    agency = organization(world.store)
    for caller, side in ((await member(agency), Side.APPLICANT), (await agency.applicant(), Side.AGENT)):
        with pytest.raises(WrongRole):
            await agency.calendar_feeds.create(caller, side, None)


async def test_a_feed_ends_when_its_applicant_is_unlinked_or_erased(world: World) -> None:
    agency = organization(world.store)
    for end in (agency.applicants.unlink, agency.applicants.erase):
        ada = await agency.applicant()
        token = await made(agency.calendar_feeds, ada)
        await agency.calendar_feeds.open(token)
        await end(agency.organization_id, ada.applicants[0].id)
        await gone(agency.calendar_feeds, token)


async def test_a_feed_ends_when_its_agent_is_removed_and_stays_so(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    eve = await member(agency)
    token = await made(agency.calendar_feeds, eve)
    await world.store.colleagues.set_shut_out(_agent(eve), admin.acting_as_admin(), shut_out=True)
    await gone(agency.calendar_feeds, token)
    await world.store.colleagues.set_shut_out(_agent(eve), admin.acting_as_admin(), shut_out=False)
    await gone(agency.calendar_feeds, token)
    assert await agency.calendar_feeds.list(eve) == []


async def test_a_feed_ends_with_the_role_that_an_operator_gave(world: World) -> None:
    agency = organization(world.store)
    await world.store.agents.provision("eve", agency.organization_id, AgentRole.MEMBER)
    eve = await agency.identity.identify(claims("eve"), None)
    token = await made(agency.calendar_feeds, eve)
    await world.store.agents.provision("eve", agency.organization_id, AgentRole.ADMIN)
    await agency.calendar_feeds.open(token)
    await world.store.agents.remove("eve")
    await gone(agency.calendar_feeds, token)


async def test_a_feed_ends_when_its_agent_is_erased(world: World) -> None:
    agency = organization(world.store)
    eve = await member(agency)
    token = await made(agency.calendar_feeds, eve)
    await world.store.agents.erase(*_agent(eve))
    await gone(agency.calendar_feeds, token)


@pytest.mark.parametrize("token", ["", "x", "A" * 64, "\u00e4", "A" * 63 + "="])
async def test_a_made_up_token_is_none(world: World, token: str) -> None:
    await gone(organization(world.store).calendar_feeds, token)


async def test_a_token_that_is_ours_but_of_no_feed_is_none(world: World) -> None:
    agency = organization(world.store)
    await gone(agency.calendar_feeds, await agency.calendar_feeds.tokens.new(agency.organization_id))
