"""`booking events dead` and `booking screenings dead`: what could not be handed on, or taken in."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from booking.adapters.notifiers.log import payload
from booking.adapters.postgres.outbox import PostgresOutbox
from booking.cli.operator import database
from booking.cli.queue import queue, tell_queue
from booking.domain.delivery import DeadDelivery
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


async def show_event(event_id: UUID) -> int:
    async with database() as opened:
        found = [one for one in await PostgresOutbox(opened).dead(SHOWN) if one.recorded.id == event_id]
    for one in found:
        why = {"position": one.position, "attempts": one.attempts, "reason": one.reason}
        print(json.dumps({**why, "event": payload(one.recorded)}, indent=2))
    return _found(found, "there is no dead event of that id")


async def redrive_events(event_ids: Sequence[UUID] | None) -> int:
    async with database(changing=True) as opened:
        count = await PostgresOutbox(opened).redrive(event_ids)
    print(f"{count} due again")
    return 0 if count or event_ids is None else 1


@asynccontextmanager
async def dead_letters(queue_url: str) -> AsyncIterator[DeadLetters]:
    async with queue(queue_url) as client:
        yield DeadLetters(client, queue_url)


async def list_screenings(queue_url: str) -> None:
    async with dead_letters(queue_url) as opened:
        letters = await opened.look()
    for one in letters:
        print(f"{one.message_id}  sent {one.sent_at:%Y-%m-%dT%H:%M:%SZ}  received {one.receives} times  {one.reason}")
    print(_counted(letters, "dead letter"))


async def show_screening(queue_url: str, message_id: str) -> int:
    async with dead_letters(queue_url) as opened:
        found = [one for one in await opened.look() if one.message_id == message_id]
    for one in found:
        print(f"sent {one.sent_at:%Y-%m-%dT%H:%M:%SZ}, received {one.receives} times: {one.reason}")
        print(printable(one.body, "\n\t"))
    return _found(found, "there is no dead letter of that id")


async def redrive_screenings(queue_url: str, message_ids: Sequence[str] | None) -> int:
    tell_queue(queue_url)
    async with dead_letters(queue_url) as opened:
        count = await opened.redrive(message_ids)
    print(f"{count} sent back")
    return 0 if count or message_ids is None else 1


async def delete_screenings(queue_url: str, message_ids: Sequence[str] | None) -> int:
    tell_queue(queue_url)
    async with dead_letters(queue_url) as opened:
        count = await opened.delete(message_ids)
    print(f"{count} deleted")
    return 0 if count or message_ids is None else 1


def _counted(found: Sequence[DeadDelivery] | Sequence[DeadLetter], what: str) -> str:
    return f"{len(found)} {what}{'' if len(found) == 1 else 's'}"


def _found(found: Sequence[object], otherwise: str) -> int:
    if not found:
        print(otherwise)
    return 0 if found else 1
