"""The checker itself: what could have happened passes, what a broken service would do does not."""

import asyncio
import random
import time

import pytest

from tests.chaos.history.linearizability import Operation, linearizable


def at(called: float, returned: float, who: str, what: str, outcome: str = "ok", known: str | None = "1") -> Operation:
    return Operation(who, what, outcome, known, called, returned)


FINE = {
    "one after the other": [
        at(0, 1, "ada", "book"),
        at(2, 3, "bob", "book", "slot_taken", None),
        at(4, 5, "ada", "cancel"),
        at(6, 7, "bob", "book", known="2"),
    ],
    "the second one first": [at(0, 9, "ada", "book", "slot_taken", None), at(1, 2, "bob", "book")],
    "a hold becomes the booking": [at(0, 1, "ada", "hold"), at(2, 3, "ada", "book"), at(4, 5, "ada", "release", "x")],
    "held again is the same": [at(0, 1, "ada", "hold"), at(2, 3, "ada", "hold")],
    "nobody has anything": [],
}
BROKEN = {
    "two have one place": [at(0, 3, "ada", "book"), at(1, 2, "bob", "book", known="2")],
    "taken by nobody": [at(0, 1, "ada", "book", "slot_taken", None)],
    "lost after it was told": [at(0, 1, "ada", "book"), at(2, 3, "bob", "book", known="2")],
    "cancelled twice": [at(0, 1, "ada", "book"), at(2, 5, "ada", "cancel"), at(3, 4, "ada", "cancel")],
    "stale: free again only later": [
        at(0, 1, "ada", "book"),
        at(2, 3, "ada", "cancel"),
        at(4, 5, "bob", "book", "slot_taken", None),
    ],
    "a hold that was given to another": [at(0, 1, "ada", "hold"), at(2, 3, "bob", "hold", known="2")],
    "a hold lost to another's booking": [at(0, 1, "ada", "hold"), at(2, 3, "bob", "book", known="2")],
    "held for ever": [at(n, n + 0.5, "ada", "hold" if n % 2 == 0 else "release", known=str(n // 2)) for n in range(8)],
}


@pytest.mark.parametrize("name", FINE)
def test_what_could_have_happened_passes(name: str) -> None:
    assert linearizable(FINE[name])


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_have_happened_does_not(name: str) -> None:
    assert not linearizable(BROKEN[name])


class Slot:
    """A slot that looks before it leaps; whole, it does not let anybody in between."""

    def __init__(self, *, whole: bool) -> None:
        self.who: str | None = None
        self.count = 0
        self._lock = asyncio.Lock() if whole else None

    async def book(self, who: str) -> tuple[str, str | None]:
        if self._lock is None:
            return await self._book(who)
        async with self._lock:
            return await self._book(who)

    async def _book(self, who: str) -> tuple[str, str | None]:
        free = self.who is None
        await asyncio.sleep(random.random() / 1000)
        if not free:
            return "slot_taken", None
        self.who, self.count = who, self.count + 1
        return "ok", str(self.count)


@pytest.mark.parametrize("whole", [True, False])
async def test_a_slot_that_looks_before_it_leaps_is_found_out(whole: bool) -> None:
    async def history() -> list[Operation]:
        slot, barrier, found = Slot(whole=whole), asyncio.Barrier(4), list[Operation]()

        async def client(who: str) -> None:
            await barrier.wait()
            called = time.monotonic()
            outcome, known = await slot.book(who)
            found.append(Operation(who, "book", outcome, known, called, time.monotonic()))

        await asyncio.gather(*(client(str(number)) for number in range(4)))
        return found

    assert all([linearizable(await history()) for _ in range(5)]) is whole
