"""Claims in batches: who is decided on with whom, who waits for a lock, and who hears of whose failure."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from booking.adapters.postgres.engine.batching import STILL
from booking.adapters.postgres.visits.rosters import claim_queue
from booking.adapters.postgres.visits.rosters.claim_queue import Claimed, ClaimQueue, Outcomes, QueuedClaim, Way
from booking.domain.keys import Key
from booking.domain.refusals import OutcomeUnknown
from booking.domain.visits.place_request import BookPlace, HoldPlace
from booking.domain.visits.refusals import SlotTaken
from booking.service.ports import Lost

HOME = uuid4()
KEYS: dict[str, Key] = {name: (HOME, uuid4()) for name in ("slot", "other", "ana", "ben", "cem", "dan")}
NOTHING = cast("Any", SimpleNamespace(asked=None))
DIRECT, AT_HAND, PATIENT = Way


class Office:
    """Decides as it is told to, when it is let. `locked` by somebody else, if `brief` until the first decision;
    `unwritable` together with others."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[QueuedClaim], Way]] = []
        self.let = asyncio.Event()
        self.locked: set[Key] = set()
        self.brief = False
        self.unwritable: set[QueuedClaim] = set()
        self.fails: Exception | None = None
        self.refused: set[QueuedClaim] = set()

    async def __call__(self, requests: Sequence[QueuedClaim], way: Way) -> Outcomes:
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


def made(request: QueuedClaim) -> Claimed:
    return cast("Claimed", (request, None))


def request(slot: str, person: str) -> QueuedClaim:
    return QueuedClaim(KEYS[slot], KEYS[person], BookPlace(notes="notes"), NOTHING)


async def settle() -> None:
    for _ in range(2 * STILL):
        await asyncio.sleep(0)


def asking(claiming: ClaimQueue, *requests: QueuedClaim) -> "list[asyncio.Task[Claimed]]":
    return [asyncio.create_task(claiming.ask(one)) for one in requests]


@pytest.fixture
def office() -> Office:
    return Office()


async def test_rivals_for_one_slot_are_decided_on_together_in_the_order_in_which_they_came(office: Office) -> None:
    rivals = [request("slot", name) for name in ("ben", "ana", "cem")]
    tasks = asking(ClaimQueue(office), *rivals)
    office.let.set()
    assert await asyncio.gather(*tasks) == [made(one) for one in rivals]
    assert office.asked == [(rivals, DIRECT)]


async def test_a_person_is_in_one_decision_at_a_time_and_what_comes_meanwhile_is_decided_after(office: Office) -> None:
    """So that no decision has to see what another one has not yet committed."""
    first, again, other, and_again = (
        request("slot", "ana"),
        request("other", "ana"),
        request("slot", "ben"),
        request("slot", "ana"),
    )
    claiming = ClaimQueue(office)
    tasks = asking(claiming, first)
    await settle()
    tasks += asking(claiming, again, other, and_again)
    await settle()
    assert office.asked == [([first], DIRECT)]
    office.let.set()
    await asyncio.gather(*tasks)
    assert office.asked == [([first], DIRECT), ([again, other], DIRECT), ([and_again], DIRECT)]


async def test_what_stays_locked_by_somebody_else_is_waited_for_slot_by_slot_and_keeps_up_nobody_else(
    office: Office,
) -> None:
    office.locked = {KEYS["slot"]}
    locked, too, free = request("slot", "ana"), request("slot", "ben"), request("other", "cem")
    tasks = asking(ClaimQueue(office), locked, too, free)
    office.let.set()
    assert await asyncio.gather(*tasks) == [made(locked), made(too), made(free)]
    assert office.asked == [
        ([locked, too, free], DIRECT),
        ([locked, too], AT_HAND),
        ([locked, too], AT_HAND),
        ([locked, too], PATIENT),
    ]


async def test_what_is_not_plain_is_decided_together_under_locks_and_keeps_up_nobody_else(
    office: Office,
) -> None:
    office.locked, office.brief = {KEYS["slot"]}, True
    locked, too, later = request("slot", "ana"), request("slot", "cem"), request("other", "ben")
    claiming = ClaimQueue(office)
    tasks = asking(claiming, locked, too)
    await settle()
    tasks += asking(claiming, later)
    office.let.set()
    assert await asyncio.gather(*tasks) == [made(locked), made(too), made(later)]
    assert sorted(office.asked, key=lambda asked: asked[1]) == [
        ([locked, too], DIRECT),
        ([later], DIRECT),
        ([locked, too], AT_HAND),
    ]


@pytest.mark.parametrize("way", Way)
async def test_whoever_waits_while_a_rival_is_refused_the_slot_is_told_so_and_not_decided_on(
    office: Office, way: Way
) -> None:
    claiming = ClaimQueue(office)
    refused, *others = request("slot", "ana"), request("other", "ben"), request("other", "cem")
    late, after = request("slot", "dan"), request("slot", "ben")
    office.refused = {refused}
    tasks = []
    for one in (refused, *others, late):
        one.way = way
        tasks += asking(claiming, one)
        await settle()
    office.let.set()
    taken, *told, lost = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(taken, SlotTaken)
    assert told == [made(one) for one in others]
    assert isinstance(lost, Lost)
    assert late not in [one for asked, _ in office.asked for one in asked]
    assert await claiming.ask(after) == made(after)


async def test_of_slots_that_rivals_were_refused_only_so_many_are_remembered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_queue, "REMEMBERED", 1)
    claiming = ClaimQueue(office)
    office.let.set()
    for one in (request("slot", "ana"), request("other", "ben")):
        office.refused = {one}
        with pytest.raises(SlotTaken):
            await claiming.ask(one)
    assert list(claiming.refused) == [KEYS["other"]]


async def test_a_claim_that_is_no_plain_visit_is_decided_under_locks_at_once(office: Office) -> None:
    held = QueuedClaim(KEYS["slot"], KEYS["ana"], HoldPlace(), NOTHING)
    office.let.set()
    assert await ClaimQueue(office).ask(held) == made(held)
    assert office.asked == [([held], AT_HAND)]


async def test_of_a_batch_that_cannot_be_written_each_is_decided_by_itself_and_only_the_culprit_loses(
    office: Office,
) -> None:
    good, bad = request("slot", "ana"), request("slot", "ben")
    office.unwritable = {bad}
    tasks = asking(ClaimQueue(office), good, bad)
    office.let.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert told[0] == made(good)
    assert isinstance(told[1], Lost)
    assert office.asked == [([good, bad], DIRECT), ([good, bad], PATIENT), ([good], PATIENT), ([bad], PATIENT)]


async def test_one_refusal_is_nobody_elses(office: Office) -> None:
    good, bad = request("slot", "ana"), request("slot", "ben")
    office.refused = {bad}
    tasks = asking(ClaimQueue(office), good, bad)
    office.let.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert told[0] == made(good)
    assert isinstance(told[1], SlotTaken)
    assert len(office.asked) == 1


async def test_a_commit_whose_end_nobody_knows_is_told_to_all_of_it_and_not_repeated(office: Office) -> None:
    office.fails = OutcomeUnknown()
    tasks = asking(ClaimQueue(office), request("slot", "ana"), request("other", "ben"))
    office.let.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in told] == [OutcomeUnknown, OutcomeUnknown]
    assert len(office.asked) == 1


async def test_whoever_goes_away_before_their_turn_claims_nothing_and_takes_nothing_from_others(
    office: Office,
) -> None:
    claiming = ClaimQueue(office)
    first, gone, last = request("slot", "ana"), request("slot", "ben"), request("slot", "cem")
    tasks = asking(claiming, first)
    await settle()
    tasks += asking(claiming, gone, last)
    await settle()
    tasks[1].cancel()
    await settle()
    office.let.set()
    assert list(await asyncio.gather(tasks[0], tasks[2])) == [made(first), made(last)]
    assert office.asked == [([first], DIRECT), ([last], DIRECT)]
