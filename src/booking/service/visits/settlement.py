"""Settlement before a look: places owed to the waitlist are offered before a slot is shown."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from booking.domain.events import CLOCK
from booking.domain.keys import Key
from booking.domain.refusals import Unavailable
from booking.domain.visits.availability import Availability
from booking.domain.visits.roster import Roster
from booking.service.ports import Rosters
from booking.service.retrying import retry_when_lost

T = TypeVar("T")


async def settle(rosters: Rosters, keys: Iterable[Key]) -> None:
    """Settle these slots. A slot that cannot be written just now is shown as it is: a look does not fail for it."""
    for key in keys:
        with suppress(Unavailable):
            await retry_when_lost(lambda key=key: rosters.change(key, Roster.settled, CLOCK))  # type: ignore[misc]


async def settled(rosters: Rosters, look: Callable[[], Awaitable[T]], in_vain: Callable[[T], Sequence[Key]]) -> T:
    """Return the result of a look, after a second one if places are owed to the waitlist; `in_vain` returns their
    slots.

    Why: an offer has a deadline and a place in the queue, so it cannot only be shown as if it had been made.
    """
    found = await look()
    if not (keys := in_vain(found)):
        return found
    await settle(rosters, keys)
    return await look()


def awaited_in_vain(availabilities: Iterable[Availability]) -> Sequence[Key]:
    return [availability.slot.key for availability in availabilities if availability.awaited_in_vain]
