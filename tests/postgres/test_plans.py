"""Plans that are kept: made anew once the tables that they were made for have grown."""

import re
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import sqlalchemy as sa

from booking.adapters.postgres import rights
from booking.adapters.postgres.engine import plans
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Connection
from booking.adapters.postgres.engine.sessions import BY_INDEX
from booking.adapters.postgres.engine.sql_files import Composed, Query
from booking.adapters.postgres.engine.statements import Prepared, asked
from booking.adapters.postgres.notices.notices import END, SITUATIONS
from booking.adapters.postgres.notices.queue import LISTED as LISTED_NOTICES
from booking.adapters.postgres.notices.queue import NOTE, TAKE
from booking.adapters.postgres.notices.sweeps import COMING, UNPLAN
from booking.adapters.postgres.people import applicants, grants, screenings
from booking.adapters.postgres.people.identity import LOGINS
from booking.adapters.postgres.people.rows import keys_of
from booking.adapters.postgres.rows import page_inputs
from booking.adapters.postgres.tables.visits import bookings as table
from booking.adapters.postgres.visits import bookings, commitments, slots, waitlists
from booking.adapters.postgres.visits.commitments import OF_PEOPLE, Beside
from booking.adapters.postgres.visits.holds import LIVE
from booking.adapters.postgres.visits.listing import LISTED, MARKED, MARKED_OR_SEEN, SEEN
from booking.adapters.postgres.visits.rosters import locks, rosters
from booking.adapters.postgres.visits.rosters.direct_booking import BOOK_DIRECTLY
from booking.adapters.postgres.visits.rosters.ties import TIES
from booking.adapters.postgres.visits.slots import NEAREST
from booking.domain.paging import Paging, Window
from tests.builders import organization
from tests.support.statements import statements
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

MANY = """
WITH made AS (
    INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
    SELECT organization_id, gen_random_uuid(), gen_random_uuid(), id,
           now() + n * interval '2 hours' + interval '9 hours', now() + n * interval '2 hours' + interval '10 hours',
           'booked'
    FROM agents, generate_series(1, 2000) n
    RETURNING *
)
INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes, place, capacity, start_time,
    end_time)
SELECT made.organization_id, gen_random_uuid(), made.id, applicants.id, 'confirmed', '', 1, 1, start_time, end_time
FROM made, applicants
"""
_asked = asked(organization_id=sa.Uuid(), slot_id=sa.Uuid())
OF_SLOT = Prepared(
    sa.select(table.c.id).where(
        table.c.organization_id == _asked.c.organization_id, table.c.slot_id == _asked.c.slot_id
    ),
    ("organization_id", "slot_id"),
)


async def explained(line: "asyncpg.Connection[Any]", statement: Prepared | Query) -> str:
    """The plan that this connection keeps."""
    (kept,) = await line.fetch(
        "SELECT name, cardinality(parameter_types) AS inputs FROM pg_prepared_statements WHERE statement = $1",
        statement.sql,
    )
    nothing = ", ".join(["NULL"] * kept["inputs"])
    return "\n".join(row[0] for row in await line.fetch(f'EXPLAIN (COSTS OFF) EXECUTE "{kept["name"]}"({nothing})'))


async def test_a_plan_made_for_an_empty_table_does_not_outlive_it(
    database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "LOOK", 0.0)
    agency = organization(postgres_store(database))
    slot = await agency.slot(await agency.agent())
    await agency.applicant()
    await as_owner(owner_url, "ALTER TABLE bookings SET (autovacuum_enabled = off)")  # for PostgreSQL then plans anew
    assert await database.fetch(OF_SLOT, [slot.organization_id], [slot.id]) == []
    await as_owner(owner_url, MANY)
    assert await database.fetch(OF_SLOT, [slot.organization_id], [slot.id]) == []

    async def kept_and_new(line: Connection) -> tuple[str, str]:
        kept = await explained(line, OF_SLOT)
        await line.execute("DISCARD PLANS")
        return kept, await explained(line, OF_SLOT)

    kept, new = await database._pool.use(kept_and_new)
    assert kept == new
    assert re.search("Index Cond: .*slot_id", kept)


async def test_what_counts_about_somebody_is_never_looked_for_among_all_live_claims(owner_url: str) -> None:
    """With a hundred thousand bookings in a table that nobody analyzed it was: 12 ms for a list, in place of one."""
    owner = await asyncpg.connect(owner_url, server_settings=BY_INDEX)
    try:
        async with owner.transaction():
            await owner.execute("DROP INDEX bookings_of_applicant, bookings_unsettled")
            await owner.fetch(OF_PEOPLE.sql, *([] for _ in Beside._fields))
            plan = await explained(owner, OF_PEOPLE)
    finally:
        await owner.close()
    assert "bookings_one_a" not in plan
    assert "tstzrange" not in plan


async def test_what_ties_somebody_to_slots_is_looked_for_among_what_is_theirs(database: Database) -> None:
    async def plan(line: Connection) -> str:
        await line.fetch(TIES.sql, [], [])
        return await explained(line, TIES)

    found = re.findall(r"Index Scan using (\w+) .*\n\s+Index Cond: .*applicant_id = ", await database._pool.use(plan))
    assert found == ["bookings_of_applicant", "waitlist_of_applicant"]


async def test_own_holds_are_looked_for_among_what_is_theirs(database: Database) -> None:
    live, *nothing = LIVE.given(**keys_of(()), **page_inputs(Window(), Paging(after=None, limit=50)))

    async def plan(line: Connection) -> str:
        await line.fetch(live.sql, *nothing)
        return await explained(line, live)

    found = re.findall(r"Scan .*on bookings .*\n\s+Index Cond: (.*)", await database._pool.use(plan))
    assert found == ["((organization_id = who.organization_id) AND (applicant_id = who.applicant_id))"]


async def planned_by_index(owner_url: str, statement: Query) -> str:
    owner = await asyncpg.connect(owner_url, server_settings=BY_INDEX | {"plan_cache_mode": "force_generic_plan"})
    try:
        await owner.execute(f"PREPARE asked AS {statement.sql}")
        nothing = ", ".join(["NULL"] * len(statement.inputs))
        return "\n".join(row[0] for row in await owner.fetch(f"EXPLAIN (COSTS OFF) EXECUTE asked({nothing})"))
    finally:
        await owner.close()


@pytest.mark.parametrize(
    ("statement", "slots"),
    [(SITUATIONS, {"day"}), (COMING, {"day", "s_1"}), (TAKE, {"day", "s"}), (LISTED_NOTICES, {"s"})],
    ids=["situations", "coming", "take", "listed"],
)
async def test_notices_of_slots_read_the_bookings_of_these_and_no_others(
    owner_url: str, statement: Query, slots: set[str]
) -> None:
    """In a table that nobody analyzed all bookings of the organization were read for each slot: 15 ms an event."""
    plan = await planned_by_index(owner_url, statement)
    assert set(re.findall(r"Index Cond: .*\(slot_id = (day|s|s_1)\.id\)", plan)) == slots


@pytest.mark.parametrize("statement", [NOTE, END, UNPLAN], ids=["note", "end", "unplan"])
async def test_notices_that_are_named_are_not_looked_for_among_all_that_wait(owner_url: str, statement: Query) -> None:
    """Reminders wait for months: each outcome read them all."""
    assert "notices_due" not in await planned_by_index(owner_url, statement)


async def test_a_claim_reads_no_more_of_somebody_s_visits_than_the_last_before_its_end(database: Database) -> None:
    """With nothing known of the table, a join read all that they ever booked."""

    async def plan(line: Connection) -> str:
        await line.fetch(BOOK_DIRECTLY.sql, *([] for _ in set(re.findall(r"\$\d+", BOOK_DIRECTLY.sql))))
        return await explained(line, BOOK_DIRECTLY)

    (found,) = re.findall(
        r"Limit\n\s+->  Index Scan Backward using bookings_of_applicant .*\n\s+Index Cond: (.*)",
        await database._pool.use(plan),
    )
    assert "(start_time > (s.start_time - '08:00:00'::interval)) AND (start_time < s.end_time)" in found


async def test_a_table_that_is_being_altered_keeps_nobody_from_the_others(
    database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "LOOK", 0.0)
    owner = await asyncpg.connect(owner_url)
    try:
        async with owner.transaction():
            await owner.execute("LOCK TABLE seals IN ACCESS EXCLUSIVE MODE")
            assert await database.fetch(OF_SLOT, [uuid4()], [uuid4()]) == []
    finally:
        await owner.close()


@pytest.mark.parametrize("kind", ["pages", "slots", "both", "lists", "people"])
async def test_whoever_looks_is_not_looked_for_among_all_of_their_organization(kind: str, database: Database) -> None:
    """As PostgreSQL would, if their organization were the slot's: two tables to find one row by are too many for it."""
    statement = {"pages": MARKED, "slots": SEEN, "both": MARKED_OR_SEEN, "lists": LISTED, "people": OF_PEOPLE}[kind]

    async def plan(line: Connection) -> str:
        await line.fetch(statement.sql, *([] for _ in set(re.findall(r"\$\d+", statement.sql))))
        return await explained(line, statement)

    found = re.findall(r"on applicants.*\n\s+Index Cond: (.*)", await database._pool.use(plan))
    viewer = re.compile(r"\(organization_id = ([^()]+)\.organization_id\) AND \(id = [^()]+\.applicant_id\)")
    assert [one for one in found if (by := viewer.search(one)) and by[1] != "s"], found


@pytest.mark.parametrize("kind", ["pages", "both", "lists", "nearest"])
async def test_slots_of_a_property_are_looked_for_in_their_order_and_those_that_the_clock_has_freed_by_their_deadlines(
    kind: str, database: Database
) -> None:
    """What has expired is found once in a statement, and only if it passes a booked slot."""
    statement = {"pages": MARKED, "both": MARKED_OR_SEEN, "lists": LISTED, "nearest": NEAREST}[kind]

    async def plan(line: Connection) -> str:
        await line.fetch(statement.sql, *([] for _ in set(re.findall(r"\$\d+", statement.sql))))
        return await explained(line, statement)

    found = await database._pool.use(plan)
    pages = re.findall(
        r"Index Scan (?:Backward )?using slots_of_property on slots.*\n\s+Index Cond: (.*)\n.*Filter: (.*)", found
    )
    assert pages, found
    for by, but in pages:
        assert re.search(r"property_id = .*start_time", by), found
        assert "hashed SubPlan" in but, found
    expired = re.findall(r"SubPlan \d+\n\s+->  Index Scan using (\w+) on bookings.*\n\s+Index Cond: (.*)", found)
    assert expired == [("bookings_ending", "(deadline <= now())")] * len(pages)
    assert "Seq Scan" not in found


async def test_a_login_is_looked_for_by_its_subject_and_its_email_alone(database: Database) -> None:
    async def plan(line: Connection) -> str:
        await line.fetch(LOGINS.sql, *([] for _ in LOGINS.inputs))
        return await explained(line, LOGINS)

    found = re.findall(r"Index (?:Only )?Scan using (\w+) on", await database._pool.use(plan))
    assert found == [
        "agents_by_claimed_subject",
        "agents_by_provisioned_subject",
        "applicants_by_login",
        "applicants_to_link",
        "former_logins_pkey",
    ]


def shape(statement: Composed, *chosen: str) -> Query:
    """A composed statement with these of its optional lines."""
    inputs: dict[str, object] = {name: True if name in chosen else None for name in statement.known}
    query = statement.given(**inputs)[0]
    assert isinstance(query, Query)
    return query


PATHS = [
    (slots.BY_KEY, ["bookings_one_a_person", "waitlist_once"]),
    (slots.STANDING_AT, ["slots_of_agent", "agent_times_pkey"]),
    (shape(slots.OF_ORGANIZATION), ["slots_of_organization", "bookings_one_a_person", "waitlist_once"]),
    (
        shape(slots.OF_ORGANIZATION, "agent_id", "by_agent"),
        ["slots_of_agent", "bookings_one_a_person", "waitlist_once"],
    ),
    (shape(slots.OF_ORGANIZATION, "agent_id", "property_id", "by_property"), ["slots_at_property"]),
    (shape(bookings.OF_AGENCY, "agent_id", "by_agent"), ["slots_of_agent", "bookings_of_slot"]),
    (shape(bookings.OF_AGENCY, "agent_id", "property_id", "by_property", "descending"), ["slots_at_property"]),
    (shape(bookings.OF_AGENCY, "slot_id", "by_slot"), ["bookings_of_slot"]),
    (shape(bookings.OF_AGENCY), ["slots_of_organization", "bookings_of_slot"]),
    (shape(bookings.OF_APPLICANTS), ["bookings_of_applicant"]),
    (bookings.IN_VIEW, ["bookings_pkey"]),
    (shape(waitlists.OF_APPLICANTS), ["waitlist_of_applicant"]),
    (commitments.ENTRIES, ["waitlist_of_applicant"]),
    (shape(applicants.OF_ORGANIZATION), ["applicants_pkey"]),
    (screenings.LOCK, ["applicants_organization_id_external_id_key"]),
    (grants.LOCK, ["applicants_pkey"]),
    (locks.CLAIMS, ["bookings_of_applicant", "bookings_unsettled", "waitlist_of_applicant"]),
    (rosters.OVERDUE, ["waitlist_of_slot", "bookings_one_a_person", "waitlist_once"]),
    (rights.AGENTS, ["agents_pkey"]),
]


async def test_what_was_moved_to_sql_files_is_read_by_the_indexes_that_it_was_read_by(
    database: Database, owner_url: str
) -> None:
    agency = organization(postgres_store(database))
    for _ in range(10):
        await agency.agent()
        await agency.applicant()
    over = MANY.replace("2000", "200").replace("'confirmed', '', 1, 1,", "'cancelled_by_agent', '', NULL, NULL,")
    await as_owner(owner_url, over)
    await as_owner(owner_url, "ANALYZE")

    async def plan(line: Connection, statement: Query) -> str:
        await line.execute(f"PREPARE moved AS {statement.sql}")
        nothing = ", ".join(["NULL"] * len(statement.inputs))
        found = await line.fetch(f"EXPLAIN (COSTS OFF) EXECUTE moved ({nothing})")
        await line.execute("DEALLOCATE moved")
        return "\n".join(row[0] for row in found)

    for statement, indexes in PATHS:
        found = await database._pool.use(partial(plan, statement=statement))
        used = re.findall(r"using (\w+) on", found)
        assert [index for index in indexes if index not in used] == [], found


async def test_every_statement_that_is_kept_is_one_that_postgresql_takes_and_no_type_is_looked_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is compiled when it is first asked. The driver looks up what it does not know, such as domains."""

    async def refused(*numbers: object) -> None:
        raise AssertionError(numbers)

    monkeypatch.setattr(asyncpg.Connection, "_introspect_types", refused)

    async def prepare(line: Connection) -> None:
        for statement in statements():
            try:
                await line.prepare(statement.sql)
            except AssertionError as looked_up:
                raise AssertionError(statement.sql) from looked_up

    await database._pool.use(prepare)
