"""How every contested change is made: look, decide, write guarded; who lost the race looks again and learns why."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TypeVar

from booking.domain.refusals import Unavailable
from booking.domain.roster import Gone
from booking.domain.slot import Key
from booking.service.ports import Lost

LOOKS = 1000  # each further look needs somebody else to have been quicker, or something that was over to be tidied

T = TypeVar("T")


async def retry_when_lost(
    attempt: Callable[[], Awaitable[T]], turn: AbstractAsyncContextManager[None] | None = None
) -> T:
    """The attempt's result. `attempt` looks and lets the domain decide, so that a second look raises the reason.

    Who lost once waits for their `turn`, so that of a crowd only one tries in each process. Each loss is somebody's
    gain, so it ends by itself; Unavailable only where the guard keeps refusing what every look allows: a fault of ours.
    """
    try:
        return await attempt()
    except (Lost, Gone):
        pass
    async with turn or nullcontext():
        for _ in range(LOOKS - 1):
            try:
                return await attempt()
            except (Lost, Gone):
                continue
    raise Unavailable("too many changes at once; try again")


async def retry_each_when_lost(keys: Iterable[Key], attempt: Callable[[Key], Awaitable[object]]) -> None:
    """Contest one slot after the other. The first failure is raised once all others have had their turn: a row at fault
    is no reason to leave the rest; an outage is."""
    failed: Exception | None = None
    for key in keys:
        try:
            await retry_when_lost(lambda key=key: attempt(key))  # type: ignore[misc]
        except Unavailable:
            raise
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
