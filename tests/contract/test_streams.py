"""Streams: one reader of events a process, and what each listener is handed."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from booking.adapters.feed_tokens import FeedTokens
from booking.domain.delivery.feed import AVAILABILITY_CHANGED, Message, Told
from booking.domain.delivery.refusals import TooManyStreams
from booking.domain.keys import Key
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import NotRegistered
from booking.domain.refusals import InvalidCursor, PositionRetired, Unavailable
from booking.domain.values import replace
from booking.domain.visits.availability import Availability
from booking.service.delivery import streams
from booking.service.delivery.listeners import End, Frame, Listener
from booking.service.delivery.streams import StreamService
from tests.builders import HOUR, Organization, claims, organization
from tests.support.stores import Store
from tests.support.worlds import World


@dataclass(eq=False)
class Hub:
    """The hub of a process, and its clock."""

    store: Store
    seconds: float = 0.0
    by_keys: Callable[[Collection[Key]], Any] | None = None
    service: StreamService = field(init=False)

    def __post_init__(self) -> None:
        slots: Any = self
        self.by_keys = self.by_keys or self.store.slots.by_keys
        self.service = StreamService(
            self.store.feeds,
            slots,
            self.store.heads,
            FeedTokens(self.store.feeds.secret),
            encoded,
            lambda: self.seconds,
        )

    async def listen(self, caller: Caller, after: str | None = None, types: Sequence[str] = ()) -> Listener:
        await self.store.outbox.place(10_000)
        listener = await self.service.open(caller, after, types)
        while not listener.live and listener.end is None:
            await self.service.catch_up(listener)
        return listener

    async def step(self) -> int:
        await self.store.outbox.place(10_000)
        return await self.service.step()


def encoded(message: Message) -> bytes:
    if isinstance(message, Told):
        return f"{message.recorded.event.type} {message.for_admin}".encode()
    return f"{AVAILABILITY_CHANGED} {message.slot.places_left}".encode()


def told(listener: Listener) -> list[str]:
    return [frame.data.decode() for frame in listener.take()]


async def test_each_hears_what_is_theirs_and_an_event_is_read_once_for_all(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    admin, agent, colleague = await agency.admin(), await agency.agent(), await agency.agent()
    person, stranger = await agency.applicant(), await organization(world.store).admin()
    listeners = [await hub.listen(one) for one in (admin, agent, colleague, person, stranger)]
    slot = await agency.slot(agent)
    assert await hub.step() == 1
    await agency.book(person, slot.id)
    hub.seconds += 1
    assert await hub.step() == 1
    assert [told(one) for one in listeners] == [
        ["slot.created True", "booking.confirmed True"],
        ["slot.created False", "booking.confirmed False"],
        [],
        [f"{AVAILABILITY_CHANGED} 1", f"{AVAILABILITY_CHANGED} 0", "booking.confirmed False"],
        [],
    ]
    assert await hub.step() == 0


async def test_the_token_of_a_message_goes_on_after_it(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    person, agent = await agency.applicant(), await agency.agent()
    listener = await hub.listen(person)
    begun = await hub.service.token(listener)
    slot = await agency.slot(agent, capacity=3)
    await hub.step()
    await agency.book(person, slot.id)
    await hub.step()
    frames = listener.take()
    places = [f"{AVAILABILITY_CHANGED} 3", f"{AVAILABILITY_CHANGED} 2"]
    assert [one.data.decode() for one in frames] == [*places, "booking.confirmed False"]
    assert [one.type for one in frames] == [AVAILABILITY_CHANGED, AVAILABILITY_CHANGED, "booking.confirmed"]
    again = [told(await hub.listen(person, one)) for one in (begun, frames[0].token, frames[1].token, frames[2].token)]
    assert again[0][-1] == "booking.confirmed False"
    assert again[1:] == [[places[1], "booking.confirmed False"]] * 2 + [[]]


async def test_who_comes_again_reads_page_by_page_and_then_what_all_are_handed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PAGE", 2)
    agency, hub = organization(world.store), Hub(world.store)
    admin = await agency.admin()
    begun = await hub.service.token(await hub.listen(admin))
    for hours in range(1, 6):
        await agency.slot(admin, starts_in=hours * HOUR)
    await hub.step()
    listener = await hub.listen(admin, begun, ["slot.created"])
    await agency.slot(admin, starts_in=9 * HOUR)
    await hub.step()
    assert told(listener) == ["slot.created True"] * 6


async def test_nothing_is_lost_or_told_twice_where_others_are_handed_more_meanwhile(world: World) -> None:
    agency = organization(world.store)
    admin, person = await agency.admin(), await agency.applicant()
    made: list[UUID] = []

    async def by_keys(keys: Collection[Key]) -> Mapping[Key, Availability]:
        if len(made) < 3:
            made.append((await agency.slot(admin, starts_in=(len(made) + 2) * HOUR)).id)
            await hub.step()
        return await world.store.slots.by_keys(keys)

    hub = Hub(world.store, by_keys=by_keys)
    other = await hub.listen(admin, types=["slot.created"])
    begun = await hub.service.token(other)
    await agency.slot(admin)
    listener = await hub.listen(person, begun)
    await hub.step()
    assert told(listener) == [f"{AVAILABILITY_CHANGED} 1"] * 4
    assert told(other) == ["slot.created True"] * 4


async def test_a_slot_that_changes_often_is_told_once_a_second_and_before_an_event_of_ones_own(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    admin, person, watcher = await agency.admin(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(admin, capacity=5)
    listeners = [await hub.listen(one) for one in (person, watcher)]
    for capacity in (6, 7, 8):
        await agency.slots.resize(admin, slot.id, capacity)
        await hub.step()
    assert [told(one) for one in listeners] == [[f"{AVAILABILITY_CHANGED} 6"]] * 2
    safe = await hub.service.token(listeners[1])
    await agency.book(person, slot.id)
    await hub.step()
    assert [told(one) for one in listeners] == [[f"{AVAILABILITY_CHANGED} 7", "booking.confirmed False"], []]
    assert told(await hub.listen(watcher, safe)) == [f"{AVAILABILITY_CHANGED} 7"]  # owed still, and not passed over
    hub.seconds += 1
    assert await hub.step() == 0
    assert [told(one) for one in listeners] == [[], [f"{AVAILABILITY_CHANGED} 7"]]
    assert told(await hub.listen(watcher, await hub.service.token(listeners[1]))) == []


async def test_what_could_not_be_handed_out_is_the_next_time(world: World) -> None:
    agency = organization(world.store)
    admin, person = await agency.admin(), await agency.applicant()
    failing = [True]

    async def by_keys(keys: Collection[Key]) -> Mapping[Key, Availability]:
        if failing.pop():
            raise Unavailable
        failing.append(False)
        return await world.store.slots.by_keys(keys)

    hub = Hub(world.store, by_keys=by_keys)
    listeners = [await hub.listen(one) for one in (admin, person)]
    await agency.slot(admin)
    with pytest.raises(Unavailable):
        await hub.step()
    failing.append(False)
    await hub.step()
    assert [told(one) for one in listeners] == [["slot.created True"], [f"{AVAILABILITY_CHANGED} 1"]]


async def test_who_is_slow_reads_by_themselves_and_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_WAITING", 150)
    monkeypatch.setattr(streams, "READ", 1)
    agency, hub = organization(world.store), Hub(world.store)
    admin = await agency.admin()
    slow, quick = await hub.listen(admin), await hub.listen(admin)
    quickly: list[str] = []
    for hours in range(1, 6):
        await agency.slot(admin, starts_in=hours * HOUR)
        while await hub.step():
            quickly += told(quick)
    assert (slow.live, len(slow.waiting)) == (False, 2)
    slowly = told(slow)
    while not slow.live:
        await hub.service.catch_up(slow)
        slowly += told(slow)
    assert slowly == quickly == ["slot.created True"] * 5


async def test_a_stream_is_over_when_its_reader_is_somebody_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "CHECKED", 1)
    agency, hub = organization(world.store), Hub(world.store)
    found = claims()
    await world.store.agents.provision(found.subject, agency.organization_id, AgentRole.ADMIN)
    admin = await agency.identity.identify(found, None)
    person = await agency.applicant()
    live, other = await hub.listen(admin), await hub.listen(person)
    behind = await hub.service.open(admin, None, ())
    assert await hub.service.check() == 0
    await world.store.agents.provision(found.subject, agency.organization_id, AgentRole.MEMBER)
    await hub.service.catch_up(behind)
    assert await hub.service.check() == 2
    assert (live.end, behind.end, other.end) == (End.ACCESS_CHANGED, End.ACCESS_CHANGED, None)
    await agency.applicants.unlink(person.applicants[0].organization_id, person.applicants[0].id)
    await hub.service.check()
    assert other.end is End.ACCESS_CHANGED


async def test_a_stream_is_over_after_a_restore(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    admin = await agency.admin()
    epoch, ahead = await hub.listen(admin), await hub.service.open(admin, None, ())
    epoch.epoch += 1
    ahead.places[agency.organization_id] += 1_000
    await hub.service.check()
    await hub.service.catch_up(ahead)
    assert (epoch.end, ahead.end) == (End.POSITION_RETIRED, End.POSITION_RETIRED)


async def test_a_stream_is_over_with_the_token_and_with_the_process(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    assert await hub.service.check() == 0
    admin = await agency.admin()
    late = await hub.listen(replace(admin, expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    later = await hub.listen(replace(admin, expires_at=datetime.now(UTC) + HOUR))
    assert await late.news(20) == []
    assert (late.end, later.end) == (End.TOKEN_EXPIRED, None)
    await hub.service.drain()
    assert (late.end, later.end) == (End.TOKEN_EXPIRED, End.DRAINED)
    hub.service.close(later)
    with pytest.raises(Unavailable):
        await hub.service.open(admin, None, ())


async def test_a_listener_waits_for_news_and_is_told_nothing_after_a_while(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    admin = await agency.admin()
    listener = await hub.listen(admin)
    assert await listener.news(0.01) == []
    waiting = asyncio.create_task(listener.news(20))
    await agency.slot(admin)
    await hub.step()
    assert [one.type for one in await waiting] == ["slot.created"]


async def test_who_has_nothing_to_read_is_live_at_once(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    admin = await agency.admin()
    first = await hub.listen(admin)
    position = await hub.service.token(first)
    assert (await hub.service.open(admin, position, ())).live
    await agency.slot(admin)
    await hub.step()
    assert [(await hub.service.open(admin, after, ())).live for after in (position, "end")] == [False, True]


async def test_silence_counts_from_the_last_message(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    listener = await hub.listen(await agency.admin())
    waiting = asyncio.create_task(listener.news(0.05))
    await asyncio.sleep(0)
    listener.put(Frame("position", "webhook.test", b"{}"))
    assert len(await waiting) == 1
    clock = asyncio.get_running_loop()
    began = clock.time()
    assert await listener.news(0.2) == []
    assert clock.time() - began >= 0.2


async def test_others_have_their_turn_while_many_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "TURN", 1)
    agency, hub = organization(world.store), Hub(world.store)
    admin = await agency.admin()
    listeners = [await hub.listen(admin) for _ in range(3)]
    await agency.slot(admin)
    telling = asyncio.create_task(hub.step())
    seen = set()
    while not telling.done():
        seen.add(sum(len(one.waiting) for one in listeners))
        await asyncio.sleep(0)
    assert {1, 2} <= seen


async def test_one_person_has_five_streams_and_a_process_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    admin, agent = await agency.admin(), await agency.agent()
    five = [await hub.listen(admin) for _ in range(5)]
    with pytest.raises(TooManyStreams):
        await hub.listen(admin)
    hub.service.close(five[0])
    await hub.listen(admin)
    monkeypatch.setattr(streams, "MOST", 5)
    with pytest.raises(Unavailable):
        await hub.listen(agent)


async def test_who_left_is_handed_nothing_and_who_left_before_they_began_is_no_listener(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    admin = await agency.admin()
    listener, early = await hub.listen(admin), await hub.service.open(admin, None, ())
    for one in (listener, early):
        hub.service.close(one)
    await hub.service.catch_up(early)
    await agency.slot(admin)
    assert (await hub.step(), early.live, told(listener)) == (0, False, [])


@pytest.mark.parametrize(("after", "refusal"), [("x", InvalidCursor), ("ahead", PositionRetired)])
async def test_a_stream_begins_only_where_the_feed_goes_on(world: World, after: str, refusal: type[Exception]) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    admin = await agency.admin()
    if after == "ahead":
        ahead = await hub.listen(admin, "end")
        ahead.places[agency.organization_id] += 1_000
        after = await hub.service.token(ahead)
    with pytest.raises(refusal):
        await hub.service.open(admin, after, ())


async def test_who_is_nobody_by_now_begins_no_stream(world: World) -> None:
    agency: Organization = organization(world.store)
    person = await agency.applicant()
    await agency.applicants.unlink(person.applicants[0].organization_id, person.applicants[0].id)
    with pytest.raises(NotRegistered):
        await Hub(world.store).service.open(person, None, ())


async def test_who_read_on_by_themselves_is_not_handed_the_same_again(world: World) -> None:
    agency, hub = organization(world.store), Hub(world.store)
    admin = await agency.admin()
    first = await hub.listen(admin)
    begun = await hub.service.token(first)
    await agency.slot(admin)
    second = await hub.listen(admin, begun)
    await hub.step()
    assert (told(first), told(second)) == (["slot.created True"], ["slot.created True"])


async def test_places_in_all_organizations_are_asked_for_once(world: World) -> None:
    asked: list[Collection[Key]] = []

    async def by_keys(keys: Collection[Key]) -> Mapping[Key, Availability]:
        asked.append(keys)
        return await world.store.slots.by_keys(keys)

    agencies = [organization(world.store) for _ in range(3)]
    hub = Hub(world.store, by_keys=by_keys)
    listeners = [await hub.listen(await agency.applicant()) for agency in agencies]
    for agency in agencies:
        await agency.slot(await agency.agent())
    asked.clear()
    await hub.step()
    assert [len(keys) for keys in asked] == [3]
    assert [told(one) for one in listeners] == [["slot.availability_changed 1"]] * 3


async def test_a_slot_that_is_not_there_is_passed_over(world: World) -> None:
    async def by_keys(_: Collection[Key]) -> Mapping[Key, Availability]:
        return {}

    agency, hub = organization(world.store), Hub(world.store, by_keys=by_keys)
    listener = await hub.listen(await agency.applicant())
    await agency.slot(await agency.agent())
    await hub.step()
    assert told(listener) == []
