"""Traces in PostgreSQL: where the events of a traced request go on, in whichever process (ADR 104).

Rows are of requests that are traced; all others cost nothing. Nothing is decided by them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Fetch, Transaction
from booking.adapters.postgres.leases import held
from booking.adapters.postgres.tables.base import booking_now
from booking.adapters.postgres.tables.delivery import traces
from booking.domain.events import Recorded
from booking.domain.keys import Key
from booking.domain.refusals import Unavailable
from booking.service.ports import Lease
from booking.tracing import spans

KEPT = timedelta(days=1)
FORGET = 1000  # rows at a time

KEEP = sql.query("traces", "keep", ("organization_ids", "request_ids", "parents"))
OF_REQUESTS = sql.query("traces", "of_requests", ("organization_ids", "request_ids"))
OF_NOTICES = sql.query("traces", "of_notices", ("organization_ids", "ids"))


async def keep_traces(fetch: Fetch, events: Iterable[tuple[UUID, str | None]]) -> None:
    """Keep the traces that events go on in, of which these are the organizations and the requests."""
    begun = (span.origin for span in spans.current())
    origins = {origin.request_id: origin for origin in begun if origin.request_id is not None}
    rows = {
        (organization_id, request_id): str(origins[request_id].place)
        for organization_id, request_id in events
        if request_id in origins and organization_id not in origins[request_id].kept
    }
    if rows:
        in_order = sorted(((*named, parent) for named, parent in rows.items()), key=str)  # no two wait for each other
        await fetch(KEEP, *zip(*in_order, strict=True))


async def keep_trace(database: Database, organization_id: UUID, request_id: str | None) -> None:
    """Keep the trace of events to come, which a batch writes for several requests at once.

    Where that fails, they go on in none: the request does not fail by it."""
    try:
        await keep_traces(database.write, [(organization_id, request_id)])
    except Unavailable:
        return
    for span in spans.current():
        if span.origin.request_id == request_id:
            span.origin.kept.add(organization_id)


async def traces_of(database: Database, recorded: Iterable[Recorded]) -> Mapping[tuple[UUID, str | None], str]:
    """Return the traces of events, by their organization and request; none, without asking, where tracing is off."""
    asked = {(one.event.organization_id, one.event.actor.request_id) for one in recorded} if spans.on() else ()
    named = [one for one in asked if one[1] is not None]
    rows = await database.fetch(OF_REQUESTS, *zip(*named, strict=True)) if named else ()
    return {(row.organization_id, row.request_id): row.parent for row in rows}


async def traces_of_notices(database: Database, keys: Sequence[Key]) -> Mapping[UUID, str]:
    """Return the traces of notices, by their ids, in the same way."""
    rows = await database.fetch(OF_NOTICES, *zip(*keys, strict=True)) if keys and spans.on() else ()
    return {row.id: row.parent for row in rows}


class PostgresTraces:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, lease: Lease) -> int:
        over = sa.select(*traces.primary_key.columns).where(traces.c.created_at <= booking_now() - KEPT)
        key = sa.tuple_(*traces.primary_key.columns)

        async def work(transaction: Transaction) -> int:
            return await transaction.execute(sa.delete(traces).where(key.in_(over.limit(FORGET)), held(lease)))

        return await self._database.unit(work)
