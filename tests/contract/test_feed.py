"""The feed: who hears what, in which order, and from where."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from booking.adapters.feed_tokens import FeedTokens
from booking.domain.delivery.feed import AVAILABILITY_CHANGED, FeedPosition, Message, PlacesLeft, Told
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.refusals import InvalidCursor, PositionRetired
from booking.service.delivery import feed
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World


async def read(
    agency: Organization, reader: Caller, after: str | None = None, types: Sequence[str] = (), limit: int = 100
) -> tuple[list[Message], str]:
    """Everything up to the end, page by page."""
    await agency.store.outbox.place(10_000)
    found: list[Message] = []
    while True:
        page = await agency.feed.read(reader, after, types=types, limit=limit)
        found, after = [*found, *page.messages], page.position
        if not page.messages:
            return found, after


def told(messages: Sequence[Message]) -> list[str]:
    return [
        one.recorded.event.type if isinstance(one, Told) else f"{AVAILABILITY_CHANGED} {one.slot.places_left}"
        for one in messages
    ]


def of_visits(messages: Sequence[Message]) -> list[str]:
    return [one for one in told(messages) if not one.startswith(("agent.", "applicant."))]


async def test_an_admin_hears_all_an_agent_their_own_and_an_applicant_theirs_and_places_without_names(
    world: World,
) -> None:
    agency = organization(world.store)
    admin, agent, colleague = await agency.admin(), await agency.agent(), await agency.agent()
    person, other = await agency.applicant(), await agency.applicant()
    slot, foreign = await agency.slot(agent, capacity=2), await agency.slot(colleague)
    await agency.book(person, slot.id)
    booked = ["slot.created", "slot.created", "booking.confirmed"]
    assert of_visits((await read(agency, admin))[0]) == booked
    assert of_visits((await read(agency, agent))[0]) == ["slot.created", "booking.confirmed"]
    assert of_visits((await read(agency, colleague))[0]) == ["slot.created"]
    places = [f"{AVAILABILITY_CHANGED} 1", "booking.confirmed", f"{AVAILABILITY_CHANGED} 1"]
    heard = (await read(agency, person))[0]
    assert sorted(of_visits(heard)) == sorted(["booking.confirmed", *places[::2]])
    assert sorted(of_visits((await read(agency, other))[0])) == sorted(places[::2])
    assert {one.slot.slot.id for one in heard if isinstance(one, PlacesLeft)} == {slot.id, foreign.id}
    stranger = await organization(world.store).admin()
    assert of_visits((await read(agency, stranger))[0]) == []


async def test_only_an_admin_is_told_whose_login_did_it(world: World) -> None:
    agency = organization(world.store)
    admin, agent = await agency.admin(), await agency.agent()
    await agency.slot(agent)
    (of_admin,), _ = await read(agency, admin, types=["slot.created"])
    (of_agent,), _ = await read(agency, agent, types=["slot.created"])
    assert isinstance(of_admin, Told)
    assert isinstance(of_agent, Told)
    assert (of_admin.for_admin, of_agent.for_admin) == (True, False)
    assert of_admin.recorded == of_agent.recorded


async def test_a_reader_goes_on_from_where_they_were_and_pages_lose_and_repeat_nothing(world: World) -> None:
    agency = organization(world.store)
    admin, agent = await agency.admin(), await agency.agent()
    await agency.slots_of(agent, 3)
    whole, end = await read(agency, admin)
    assert (await read(agency, admin, limit=1))[0] == whole
    assert (await read(agency, admin, end))[0] == []
    more = await agency.slot(agent, starts_in=9 * HOUR)
    (one,), later = await read(agency, admin, end)
    assert isinstance(one, Told)
    assert one.recorded.event.slot_id == more.id
    assert (await read(agency, admin, feed.END))[0] == []
    assert (await read(agency, admin, later))[0] == []


async def test_who_may_hear_little_of_much_goes_through_it_all_in_bounded_looks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "READ", 2)
    monkeypatch.setattr(feed, "LOOKS", 3)
    agency = organization(world.store)
    agent, colleague = await agency.agent(), await agency.agent()
    await agency.slots_of(agent, 8)
    mine = await agency.slot(colleague)
    await world.store.outbox.place(100)
    first = await agency.feed.read(colleague, None, types=["slot.created"], limit=5)
    assert first.messages == []
    after, pages = first.position, 1
    while not (page := await agency.feed.read(colleague, after, types=["slot.created"], limit=5)).messages:
        after, pages = page.position, pages + 1
    assert [one.recorded.event.slot_id for one in page.messages if isinstance(one, Told)] == [mine.id]
    assert pages < 9


async def test_one_position_is_of_all_organizations_and_one_that_comes_into_view_later_begins_at_its_end(
    world: World,
) -> None:
    here, there = organization(world.store), organization(world.store)
    email = f"{uuid4()}@example.com"
    await here.screen(screening(here.organization_id, email=email))
    person = await here.identity.identify(claims(email=email), None)
    first = await here.slot(await here.agent())
    _, after = await read(here, person)
    await there.slot(agent := await there.agent())
    await there.screen(screening(there.organization_id, email=email))
    both = await here.identity.identify(claims(person.subject, email=email), None)
    begun, after = await read(here, both, after)
    assert begun == []
    last = await there.slot(agent, starts_in=5 * HOUR)
    await here.slots.resize(await here.admin(), first.id, 5)
    found, _ = await read(here, both, after)
    assert [one.slot.slot.id for one in found if isinstance(one, PlacesLeft)] == [last.id, first.id]
    again, _ = await read(here, both, after, limit=1)
    assert [one.id for one in again if isinstance(one, PlacesLeft)] == [
        one.id for one in found if isinstance(one, PlacesLeft)
    ]


async def test_a_former_agent_hears_the_move_and_nothing_after_it(world: World) -> None:
    agency = organization(world.store)
    admin, agent, colleague = await agency.admin(), await agency.agent(), await agency.agent()
    old, new = await agency.slot(agent), await agency.slot(colleague, starts_in=4 * HOUR)
    booking = await agency.book(await agency.applicant(), old.id)
    await agency.bookings.reschedule(admin, booking.id, new.id)
    await agency.bookings.cancel(admin, booking.id)
    assert of_visits((await read(agency, agent))[0]) == ["slot.created", "booking.confirmed", "booking.rescheduled"]
    assert of_visits((await read(agency, colleague))[0]) == ["slot.created", "booking.rescheduled", "booking.cancelled"]


async def test_who_is_no_admin_any_more_hears_their_own_alone_though_they_were_identified_before(world: World) -> None:
    agency = organization(world.store)
    found = claims()
    await world.store.agents.provision(found.subject, agency.organization_id, AgentRole.ADMIN)
    admin = await agency.identity.identify(found, None)
    await agency.slot(await agency.agent())
    assert of_visits((await read(agency, admin))[0]) == ["slot.created"]
    await world.store.agents.provision(found.subject, agency.organization_id, AgentRole.MEMBER)
    assert of_visits((await read(agency, admin))[0]) == []
    await world.store.agents.remove(found.subject)
    assert (await read(agency, admin))[0] == []


async def test_a_login_that_was_undone_hears_nothing_more(world: World) -> None:
    agency = organization(world.store)
    person = await agency.applicant()
    _, after = await read(agency, person)
    await agency.applicants.unlink(person.applicants[0].organization_id, person.applicants[0].id)
    await agency.slot(await agency.agent())
    found, _ = await read(agency, person, after)
    assert found == []


async def test_a_position_of_another_epoch_or_of_what_is_yet_to_come_is_retired(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    await agency.slot(admin)
    await read(agency, admin)
    tokens = FeedTokens(world.store.feeds.secret)
    for epoch, place in ((2, 1), (1, 10_000)):
        token = await tokens.of(FeedPosition(epoch=epoch, places={agency.organization_id: place}))
        with pytest.raises(PositionRetired):
            await read(agency, admin, token)


@pytest.mark.parametrize("token", ["x", "AAAA", "e" * 80, "\u00e4", "=" * 9, " "])
async def test_no_token_of_ours_is_no_position(world: World, token: str) -> None:
    agency = organization(world.store)
    with pytest.raises(InvalidCursor):
        await read(agency, await agency.admin(), token)


async def test_tokens_of_one_position_say_nothing_of_it(world: World) -> None:
    tokens = FeedTokens(world.store.feeds.secret)
    position = FeedPosition(epoch=1, places={UUID(int=5): 7, UUID(int=6): 2**40})
    one, other = await tokens.of(position), await tokens.of(position)
    assert one != other
    assert await tokens.read(one) == await tokens.read(other) == position


async def test_who_waits_is_told_as_soon_as_something_happens_that_they_hear(world: World) -> None:
    agency = organization(world.store)
    admin, agent = await agency.admin(), await agency.agent()
    _, after = await read(agency, agent)
    waiting = asyncio.create_task(agency.feed.read(agent, after, types=["slot.created"], limit=9, wait=20))
    await asyncio.sleep(0)
    await agency.slot(admin)
    slot = await agency.slot(agent, starts_in=5 * HOUR)
    while not waiting.done():
        await world.store.outbox.place(100)
        await world.store.heads.look(())
        await asyncio.sleep(0.01)
    (one,) = (await waiting).messages
    assert isinstance(one, Told)
    assert one.recorded.event.slot_id == slot.id


async def test_who_waits_in_vain_gets_an_empty_page_and_a_position(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    _, after = await read(agency, admin)
    page = await agency.feed.read(admin, after, types=(), limit=9, wait=0.05)
    assert (await read(agency, admin, page.position))[0] == page.messages == []


async def test_places_are_told_once_for_many_events_of_a_slot_as_they_are_now(world: World) -> None:
    agency = organization(world.store)
    await agency.policies.put(await agency.admin(), Settings(max_live_bookings=5), expected=None)
    slot = await agency.slot(await agency.agent(), capacity=5)
    people = [await agency.applicant() for _ in range(4)]
    watcher = await agency.applicant()
    _, after = await read(agency, watcher)
    for person in people:
        await agency.book(person, slot.id)
    found, _ = await read(agency, watcher, after, types=[AVAILABILITY_CHANGED])
    assert told(found) == [f"{AVAILABILITY_CHANGED} 1"]
