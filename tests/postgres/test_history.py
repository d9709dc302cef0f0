"""History of a booking in PostgreSQL: by which indexes it is read."""

from uuid import uuid4

import pytest

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Connection
from booking.adapters.postgres.visits.history import PAGE
from tests.builders import organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

MANY = """
INSERT INTO events (organization_id, id, type, actor_role, slot_id, booking_id, to_state, position)
SELECT $1, gen_random_uuid(), 'booking.confirmed', 'applicant', gen_random_uuid(), gen_random_uuid(), 'confirmed',
       CASE WHEN number <= 20000 THEN number END
FROM generate_series(1, 20020) AS number
"""


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
async def test_it_is_read_by_its_booking_and_by_what_has_no_position_yet_however_much_happened(
    database: Database, owner_url: str, mode: str
) -> None:
    agency = organization(postgres_store(database))
    applicant = await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(await agency.agent())).id)
    await as_owner(owner_url, MANY, agency.organization_id)
    await as_owner(owner_url, "ANALYZE")
    person = applicant.applicants[0]
    query, *given = PAGE.given(
        in_view=[agency.organization_id],
        id=booking.id,
        organization_ids=[agency.organization_id],
        applicant_ids=[person.id],
        agency=agency.organization_id,
        agent_id=uuid4(),
        admin=False,
        after_id=None,
        most=51,
    )

    async def plan(line: Connection) -> str:
        await line.execute(f"SET plan_cache_mode = {mode}; PREPARE history AS {query.sql}")
        values = ", ".join(_literal(value) for value in given)
        found = await line.fetch(f"EXPLAIN (ANALYZE, TIMING OFF) EXECUTE history ({values})")
        await line.execute("DEALLOCATE history; RESET plan_cache_mode")
        return "\n".join(row[0] for row in found)

    found = await database._pool.use(plan)
    assert "_of_booking on events_" in found
    assert "_seq_idx on events_" in found
    assert "Seq Scan on events_" not in found.replace("Seq Scan on events_rest", "")


def _literal(value: object) -> str:
    if isinstance(value, list):
        return "ARRAY[" + ", ".join(map(_literal, value)) + "]"
    return f"'{value}'::uuid" if not isinstance(value, bool | int) else str(value).lower()
