"""Look, decide, write guarded: what the loser of a race learns."""

import pytest

from booking.domain.errors import SlotTaken, Unavailable
from booking.service.contest import LOOKS, contest
from booking.service.ports import Lost


async def test_who_loses_looks_again_and_learns_why() -> None:
    looks = 0

    async def attempt() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise Lost
        raise SlotTaken

    with pytest.raises(SlotTaken):
        await contest(attempt)
    assert looks == 2


async def test_who_loses_again_and_again_is_asked_to_come_back() -> None:
    looks = 0

    async def attempt() -> None:
        nonlocal looks
        looks += 1
        raise Lost

    with pytest.raises(Unavailable):
        await contest(attempt)
    assert looks == LOOKS
