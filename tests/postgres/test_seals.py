"""What a superuser does to the record is found (T61)."""

import pytest
import sqlalchemy as sa

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.store import postgres_store
from booking.adapters.postgres.words import StatementRefused
from booking.entrypoints.relay import LEASE
from booking.service.audit import SealingService
from tests.builders import organization
from tests.support.worlds import as_owner

SECRET = b"s" * 32
SWAP = "UPDATE events SET position = CASE position WHEN 2 THEN 3 ELSE 2 END WHERE position IN (2, 3)"


@pytest.mark.parametrize(
    ("statement", "seal"),
    [
        ("UPDATE events SET to_state = 'booked' WHERE position = 2", 1),
        ("UPDATE events SET actor_subject = 'somebody else' WHERE position = 5", 2),
        ("UPDATE events SET occurred_at = occurred_at - interval '1 second' WHERE position = 1", 1),
        ("UPDATE events SET request_id = NULL WHERE position = 3", 1),
        ("DELETE FROM events WHERE position = 2", 1),
        ("DELETE FROM events WHERE position = 6", 2),
        (SWAP, 1),
        ("UPDATE seals SET content = sha256('x') WHERE number = 2", 2),
        ("UPDATE seals SET sealed_at = sealed_at - interval '10 years' WHERE number = 1", 1),
        ("UPDATE seals SET last = 4 WHERE number = 1", 1),
        ("DELETE FROM seals WHERE number = 1", 1),
        ("TRUNCATE events CASCADE", 1),
    ],
)
async def test_a_sealed_row_that_a_superuser_touched_is_found(
    database: Database, owner_url: str, statement: str, seal: int
) -> None:
    agency = organization(postgres_store(database))
    sealing = SealingService(agency.store.trail, agency.store.now, SECRET)
    for _ in range(2):
        await agency.slots_of(await agency.agent(), 3)
        await agency.store.outbox.take(100, LEASE)
        await sealing.seal()
    assert [one async for one in sealing.breaches()] == []
    await as_owner(owner_url, "DELETE FROM deliveries")
    await as_owner(owner_url, statement)
    breaches = [one async for one in sealing.breaches()]
    assert breaches[0].seal == seal


async def test_the_serving_role_can_neither_edit_nor_remove_what_happened(database: Database) -> None:
    for statement in (
        "UPDATE events SET to_state = 'x'",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE seals SET digest = content",
        "DELETE FROM seals",
        "TRUNCATE seals",
        "DROP TABLE events",
        "DELETE FROM positions",
    ):
        with pytest.raises(StatementRefused) as refused:
            await database.fetch(sa.text(statement))
        assert (statement, refused.value.sqlstate) == (statement, "42501")
