"""`booking events dead` and `booking screenings dead`: dead deliveries, and dead screenings."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from booking.adapters.notifiers.log import payload
from booking.adapters.postgres.delivery.outbox import PostgresOutbox
from booking.cli.targets import database, queue, require_queue, tell_queue
from booking.domain.delivery.delivery import DeadDelivery
from booking.entrypoints.dead_letters import DeadLetter, DeadLetters
from booking.logs import printable

SHOWN = 1000  # events


async def list_events() -> None:
    async with database() as opened:
        dead = await PostgresOutbox(opened).dead(SHOWN)
    for one in dead:
        about = f"{one.recorded.id}  {one.recorded.event.type:<26}"
        print(f"{about}  {one.attempts:>3} attempts  dead since {one.died_at:%Y-%m-%dT%H:%M:%SZ}  {one.reason}")
    print(_counted(dead, "dead event"))


async def show_event(id: UUID) -> int:
    async with database() as opened:
        found = [one for one in await PostgresOutbox(opened).dead(SHOWN) if one.recorded.id == id]
    for one in found:
        why = {"position": one.position, "attempts": one.attempts, "reason": one.reason}
        print(json.dumps({**why, "event": payload(one.recorded)}, indent=2))
    return _found(found, "there is no dead event of that id")


async def redrive_events(ids: Sequence[UUID], every: bool) -> int:
    async with database(changing=True) as opened:
        count = await PostgresOutbox(opened).redrive(None if every else ids)
    print(f"{count} due again")
    return 0 if count or every else 1


@asynccontextmanager
async def dead_letters(*, changing: bool = False) -> AsyncIterator[DeadLetters]:
    """Open the queue's dead letters; say beforehand which queue's are to be changed."""
    url = require_queue()
    if changing:
        tell_queue(url)
    async with queue(url) as client:
        yield DeadLetters(client, url)


async def list_screenings() -> None:
    async with dead_letters() as opened:
        letters = await opened.look()
    for one in letters:
        print(f"{one.message_id}  sent {one.sent_at:%Y-%m-%dT%H:%M:%SZ}  received {one.receives} times  {one.reason}")
    print(_counted(letters, "dead letter"))


async def show_screening(id: str) -> int:
    async with dead_letters() as opened:
        found = [one for one in await opened.look() if one.message_id == id]
    for one in found:
        print(f"sent {one.sent_at:%Y-%m-%dT%H:%M:%SZ}, received {one.receives} times: {one.reason}")
        print(printable(one.body, "\n\t"))
    return _found(found, "there is no dead letter of that id")


async def redrive_screenings(ids: Sequence[str], every: bool) -> int:
    async with dead_letters(changing=True) as opened:
        count = await opened.redrive(None if every else ids)
    print(f"{count} sent back")
    return 0 if count or every else 1


async def delete_screenings(ids: Sequence[str], every: bool) -> int:
    async with dead_letters(changing=True) as opened:
        count = await opened.delete(None if every else ids)
    print(f"{count} deleted")
    return 0 if count or every else 1


def _counted(found: Sequence[DeadDelivery] | Sequence[DeadLetter], what: str) -> str:
    return f"{len(found)} {what}{'' if len(found) == 1 else 's'}"


def _found(found: Sequence[object], otherwise: str) -> int:
    if not found:
        print(otherwise)
    return 0 if found else 1
