"""Claims in batches: who is decided on with whom, who waits for a lock, and who hears of whose failure."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast
from uuid import uuid4

import pytest

from booking.adapters.postgres.claim_queue import Claimed, Claiming, Outcomes, Request, Way
from booking.adapters.postgres.engine.batching import STILL
from booking.domain.refusals import OutcomeUnknown, SlotTaken
from booking.domain.slot import Key
from booking.service.ports import DirectBooking, Lost

HOME = uuid4()
KEYS: dict[str, Key] = {name: (HOME, uuid4()) for name in ("slot", "other", "ana", "ben", "cem")}
NOTHING = cast("Any", None)
PLAIN, AT_HAND, PATIENT = Way


class Office:
    """Decides as it is told to, when it is let. `locked` by somebody else, if `brief` until the first decision;
    `unwritable` together with others."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[Request], Way]] = []
        self.let = asyncio.Event()
        self.locked: set[Key] = set()
        self.brief = False
        self.unwritable: set[Request] = set()
        self.fails: Exception | None = None
        self.refused: set[Request] = set()

    async def __call__(self, requests: Sequence[Request], way: Way) -> Outcomes:
        self.asked.append((list(requests), way))
        await self.let.wait()
        if self.fails:
            raise self.fails
        if self.unwritable & set(requests):
            raise Lost
        free = [
            request for request in requests if way is Way.PATIENT or not {request.slot, request.person} & self.locked
        ]
        if self.brief:
            self.locked = set()
        return {request: SlotTaken() if request in self.refused else made(request) for request in free}


def made(request: Request) -> Claimed:
    return cast("Claimed", (request, None))


def request(slot: str, person: str) -> Request:
    return Request(KEYS[slot], KEYS[person], NOTHING, NOTHING, DirectBooking("login", "notes"))


async def settle() -> None:
    for _ in range(2 * STILL):
        await asyncio.sleep(0)


def asking(claiming: Claiming, *requests: Request) -> "list[asyncio.Task[Claimed]]":
    return [asyncio.create_task(claiming.ask(one)) for one in requests]


@pytest.fixture
def office() -> Office:
    return Office()


async def test_rivals_for_one_slot_are_decided_on_together_in_the_order_in_which_they_came(office: Office) -> None:
    rivals = [request("slot", name) for name in ("ben", "ana", "cem")]
    tasks = asking(Claiming(office), *rivals)
    office.let.set()
    assert await asyncio.gather(*tasks) == [made(one) for one in rivals]
    assert office.asked == [(rivals, PLAIN)]


async def test_a_person_is_in_one_decision_at_a_time_and_what_comes_meanwhile_is_decided_after(office: Office) -> None:
    """So that no decision has to see what another one has not yet committed."""
    first, again, other, and_again = (
        request("slot", "ana"),
        request("other", "ana"),
        request("slot", "ben"),
        request("slot", "ana"),
    )
    claiming = Claiming(office)
    tasks = asking(claiming, first)
    await settle()
    tasks += asking(claiming, again, other, and_again)
    await settle()
    assert office.asked == [([first], PLAIN)]
    office.let.set()
    await asyncio.gather(*tasks)
    assert office.asked == [([first], PLAIN), ([again, other], PLAIN), ([and_again], PLAIN)]


async def test_what_stays_locked_by_somebody_else_is_waited_for_slot_by_slot_and_keeps_up_nobody_else(
    office: Office,
) -> None:
    office.locked = {KEYS["slot"]}
    locked, too, free = request("slot", "ana"), request("slot", "ben"), request("other", "cem")
    tasks = asking(Claiming(office), locked, too, free)
    office.let.set()
    assert await asyncio.gather(*tasks) == [made(locked), made(too), made(free)]
    assert office.asked == [
        ([locked, too, free], PLAIN),
        ([locked, too], AT_HAND),
        ([locked, too], AT_HAND),
        ([locked, too], PATIENT),
    ]


async def test_what_is_not_plain_is_decided_together_under_locks_and_keeps_up_nobody_else(
    office: Office,
) -> None:
    office.locked, office.brief = {KEYS["slot"]}, True
    locked, too, later = request("slot", "ana"), request("slot", "cem"), request("other", "ben")
    claiming = Claiming(office)
    tasks = asking(claiming, locked, too)
    await settle()
    tasks += asking(claiming, later)
    office.let.set()
    assert await asyncio.gather(*tasks) == [made(locked), made(too), made(later)]
    assert sorted(office.asked, key=lambda asked: asked[1]) == [
        ([locked, too], PLAIN),
        ([later], PLAIN),
        ([locked, too], AT_HAND),
    ]


@pytest.mark.parametrize("way", Way)
async def test_whoever_is_overtaken_while_they_wait_is_told_so_and_not_decided_on(office: Office, way: Way) -> None:
    claiming = Claiming(office)
    before, late = [request("slot", name) for name in ("ana", "ben", "cem")], request("other", "ana")
    quicker: list[Request] = []
    late.overtaken = lambda: quicker == before
    tasks = []
    for one in (*before, late):
        one.way = way
        tasks += asking(claiming, one)
        await settle()
    quicker += before  # none of whose lines is free
    office.let.set()
    *told, lost = await asyncio.gather(*tasks, return_exceptions=True)
    assert told == [made(one) for one in before]
    assert isinstance(lost, Lost)
    assert late not in [one for asked, _ in office.asked for one in asked]


async def test_a_claim_that_is_no_plain_visit_is_decided_under_locks_at_once(office: Office) -> None:
    held = Request(KEYS["slot"], KEYS["ana"], NOTHING, NOTHING)
    office.let.set()
    assert await Claiming(office).ask(held) == made(held)
    assert office.asked == [([held], AT_HAND)]


async def test_of_a_batch_that_cannot_be_written_each_is_decided_by_itself_and_only_the_culprit_loses(
    office: Office,
) -> None:
    good, bad = request("slot", "ana"), request("slot", "ben")
    office.unwritable = {bad}
    tasks = asking(Claiming(office), good, bad)
    office.let.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert told[0] == made(good)
    assert isinstance(told[1], Lost)
    assert office.asked == [([good, bad], PLAIN), ([good, bad], PATIENT), ([good], PATIENT), ([bad], PATIENT)]


async def test_one_refusal_is_nobody_elses(office: Office) -> None:
    good, bad = request("slot", "ana"), request("slot", "ben")
    office.refused = {bad}
    tasks = asking(Claiming(office), good, bad)
    office.let.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert told[0] == made(good)
    assert isinstance(told[1], SlotTaken)
    assert len(office.asked) == 1


async def test_a_commit_whose_end_nobody_knows_is_told_to_all_of_it_and_not_repeated(office: Office) -> None:
    office.fails = OutcomeUnknown()
    tasks = asking(Claiming(office), request("slot", "ana"), request("other", "ben"))
    office.let.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in told] == [OutcomeUnknown, OutcomeUnknown]
    assert len(office.asked) == 1


async def test_whoever_goes_away_before_their_turn_claims_nothing_and_takes_nothing_from_others(
    office: Office,
) -> None:
    claiming = Claiming(office)
    first, gone, last = request("slot", "ana"), request("slot", "ben"), request("slot", "cem")
    tasks = asking(claiming, first)
    await settle()
    tasks += asking(claiming, gone, last)
    await settle()
    tasks[1].cancel()
    await settle()
    office.let.set()
    assert list(await asyncio.gather(tasks[0], tasks[2])) == [made(first), made(last)]
    assert office.asked == [([first], PLAIN), ([last], PLAIN)]
