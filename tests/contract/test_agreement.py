"""Lists of actions, eligibility and writes agree, in whichever state a slot is: random lives, by fixed seeds."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from booking.domain.choices import SlotChoice
from booking.domain.paging import Window
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.refusals import Refusal
from booking.domain.visits.booking import Outcome
from booking.domain.visits.waitlist import EntryStatus
from tests.builders import HOUR
from tests.contract.situations import Scene, scene
from tests.contract.test_actions import ALL, bookings_in_view, copied, listed, own_entry, tried
from tests.fakes import State, memory_store
from tests.support.chance import chance, examples
from tests.support.worlds import MemoryWorld, World

STEPS, LOOK_EVERY = 6, 3
PEOPLE = ("ana", "ben", "cleo", "both")
POLICIES = (
    Settings(),
    Settings(notice_seconds=9 * 3600),
    Settings(horizon_days=1, offer_seconds=300),
    Settings(approval_levels=(RiskLevel.LOW,), approval_seconds=1800),
    Settings(max_live_bookings=1, max_live_holds=1),
    Settings(cancellation_cutoff_seconds=12 * 3600, cancel_when_ineligible=True),
)
PASSES = [timedelta(minutes=n) for n in (1, 6, 31, 31, 61)] + [4 * HOUR, 9 * HOUR]


class Life:
    """Chance and a scene: the same deeds in every store, whatever comes of them."""

    def __init__(self, s: Scene, seed: int) -> None:
        self.s, self.chance, self.passed = s, random.Random(f"{chance()[0]} {seed}"), timedelta()

    async def begin(self) -> None:
        """For a visit in twenty hours, or in two days; of one place, or of two, which are taken, and waited for."""
        starts_in = self.chance.choice((20 * HOUR, 48 * HOUR))
        self.s.slot = await self.s.agency.slot(
            self.s.callers["agent"], starts_in=starts_in + HOUR / 2, capacity=self.chance.choice((1, 1, 2))
        )

        people = self.chance.sample(PEOPLE, 4)
        await self.s.policy(self.chance.choice(POLICIES))
        for person in people[: self.s.slot.capacity]:
            with suppress(Refusal):
                await self.chance.choice((self.s.book, self.s.hold))(person)
        for person in people[self.s.slot.capacity :]:
            with suppress(Refusal):
                await self.s.join(person)

    async def step(self) -> None:
        with suppress(Refusal):
            await self._deed()

    async def _deed(self) -> None:
        s, chance = self.s, self.chance
        who = chance.choice(PEOPLE)
        caller, slots = s.callers[who], s.agency.slots
        match chance.randrange(18):
            case 0 | 1:
                await s.book(who)
            case 2 | 3:
                await s.hold(who)
            case 4 | 5 | 6:
                await s.join(who)
            case 7:
                await s.agency.waitlists.leave(caller, await own_entry(s, caller))
            case 8 | 9:
                await self._of_a_booking(s.callers[chance.choice((who, "agent"))])
            case 10:
                await slots.resize(s.callers["agent"], s.slot.id, chance.choice((1, 2, 3)))
            case 11 | 12:
                await s.policy(chance.choice(POLICIES))
            case 13:
                await s.screened(who, chance.choice((RiskLevel.LOW, RiskLevel.LOW, RiskLevel.HIGH)))
            case _:
                self.passed += chance.choice(PASSES)
                await s.world.jump(self.passed)

    async def _of_a_booking(self, caller: Caller) -> None:
        s, chance = self.s, self.chance
        found, deed = await bookings_in_view(s, caller), chance.randrange(4)
        if not found:
            return
        booking, bookings = chance.choice(found), s.agency.bookings
        if deed == 0:
            await bookings.approve(caller, booking)
        elif deed == 1:
            await bookings.record(caller, booking, Outcome.ATTENDED)
        else:
            await bookings.cancel(caller, booking)


async def refusal(s: Scene, who: str) -> str | None:
    """What stands in the way of a booking, by booking, on a copy."""
    there = copied(s)
    try:
        await there.agency.book(s.callers[who], s.slot.id)
    except Refusal as refused:
        return refused.code
    return None


async def told(s: Scene, who: str) -> str | None:
    """The same by the rules that are shown."""
    verdicts = await s.agency.slots.eligibility(s.callers[who], s.slot.id)
    return next((verdict.refusal.code for verdict in verdicts if verdict.refusal), None)


@pytest.mark.search
@pytest.mark.parametrize("seed", range(examples(8)))
async def test_what_is_listed_succeeds_what_is_not_is_refused_and_eligibility_says_why(seed: int) -> None:
    """Before anything is settled or tidied, and in whichever order they are asked."""
    state = State()
    s = await scene(MemoryWorld(memory_store(state), state))
    life = Life(s, seed)
    await life.begin()
    for step in range(STEPS):
        await life.step()
        if (step + 1) % LOOK_EVERY:
            continue
        expected = [await told(copied(s), who) for who in PEOPLE]
        assert (seed, step, expected) == (seed, step, [await refusal(s, who) for who in PEOPLE])
        shown = await listed(s)
        done = await tried(s)
        for who, actions in shown.items():
            if "book_for" in actions and "book_for" not in done[who]:
                actions.discard("book_for")  # agents are told of places, and not for whom
            assert (seed, step, who, actions) == (seed, step, who, done[who])


async def seen(s: Scene) -> object:
    """All that is shown of the slot, but for ids and times of the store's own."""
    admin, view = s.callers["both"], await s.agency.slots.get(s.callers["agent"], s.slot.id)
    entries = [
        [
            (one.entry.status, one.position)
            for one in (
                await s.agency.waitlists.list(admin, side=None, slot_id=s.slot.id, status=status, paging=ALL)
            ).items
        ]
        for status in EntryStatus
    ]
    filtered = [
        len([one for one in page.items if one.slot.id == s.slot.id])
        for statuses in ((), (view.slot.status,))
        for page in [await s.agency.slots.list(admin, SlotChoice(statuses=statuses), window=Window(), paging=ALL)]
    ]
    pages = [
        [one.actions for one in page.items]
        for who in PEOPLE
        for page in [await s.agency.slots.bookable(s.callers[who], s.slot.property_id, window=Window(), paging=ALL)]
    ]
    assert filtered == [1, 1]
    assert all(len(page) <= min(1, view.availability.places_left) for page in pages)
    return view.slot.status, view.availability.places_left, entries, pages, [await told(s, who) for who in PEOPLE]


@pytest.mark.search
@pytest.mark.parametrize("seed", range(examples(2)))
async def test_both_stores_show_the_same_of_the_same_life(world: World, seed: int) -> None:
    state = State()
    lives = [Life(await scene(each), seed) for each in (world, MemoryWorld(memory_store(state), state))]
    for life in lives:
        await life.begin()
    for step in range(STEPS):
        for life in lives:
            await life.step()
        if (step + 1) % LOOK_EVERY == 0:
            shown = [(await seen(life.s), await listed(life.s)) for life in lives]
            assert (seed, step, shown[0]) == (seed, step, shown[1])
