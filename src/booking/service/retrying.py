"""Retries of contested changes: look, decide, write guarded; after a lost race look again, and learn why."""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TypeVar

from booking.domain.keys import Key
from booking.domain.refusals import Unavailable
from booking.domain.visits.roster import Gone
from booking.service.ports import Lost

LOOKS = 1000  # each further look needs a quicker write by another, or an overdue claim to settle

T = TypeVar("T")


async def retry_when_lost(
    attempt: Callable[[], Awaitable[T]], turn: AbstractAsyncContextManager[None] | None = None
) -> T:
    """Return the attempt's result. `attempt` looks and lets the domain decide, so that a second look raises the reason.

    After a first loss the caller waits for their `turn`, so that of a crowd only one tries in each process. Each loss
    is another one's gain, so it ends by itself; Unavailable only if the guard keeps refusing what every look allows,
    which is a fault.
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
    """Retry for one slot after the other. The first failure is raised once all others had their turn; an outage at
    once.
    """
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
