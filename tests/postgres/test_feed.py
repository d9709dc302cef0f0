"""The feed in PostgreSQL: a stretch is read by its index, however much happened elsewhere and before."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from booking.adapters.postgres.delivery.feed import PAGE
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Connection
from booking.domain.delivery.feed import Told
from booking.domain.refusals import PositionRetired
from tests.builders import organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

MANY = """
INSERT INTO events (organization_id, id, type, actor_role, to_state, position, organization_position)
SELECT CASE WHEN number % 10 = 0 THEN $1::uuid ELSE $2::uuid END, gen_random_uuid(), 'slot.created', 'system',
       'available', number, CASE WHEN number % 10 = 0 THEN number / 10 ELSE number - number / 10 END
FROM generate_series(1, 50000) AS number
"""


@pytest.mark.parametrize("analyzed", [True, False], ids=["analyzed", "never analyzed"])
@pytest.mark.parametrize("most", [1, 1000])
@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
async def test_a_page_reads_its_stretch_and_nothing_else(
    database: Database, owner_url: str, mode: str, most: int, analyzed: bool
) -> None:
    organization_id, agent_id = uuid4(), uuid4()
    await as_owner(owner_url, MANY, organization_id, uuid4())
    if analyzed:
        await as_owner(owner_url, "ANALYZE")
    given: tuple[Any, ...] = (
        [organization_id],
        [agent_id],
        [False],
        [None],
        [4_000],
        [4_200],
        [],
        ["slot.created"],
        True,
        most,
    )

    async def plan(line: Connection) -> str:
        await line.execute(f"SET plan_cache_mode = {mode}; PREPARE page AS {PAGE.sql}")
        values = ", ".join(map(_literal, given))
        found = await line.fetch(f"EXPLAIN (ANALYZE, TIMING OFF) EXECUTE page ({values})")
        await line.execute("DEALLOCATE page; RESET plan_cache_mode")
        return "\n".join(row[0] for row in found)

    told = await database._pool.use(plan)
    reads = [line for line in told.splitlines() if " on events" in line and "never executed" not in line]
    assert reads, told
    assert all("Index Scan" in line and "rows=" in line for line in reads), told
    assert sum(int(float(line.split("actual rows=")[1].split()[0])) for line in reads) <= 201, told


def _literal(value: Any) -> str:
    if isinstance(value, list):
        kinds = {UUID: "uuid[]", bool: "boolean[]", int: "bigint[]", str: "text[]"}
        kind = next((kinds[type(one)] for one in value if one is not None), "uuid[]" if value else "text[]")
        return f"ARRAY[{', '.join(map(_literal, value))}]::{kind}"
    return "NULL" if value is None else str(value) if isinstance(value, bool | int) else f"'{value}'"


async def test_a_position_before_the_oldest_event_that_is_kept_is_retired_and_without_one_the_oldest_comes_first(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    admin = await agency.admin()
    slots = await agency.slots_of(admin, 4)
    await agency.store.outbox.place(100)
    pages = [await agency.feed.read(admin, None, types=(), limit=limit) for limit in (1, 2, 3)]
    gone = "DELETE FROM events WHERE organization_id = $1 AND organization_position <= 2"
    await as_owner(owner_url, gone, agency.organization_id)
    with pytest.raises(PositionRetired):
        await agency.feed.read(admin, pages[0].position, types=(), limit=9)
    heard = [await agency.feed.read(admin, after, types=(), limit=9) for after in (pages[1].position, None)]
    for page in heard:
        assert [one.recorded.event.slot_id for one in page.messages if isinstance(one, Told)] == [
            slot.id for slot in slots[1:]
        ]
    await as_owner(owner_url, "DELETE FROM events WHERE organization_id = $1", agency.organization_id)
    assert (await agency.feed.read(admin, None, types=(), limit=9)).messages == []
    with pytest.raises(PositionRetired):
        await agency.feed.read(admin, pages[2].position, types=(), limit=9)
