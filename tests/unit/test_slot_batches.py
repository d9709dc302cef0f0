"""Slots that are offered together: which of them are in whose way, and how long it takes to find out."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_batch import BatchMode, Surroundings, refused

AT = datetime(2026, 11, 30, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
AGENT, COLLEAGUE = UUID(int=1), UUID(int=2)


def slot(number: int, start: timedelta, lasts: timedelta, agent: UUID, property: UUID, buffer: timedelta) -> Slot:
    return Slot.offer(
        id=UUID(int=100 + number),
        organization_id=UUID(int=9),
        property_id=property,
        agent_id=agent,
        start_time=AT + FIVE_MINUTES + start,
        end_time=AT + FIVE_MINUTES + start + lasts,
        capacity=1,
        buffer=buffer,
        at=AT,
    )


def in_the_way(slots: Mapping[int, Slot]) -> Mapping[int, list[int]]:
    known = Surroundings(agents={AGENT, COLLEAGUE}, statuses={}, overlapped={}, blocked=set(), withdrawn=set(), at=AT)
    return {index: list(one.items) for index, one in refused(slots, {}, known, BatchMode.EACH).items()}


@pytest.mark.parametrize("seed", range(20))
def test_each_slot_is_compared_with_all_that_it_could_clash_with(seed: int) -> None:
    chance = Random(seed)
    slots = {
        number: slot(
            number,
            chance.randrange(2_000) * FIVE_MINUTES,
            chance.choice((1, 6, 96)) * FIVE_MINUTES,
            chance.choice((AGENT, COLLEAGUE)),
            UUID(int=chance.randrange(3, 6)),
            chance.choice((0, 3, 288)) * FIVE_MINUTES,
        )
        for number in range(60)
    }
    expected: dict[int, list[int]] = {}
    for index, one in slots.items():
        if met := [other for other in range(index) if other not in expected and one.clashes(slots[other])]:
            expected[index] = met
    assert in_the_way(slots) == expected


def test_as_many_short_slots_as_a_plan_may_have_are_soon_compared() -> None:
    slots = {
        number: slot(number, number * FIVE_MINUTES, FIVE_MINUTES, AGENT, COLLEAGUE, timedelta())
        for number in range(5_000)
    }
    began = time.process_time()
    assert in_the_way(slots) == {}
    assert time.process_time() - began < 2  # all with all of five days took ten times as long
