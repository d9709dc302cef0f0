"""`booking after-restore` and `booking events replay`: the steps after a backup was restored."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.sessions import AUTO
from booking.adapters.postgres.migrations import require_current_schema
from booking.adapters.postgres.restores import PostgresRestores
from booking.cli.targets import AT_LEISURE, tell_database
from booking.config import audit_secrets, database_urls
from booking.domain.restore import mark
from booking.faults import Explained


class WrongHead(Explained):
    """The seal that is given as the log's last one does not fit the backup; says why."""


async def after_restore(head: tuple[int, str] | None, release: bool) -> int:
    """Mark the restore and hold subscriptions of outsiders back; or release them."""
    async with owned() as opened:
        if release:
            print(f"{await PostgresRestores(opened).release()} subscriptions hear again")
            return 0
        return await _begin(opened, head)


async def replay(since: datetime, kinds: Sequence[str]) -> None:
    """Hand all events on again from an instant on."""
    async with owned() as opened:
        count = await PostgresRestores(opened).rewind(kinds, since)
    print(f"{count} subscriptions hear again what happened from {since:%Y-%m-%dT%H:%M:%SZ} on, under the same ids")


async def _begin(opened: Database, head: tuple[int, str] | None) -> int:
    secret = audit_secrets()[0].encode()
    restores, trail = PostgresRestores(opened), PostgresTrail(opened)
    newest = await trail.last_seal()
    lost = head[0] if head else 0
    if newest and head and lost < newest.number:
        raise WrongHead(
            f"the backup has seal {newest.number}, which is newer than {lost}: give the last one of the log"
        )
    if newest and head and lost == newest.number and newest.digest.hex() != head[1].lower():
        raise WrongHead(
            f"seal {lost} of the log is another one here: that is no restore, see docs/runbooks/AuditBreach.md"
        )
    number = len(await restores.marks()) + 1
    done = await restores.begin(mark(secret, number, newest, lost, at=await opened.now()))
    seal = newest.number if newest else 0
    print(f"restore {number} is marked after seal {seal}" + (f"; seals to {lost} are gone" if lost > seal else ""))
    print(f"readers of the feed begin anew, in epoch {done.epoch}")
    print(f"{done.obsolete} messages that were due are not sent")
    print(f"{done.paused} subscriptions wait for `booking after-restore --release`")
    if done.newest is not None:
        print(f"what happened after {done.newest:%Y-%m-%dT%H:%M:%S.%fZ} is lost, and every Idempotency-Key of it:")
        print("who repeats a request from then on looks first whether it was done")
    return 0


@asynccontextmanager
async def owned() -> AsyncIterator[Database]:
    """Open the database as its owner; say beforehand which one is to be changed."""
    _, owner = database_urls()
    tell_database(owner)
    opened = Database(owner, pool_size=1, answer=AT_LEISURE, logs=False, plans=AUTO)
    try:
        await require_current_schema(opened)
        yield opened
    finally:
        await opened.close()
