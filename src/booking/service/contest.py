"""How every contested change is made: look, decide, write guarded; who lost the race looks again and learns why."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from booking.domain.errors import Unavailable
from booking.domain.roster import Gone
from booking.service.ports import Lost

LOOKS = 5  # each further look needs the state to have changed meanwhile, or something that was over to be tidied

T = TypeVar("T")


async def contest(attempt: Callable[[], Awaitable[T]]) -> T:
    """The attempt's result. `attempt` looks and lets the domain decide, so that a second look raises the reason.

    Unavailable in the unlikely case that the guard kept refusing what every look allowed.
    """
    for _ in range(LOOKS):
        try:
            return await attempt()
        except (Lost, Gone):
            continue
    raise Unavailable("too many changes at once; try again")
