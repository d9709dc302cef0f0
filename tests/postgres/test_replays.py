"""A replay makes many deliveries: each step of the relay takes some of them, and reads no more."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg

from booking.adapters.postgres.delivery import outbox
from booking.adapters.postgres.engine.database import Database
from tests.builders import organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

MANY = 5_000
LEASE = timedelta(seconds=30)
READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'deliveries'"


async def read(connection: "asyncpg.Connection[Any]", statement: str, *inputs: object) -> tuple[list[Any], int]:
    """What a statement finds, and how many rows of deliveries it reads for that."""
    before = await connection.fetchval(READ)
    found = await connection.fetch(statement, *inputs)
    return found, await connection.fetchval(READ) - before


async def test_a_step_reads_what_it_takes_however_much_is_due(database: Database, owner_url: str) -> None:
    """Before the tables were ever analyzed, and after."""
    agency = organization(postgres_store(database))
    of, endpoint = agency.organization_id, uuid4()
    await as_owner(
        owner_url,
        "INSERT INTO events (organization_id, id, type, actor_role, to_state, booking_id)"
        " SELECT $1, gen_random_uuid(), 'booking.confirmed', 'applicant', 'confirmed', gen_random_uuid()"
        " FROM generate_series(1, $2::integer)",
        of,
        MANY,
    )
    while await agency.store.outbox.place(1_000):
        pass
    await as_owner(
        owner_url,
        "INSERT INTO subscriptions (organization_id, id, kind, position) VALUES ($1, $2, 'outside', $3)",
        of,
        endpoint,
        MANY,
    )
    await as_owner(
        owner_url,
        "INSERT INTO deliveries (subscription_organization_id, subscription_id, organization_id, event_id, occurred_at,"
        " position, line, attempts, due_at)"
        " SELECT $1, $2, $1, id, occurred_at, position, booking_id, 0, booking_now() FROM events",
        of,
        endpoint,
    )
    for analyzed in (False, True):
        if analyzed:
            await as_owner(owner_url, "ANALYZE")
        connection = await asyncpg.connect(owner_url)
        async with connection.transaction():
            leased, reads = await read(connection, outbox.LEASE.sql, ["outside"], [5], [100], 50, LEASE)
            assert (len(leased), reads < 20) == (1, True), f"{reads} rows"
            work, reads = await read(connection, outbox.WORK.sql, [of], [endpoint], [MANY], [100], LEASE)
            assert (len(work), reads < 1_000) == (100, True), f"{reads} rows"
            await connection.execute("UPDATE subscriptions SET leased_until = '-infinity'")
        await connection.close()
