"""A database with a past, in the words of the very first release, which every later schema has to bear."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import asyncpg

from booking.adapters.tokens.minting import mint
from tests.chaos.scene import SLOTS, Scene
from tests.chaos.service import SECRET
from tests.support.database import Server
from tests.support.worlds import serving_url

PEOPLE = 6
AGENTS = 100
OTHERS = 100
AGENTS_OF = """
    INSERT INTO agents (organization_id, id, subject)
    SELECT $1, gen_random_uuid(), 'agent-' || number FROM generate_series(0, $2::int - 1) AS number"""
PEOPLE_OF = """
    INSERT INTO applicants (organization_id, id, external_id, user_id, name, email, risk_level, screened_at)
    SELECT $1, gen_random_uuid(), gen_random_uuid(), subject, 'Ada', subject || '@example.com', 'LOW', now()
    FROM unnest($2::text[]) AS subject"""
SLOTS_OF = """
    INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status)
    SELECT $1, gen_random_uuid(), gen_random_uuid(), agents.id, start, start + interval '1 hour', $5
    FROM generate_series($3::int, $4::int) AS number, date_trunc('hour', now() + number * interval '2 hours') AS start,
        agents WHERE organization_id = $1 AND subject = 'agent-' || abs(number) % $2
    RETURNING id"""
BOOKED = """
    INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes)
    SELECT s.organization_id, gen_random_uuid(), s.id, a.id, 'confirmed', ''
    FROM (SELECT *, row_number() OVER () % cardinality($2::text[]) + 1 AS who FROM slots WHERE status = 'booked') s
    JOIN applicants a ON a.organization_id = s.organization_id AND a.user_id = $2[s.who]
    WHERE s.organization_id = $1 RETURNING id"""
TOLD = """
    INSERT INTO events (organization_id, id, type, actor_role, slot_id, booking_id, to_state, relayed_at)
    SELECT organization_id, gen_random_uuid(), 'slot.created', 'admin', id, NULL, 'available', now()
    FROM slots WHERE organization_id = $1
    UNION ALL
    SELECT organization_id, gen_random_uuid(), 'booking.confirmed', 'applicant', slot_id, id, 'confirmed', now()
    FROM bookings WHERE organization_id = $1"""
PLACED = """
    WITH placed AS (
        UPDATE events e SET position = n.position
        FROM (SELECT id, row_number() OVER (ORDER BY seq) AS position FROM events) n WHERE n.id = e.id)
    UPDATE positions SET last = (SELECT count(*) FROM events)"""


@contextmanager
def empty(server: Server) -> Iterator[Scene]:
    """Before its first migration; who will be there is known already."""
    made = server.fresh("template0")
    with asyncio.Runner() as runner:
        owner_url = runner.run(made.__aenter__())
        try:
            url = runner.run(serving_url(owner_url))
            subjects = [f"{number}-{uuid4()}" for number in range(PEOPLE)]
            yield Scene(owner_url, url, uuid4(), subjects, [_token(who) for who in subjects], [])
        finally:
            runner.run(made.__aexit__(None, None, None))


async def lived_in(made: Scene, visits: int) -> tuple[Scene, list[str]]:
    """With slots to book, and so many visits of others in the past, two events each, all handed on."""
    organization, others = made.organization_id, [f"{number}-{uuid4()}" for number in range(OTHERS)]
    connection = await asyncpg.connect(made.owner_url)
    try:
        await connection.execute(AGENTS_OF, organization, AGENTS)
        await connection.execute(PEOPLE_OF, organization, [*made.subjects, *others])
        await connection.execute(SLOTS_OF, organization, AGENTS, -visits, -1, "booked")
        booked = await connection.fetch(BOOKED, organization, others)
        offered = await connection.fetch(SLOTS_OF, organization, AGENTS, 12, 11 + SLOTS, "available")
        await connection.execute(TOLD, organization)
        if await connection.fetchval("SELECT to_regclass('positions') IS NOT NULL"):
            await connection.execute(PLACED)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return replace(made, slots=[str(row["id"]) for row in offered]), [str(row["id"]) for row in booked]


def _token(subject: str) -> str:
    return mint(SECRET, subject=subject, email=None, email_verified=False, lifetime=timedelta(hours=12), agency=None)
