"""People who wait for a home hear of free places, in order of arrival; nothing is reserved by it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from booking.domain.fault import FaultCode
from booking.domain.notices.notice import NoticeKind
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import ApplicantIneligible, NotRegistered, OrganizationNotFound, WrongRole
from booking.domain.properties.refusals import PropertyNotFound
from booking.domain.refusals import InvalidRequest
from booking.domain.visits.refusals import TooManyWatches, WatchNotFound
from booking.domain.visits.slot import Slot
from booking.domain.visits.watch import Hours
from booking.domain.weekday import Weekday
from booking.service.notices import freed_places
from booking.service.notices.freed_places import FreedPlaceService
from booking.service.ports import Lease
from tests.builders import HOUR, claims, organization, screening
from tests.contract.test_notices import ADA, BEN, DAY, Scene
from tests.support.worlds import World

CAY = "cay@example.com"


def hours(until: timedelta = 30 * DAY, weekdays: Sequence[Weekday] = tuple(Weekday)) -> Hours:
    now = datetime.now(UTC)
    return Hours(since=now - HOUR, until=now + until, weekdays=tuple(weekdays))


class Home(Scene):
    """A property that Ada, Ben and Cay watch, in this order, whatever their ids."""

    async def begin(self) -> "Home":
        await super().begin()
        self.cay, self.home = await self.agency.applicant(CAY), uuid4()
        await self.offer(3 * DAY)
        for caller in (self.ada, self.ben, self.cay):
            await self.watch(caller)
        await self.hear()
        return self

    async def watch(self, caller: Caller, wished: Hours | None = None) -> None:
        await self.agency.watches.watch(caller, self.home, wished or hours())

    async def offer(self, starts_in: timedelta, capacity: int = 1) -> Slot:
        return await self.agency.slot(self.agent, property_id=self.home, starts_in=starts_in, capacity=capacity)

    async def tell(self) -> None:
        await self.plan()
        places = FreedPlaceService(self.world.store.freed_places)
        lease = await self.world.store.leases.take("telling of free places", timedelta(seconds=30), None)
        assert lease is not None
        while await places.step(lease):
            pass
        await self.world.store.leases.give_back(lease)

    async def hear(self) -> Sequence[str]:
        """Return who is told of a free place, in the order in which they are told."""
        await self.tell()
        return [address for address, what in await self.told() if what == "place_freed applicant system"]


@pytest.fixture
async def home(world: World) -> Home:
    return await Home(world).begin()


async def test_all_are_told_of_a_new_slot_in_order_of_arrival_and_of_no_other_for_a_day_unless_they_dismiss_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freed_places, "WATCHERS", 2)
    slot = await home.offer(4 * DAY)
    await home.watch(await home.agency.applicant("dee@example.com"))  # too late for this one
    await home.plan()
    assert await home.world.store.freed_places.tell(lambda *_: (), 10, Lease("telling of free places", 0)) == 0
    assert await home.hear() == [ADA, BEN, CAY]
    (facts, *_) = home.words.facts[-3:]
    assert facts.visit is not None
    assert (facts.visit.start_time, facts.visit.address, facts.entry) == (slot.start_time, None, None)
    await home.agency.watches.dismiss(home.ben, home.home)
    await home.agency.watches.end(home.cay, home.home)
    await home.offer(5 * DAY)
    assert await home.hear() == [BEN, "dee@example.com"]
    await home.after(DAY + HOUR)
    await home.offer(6 * DAY)
    assert await home.hear() == [ADA, BEN, "dee@example.com"]


async def test_a_place_is_told_when_it_comes_free_to_all_but_the_one_who_gave_it_up(home: Home) -> None:
    slot, other = await home.offer(4 * DAY), await home.agency.slot(home.agent, starts_in=5 * DAY)
    booking = await home.agency.book(home.ada, slot.id)
    assert await home.hear() == []
    await home.agency.bookings.reschedule(home.ada, booking.id, other.id)
    assert await home.hear() == [BEN, CAY]
    hold = await home.agency.holds.hold(home.ada, slot.id)
    await home.agency.watches.dismiss(home.cay, home.home)
    assert await home.hear() == []
    await home.agency.holds.release(home.ada, hold.id)
    assert await home.hear() == [CAY]
    booking = await home.agency.book(home.cay, slot.id)
    for caller in (home.ben, home.cay):
        await home.agency.watches.dismiss(caller, home.home)
    await home.agency.slots.resize(home.agent, slot.id, 2)
    assert await home.hear() == [ADA, BEN]  # who has a claim there is told of no other place
    await home.agency.slots.resize(home.agent, slot.id, 1)
    await home.agency.bookings.cancel(home.cay, booking.id)
    assert await home.hear() == []


async def test_a_place_that_is_gone_or_owed_to_the_waitlist_or_at_another_time_is_not_told(home: Home) -> None:
    slot = await home.offer(4 * DAY)
    booking = await home.agency.book(home.ada, slot.id)
    await home.agency.waitlists.join(home.ben, slot.id)
    await home.agency.bookings.cancel(home.ada, booking.id)
    gone = await home.offer(5 * DAY)
    await home.agency.slots.cancel(home.agent, gone.id)
    assert await home.hear() == []
    assert NoticeKind.PLACE_FREED not in [one.kind for one in home.ends]  # nor was there anything to take back
    start = datetime.now(UTC) + 6 * DAY
    day = Weekday.of(start)
    await home.watch(home.ada, hours(weekdays=[one for one in Weekday if one is not day]))
    await home.watch(home.ben, hours(until=5 * DAY))
    await home.watch(home.cay, hours(weekdays=[day]))
    await home.agency.slots.offer(home.agent, home.home, start, start + HOUR)
    assert await home.hear() == [CAY]


async def test_a_notice_is_not_sent_once_the_place_is_taken_or_it_is_not_wanted(home: Home) -> None:
    slot = await home.offer(4 * DAY, capacity=2)
    await home.tell()
    await home.agency.watches.end(home.ben, home.home)
    await home.agency.watches.dismiss(home.cay, home.home)
    assert await home.hear() == [ADA]
    await home.agency.slots.resize(home.agent, slot.id, 3)
    await home.tell()
    for _ in range(3):
        await home.agency.book(await home.agency.applicant(), slot.id)
    assert await home.hear() == []
    await home.offer(6 * DAY)
    assert await home.hear() == [CAY]


async def test_a_watch_is_shown_keeps_its_arrival_and_ends(home: Home) -> None:
    mine = home.agency.watches
    before, wished = await mine.get(home.ada, home.home), hours(weekdays=[Weekday.SA])
    put = await mine.watch(home.ada, home.home, wished, home.agency.organization_id)
    assert (put.hours, put.created_at) == (wished, before.created_at)
    assert await mine.get(home.ada, home.home) == put
    assert await mine.list(home.ada) == [put]
    await mine.end(home.ada, home.home)
    assert await mine.list(home.ada) == []
    for refused in (mine.get, mine.end, mine.dismiss):
        with pytest.raises(WatchNotFound):
            await refused(home.ada, home.home)
    await home.offer(4 * DAY)
    assert await home.hear() == [BEN, CAY]
    await home.watch(home.ada, hours(until=2 * HOUR))
    await home.world.jump(3 * HOUR)
    assert await mine.list(home.ada) == []
    store = home.world.store
    lease = await store.leases.take("forgetting watches", timedelta(seconds=30), None)
    assert lease is not None
    assert await store.watches.forget(lease) == 1
    await home.watch(home.ada)
    assert (await mine.get(home.ada, home.home)).created_at > (await mine.get(home.cay, home.home)).created_at


async def test_a_watch_ends_with_the_right_to_book(home: Home) -> None:
    agency = home.agency
    ada, ben, cay = (caller.applicants[0] for caller in (home.ada, home.ben, home.cay))
    barred = screening(agency.organization_id, external_id=ada.external_id, email=ADA, risk_level=RiskLevel.HIGH)
    await agency.screen(barred)
    await agency.applicants.unlink(agency.organization_id, ben.id)
    await agency.applicants.erase(agency.organization_id, cay.id)
    assert await home.world.store.watches.of([(one.organization_id, one.id) for one in (ada, ben, cay)]) == []
    with pytest.raises(ApplicantIneligible):
        await home.watch(home.ada)
    with pytest.raises(NotRegistered):
        await home.watch(home.ben)


async def test_what_cannot_be_watched_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    agency, elsewhere = organization(world.store), organization(world.store)
    agent, ada, mine = await agency.agent(), await agency.applicant(ADA), agency.watches
    home, other = [slot.property_id for slot in (await agency.slot(agent), await agency.slot(agent, starts_in=DAY))]
    for refused in (mine.watch(agent, home, hours()), mine.list(agent)):
        with pytest.raises(WrongRole):
            await refused
    with pytest.raises(PropertyNotFound):
        await mine.watch(ada, uuid4(), hours())
    with pytest.raises(OrganizationNotFound):
        await mine.watch(ada, home, hours(), elsewhere.organization_id)
    now = datetime.now(UTC)
    for since, until in ((now + HOUR, now + HOUR), (now - 2 * HOUR, now - HOUR)):
        with pytest.raises(InvalidRequest) as told:
            await mine.watch(ada, home, Hours(since=since, until=until))
        assert [(one.pointer, one.code) for one in told.value.faults] == [("#/to", FaultCode.OUT_OF_RANGE)]
    monkeypatch.setattr("booking.adapters.postgres.visits.watches.MOST", 1)
    monkeypatch.setattr("tests.fakes.watches.MOST", 1)
    await mine.watch(ada, home, hours())
    with pytest.raises(TooManyWatches):
        await mine.watch(ada, other, hours())
    await elsewhere.screen(screening(elsewhere.organization_id, email=ADA))
    ada = await agency.identity.identify(claims(ada.subject, email=ADA), None)
    await elsewhere.slot(await elsewhere.agent(), property_id=home)
    with pytest.raises(InvalidRequest):
        await mine.watch(ada, home, hours())
    put = await mine.watch(ada, home, hours(), elsewhere.organization_id)
    assert put.organization_id == elsewhere.organization_id
    assert len(await mine.list(ada)) == 2
