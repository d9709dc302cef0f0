"""Figures of random lives: by cells that follow events, by a rebuild, and by plain SQL over the rows, all alike."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.domain.figures.periods import ReportGroup
from booking.domain.people.caller import Caller
from tests.builders import Organization, organization
from tests.chaos.figures import Figures
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import serving_url

SLOWEST = 0.5  # seconds for a year of so many visits, up to a million

CHANCE = "abs(hashint4extended(n, {seed})) % {of}"
"""A number that is random, and the same in each run."""

AGENTS = """
INSERT INTO agents (organization_id, id, subject, provisioned_role)
SELECT $1, md5('agent ' || n)::uuid, 'agent ' || n, 'member' FROM generate_series(0, $2 - 1) n
"""
PEOPLE = """
INSERT INTO applicants (organization_id, id, external_id, name, email, risk_level, screened_at)
SELECT $1, md5('person ' || n)::uuid, gen_random_uuid(), 'Ada', n || '@example.com', 'LOW', booking_now()
FROM generate_series(0, $2 - 1) n
"""
SLOTS = """
INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status, cancelled_at, capacity)
SELECT $1, md5('slot ' || n)::uuid, md5('home ' || n % $2 || ' ' || {home})::uuid, md5('agent ' || n % $2)::uuid,
       starts, starts + interval '15 minutes', CASE {off} WHEN 0 THEN 'cancelled' ELSE 'available' END,
       CASE {off} WHEN 0 THEN booking_now() END, 2
FROM generate_series(0, $3 - 1) n,
     LATERAL (SELECT date_trunc('day', booking_now()) - interval '300 days' + {minute} * interval '1 minute'
                     + (n / $2) * $4::interval AS starts) at
"""
BOOKINGS = """
INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes, place, capacity, start_time, end_time,
                      deadline, sequence, outcome, outcome_at, rating, comment, feedback_at, created_at, updated_at)
SELECT $1, md5('booking ' || n)::uuid, s.id, md5('person ' || n)::uuid, became, '', CASE WHEN live THEN 1 + n / $2 END,
       s.capacity, s.start_time, s.end_time,
       CASE WHEN became IN ('held', 'offered', 'pending_approval') THEN s.start_time END, CASE {moved} WHEN 0
           THEN 1 ELSE 0 END,
       outcome, CASE WHEN outcome IS NOT NULL THEN s.end_time END,
       CASE WHEN rated THEN 1 + {stars} END, CASE WHEN rated THEN '' END, CASE WHEN rated THEN s.end_time END,
       s.start_time - {ahead} * interval '1 minute', s.start_time - {late} * interval '1 minute'
FROM generate_series(0, $3 - 1) n
JOIN slots s ON s.organization_id = $1 AND s.id = md5('slot ' || n % $2)::uuid,
     LATERAL (SELECT (ARRAY['confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed', 'cancelled_by_applicant',
                            'cancelled_by_agent', 'cancelled_by_screening', 'cancelled_unconfirmed', 'declined',
                                'expired',
                            'pending_approval', 'held', 'lapsed', 'released'])[1 + {became}] AS wanted) w,
     LATERAL (SELECT CASE WHEN s.status = 'cancelled' AND wanted IN ('confirmed', 'pending_approval', 'held')
                          THEN 'cancelled_by_agent' ELSE wanted END AS became) b,
     LATERAL (SELECT became IN ('confirmed', 'pending_approval', 'held') AS live,
                     CASE WHEN became = 'confirmed' AND {came} > 0 THEN CASE {came} WHEN 1
                         THEN 'no_show' ELSE 'attended' END
                     END AS outcome) o,
     LATERAL (SELECT outcome = 'attended' AND {rated} = 0 AS rated) r
"""
WAITING = """
INSERT INTO waitlist (organization_id, id, slot_id, applicant_id, status)
SELECT $1, gen_random_uuid(), md5('slot ' || n)::uuid, md5('person ' || n)::uuid,
       (ARRAY['waiting', 'taken', 'declined', 'lapsed', 'left', 'skipped'])[1 + {became}]
FROM generate_series(0, $2 - 1) n WHERE {waits} = 0
"""
TELL_SLOTS = """
INSERT INTO events (organization_id, id, type, actor_role, to_state, slot_id, property_id, agent_id, start_time,
    end_time)
SELECT organization_id, gen_random_uuid(), 'slot.created', 'member', status, id, property_id, agent_id, start_time,
    end_time
FROM slots WHERE organization_id = $1
"""
TELL_MOVES = """
INSERT INTO events (organization_id, id, type, actor_role, to_state, slot_id, booking_id)
SELECT $1, gen_random_uuid(), 'booking.rescheduled', 'applicant', 'confirmed', slot_id, id
FROM bookings WHERE organization_id = $1 AND sequence > 0 AND hashtext(id::text) % 2 = 0
"""
CHANGES = (
    """WITH changed AS (
        UPDATE bookings SET status = 'cancelled_by_applicant', place = NULL, deadline = NULL,
            updated_at = start_time - interval '3 hours'
        WHERE organization_id = $1 AND status = 'confirmed' AND outcome IS NULL AND hashtext(id::text) % 4 = 0
        RETURNING slot_id, id)
    INSERT INTO events (organization_id, id, type, actor_role, to_state, slot_id, booking_id)
    SELECT $1, gen_random_uuid(), 'booking.cancelled', 'applicant', 'cancelled_by_applicant', slot_id, id
        FROM changed""",
    """WITH moved AS (
        UPDATE slots SET start_time = start_time + interval '16 minutes', end_time = end_time + interval '16 minutes'
        WHERE organization_id = $1 AND hashtext(id::text) % 7 = 0 RETURNING *)
    INSERT INTO events (organization_id, id, type, actor_role, to_state, slot_id, property_id, agent_id, start_time,
        end_time,
                        from_slot_id, from_property_id, from_agent_id, from_start_time, from_end_time)
    SELECT $1, gen_random_uuid(), 'slot.moved', 'member', status, id, property_id, agent_id, start_time, end_time,
        id, property_id,
           agent_id, start_time - interval '16 minutes', end_time - interval '16 minutes' FROM moved""",
)
PLAIN = """
WITH visits AS (
    SELECT s.property_id, s.agent_id, s.start_time AS at, b.*, s.start_time - b.updated_at AS left
    FROM bookings b JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
    WHERE b.organization_id = $1 AND b.status NOT IN ('held', 'offered', 'lapsed', 'released')),
booked AS (SELECT * FROM visits WHERE status NOT IN ('declined', 'expired')),
facts (property_id, agent_id, at, name, value) AS (
    SELECT property_id, agent_id, start_time, 'slots', 1 FROM slots WHERE organization_id = $1 AND status <> 'cancelled'
    UNION ALL
    SELECT property_id, agent_id, start_time, 'offered', capacity FROM slots WHERE organization_id = $1
        AND status <> 'cancelled'
    UNION ALL SELECT property_id, agent_id, at, 'booked', 1 FROM booked
    UNION ALL SELECT property_id, agent_id, at, outcome, 1 FROM booked WHERE outcome IS NOT NULL
    UNION ALL SELECT property_id, agent_id, at, 'unrecorded', 1 FROM booked
        WHERE status IN ('confirmed', 'pending_approval') AND outcome IS NULL
    UNION ALL SELECT property_id, agent_id, at, 'declined', 1 FROM visits WHERE status IN ('declined', 'expired')
    UNION ALL SELECT property_id, agent_id, at, substr(status, 11), 1 FROM booked WHERE status LIKE 'cancelled%'
    UNION ALL SELECT property_id, agent_id, at, 'within_24_hours', 1 FROM booked
        WHERE status LIKE 'cancelled%' AND "left" < interval '24 hours'
    UNION ALL SELECT property_id, agent_id, at, 'within_2_hours', 1 FROM booked
        WHERE status LIKE 'cancelled%' AND "left" < interval '2 hours'
    UNION ALL SELECT property_id, agent_id, at, 'moved', 1 FROM booked WHERE id IN (
        SELECT booking_id FROM events WHERE organization_id = $1 AND type = 'booking.rescheduled')
    UNION ALL SELECT property_id, agent_id, at, 'lead_seconds', floor(extract(epoch FROM at - created_at)) FROM booked
    UNION ALL SELECT s.property_id, s.agent_id, s.start_time, kind.name, 1
        FROM waitlist w JOIN slots s ON s.organization_id = w.organization_id AND s.id = w.slot_id
        CROSS JOIN (VALUES ('waited'), ('waited_booked')) kind (name)
        WHERE w.organization_id = $1 AND (kind.name = 'waited' OR w.status = 'taken')),
plain AS (
    SELECT property_id, agent_id, to_timestamp(floor(extract(epoch FROM at) / 900) * 900) AS quarter, name,
        sum(value)::bigint AS value
    FROM facts GROUP BY 1, 2, 3, 4),
cells AS (
    SELECT property_id, agent_id, quarter, one.key AS name, one.value::bigint AS value
    FROM figure_cells c, jsonb_each_text(to_jsonb(c) - ARRAY['organization_id', 'property_id', 'agent_id',
        'quarter']) one
    WHERE organization_id = $1 AND one.value <> '0')
SELECT (SELECT count(*) FROM (SELECT * FROM plain WHERE value <> 0 EXCEPT SELECT * FROM cells) x) AS lost,
       (SELECT count(*) FROM (SELECT * FROM cells EXCEPT SELECT * FROM plain) x) AS more,
       (SELECT count(*) FROM cells) AS compared
"""


def computed(rounds: int, _folder: Path, server: Server) -> Figures:
    """A round is the life of a booking."""
    figures = Figures(fault="figures of so many random lives, by cells and by plain SQL", rounds=rounds)
    asyncio.run(_all(figures, server))
    return figures


async def _all(figures: Figures, server: Server) -> None:
    async with server.fresh("template0") as owner_url:
        url = await serving_url(owner_url)
        await migrate(owner_url, url)
        database = Database(url)
        agency = organization(postgres_store(database))
        admin = await agency.admin()
        owner: asyncpg.Connection[Any] = await asyncpg.connect(owner_url, command_timeout=3_600)
        await fill(owner, agency.organization_id, figures.rounds)
        await _compare("followed", figures, agency, owner)
        for change in CHANGES:
            await owner.execute(change, agency.organization_id)
        await _compare("followed again", figures, agency, owner)
        await owner.execute("UPDATE figure_cells SET offered = offered + 1, slots = slots + 1")
        await agency.cells.rebuild(agency.organization_id, since=None, until=None)
        await _compare("rebuilt", figures, agency, owner)
        await owner.execute("VACUUM ANALYZE")
        for group in ReportGroup:
            if (took := min(await year(agency, admin, group, 3))) > SLOWEST:
                figures.faults.append(f"a year by {group} took {took:.2f} s")
        await owner.close()
        await database.close()


async def year(agency: Organization, by: Caller, group: ReportGroup, times: int) -> Sequence[float]:
    """Return the seconds that the figures of a year take, asked for one after the other."""
    now, took = await agency.store.now(), []
    since, until = now - timedelta(days=300), now + timedelta(days=65)
    for _ in range(times):
        began = perf_counter()
        await agency.figures.report(by, group, since=since, until=until, time_zone="Europe/Berlin")
        took.append(perf_counter() - began)
    return took


async def fill(owner: "asyncpg.Connection[Any]", organization_id: UUID, lives: int) -> None:
    agents, slots = max(2, lives // 1_000), lives * 2 // 3
    chances = {
        "home": (1, 3),
        "off": (2, 20),
        "minute": (3, 40),
        "moved": (4, 8),
        "stars": (5, 5),
        "ahead": (6, 20_000),
        "late": (7, 3_000),
        "became": (8, 15),
        "came": (9, 6),
        "rated": (10, 8),
        "waits": (11, 5),
    }
    random = {name: CHANCE.format(seed=seed, of=of) for name, (seed, of) in chances.items()}
    await owner.execute(AGENTS, organization_id, agents)
    await owner.execute(PEOPLE, organization_id, lives)
    step = timedelta(days=360) / (slots // agents + 1)
    await owner.execute(SLOTS.format(**random), organization_id, agents, slots, max(step, timedelta(hours=2)))
    await owner.execute(BOOKINGS.format(**random), organization_id, slots, lives)
    random["became"] = CHANCE.format(seed=8, of=6)
    await owner.execute(WAITING.format(**random), organization_id, slots)
    await owner.execute(TELL_SLOTS, organization_id)
    await owner.execute(TELL_MOVES, organization_id)
    await owner.execute("ANALYZE")


async def _compare(name: str, figures: Figures, agency: Organization, owner: "asyncpg.Connection[Any]") -> None:
    while await owner.fetchval("SELECT place_events(10000)"):
        pass
    while await agency.cells.step():
        pass
    row = await owner.fetchrow(PLAIN, agency.organization_id)
    assert row is not None
    figures.acknowledged += row["compared"]
    if row["lost"] or row["more"]:
        figures.faults.append(f"{name}: {row['lost']} figures of rows are in no cell, {row['more']} of cells in no row")
