"""An agency of many bookings, made in SQL under all constraints, with ids that can be told from their numbers."""

from hashlib import md5
from typing import Any
from uuid import UUID

import asyncpg

EACH_PROPERTY, EACH_AGENT, EACH_PERSON, EACH_SLOT = 10_000, 20_000, 500, 10
"""Bookings at each property, of each agent, of each person and of each slot."""

EMPTY_SLOTS = 6_000
"""Cancelled slots at the first property, which nobody has booked."""

AGENTS = """
INSERT INTO agents (organization_id, id, subject, provisioned_role)
SELECT $1, md5('agent ' || n)::uuid, 'agent ' || n, 'member' FROM generate_series(0, $2 - 1) n
"""
PEOPLE = """
INSERT INTO applicants (organization_id, id, external_id, user_id, name, email, risk_level, screened_at)
SELECT $1, md5('person ' || n)::uuid, gen_random_uuid(), 'person ' || n, 'Person ' || n, n || '@example.com',
       CASE n % 40 WHEN 3 THEN 'HIGH' ELSE 'LOW' END, booking_now()
FROM generate_series(0, $2 - 1) n
"""
SLOTS = """
INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status, capacity)
SELECT $1, md5('slot ' || n)::uuid, md5('property ' || n % (2 * $2))::uuid, md5('agent ' || n % $2)::uuid,
       starts, starts + interval '1 hour', 'available', 11
FROM generate_series(0, $3 - 1) n, LATERAL (SELECT $4::timestamptz + n / $2 * interval '1 hour' AS starts) at
"""
EMPTY = """
INSERT INTO slots (organization_id, id, property_id, agent_id, start_time, end_time, status, cancelled_at)
SELECT $1, md5('empty ' || n)::uuid, md5('property 0')::uuid, md5('agent 0')::uuid, starts, starts + interval '1 hour',
       'cancelled', booking_now()
FROM generate_series(0, $2 - 1) n, LATERAL (SELECT $3::timestamptz + n * interval '20 minutes' AS starts) at
"""
BOOKINGS = """
INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes, place, capacity, start_time, end_time,
                      outcome, outcome_at, created_at)
SELECT $1, md5('booking ' || n)::uuid, s.id, md5('person ' || n % $2)::uuid, became, '',
       CASE WHEN live THEN n % 10 + 1 END, CASE WHEN live THEN s.capacity END, s.start_time, s.end_time,
       CASE WHEN visited THEN CASE chance WHEN 1 THEN 'no_show' ELSE 'attended' END END,
       CASE WHEN visited THEN s.end_time END, s.start_time - n % 7 * interval '1 day'
FROM generate_series(0, $3 - 1) n
JOIN slots s ON s.organization_id = $1 AND s.id = md5('slot ' || n / 10)::uuid,
     LATERAL (SELECT abs(hashint4(n)) % 1000 AS chance) of_chance,
     LATERAL (SELECT CASE WHEN chance = 0 THEN 'cancelled_by_agent' WHEN chance < 400 THEN 'confirmed'
                          ELSE 'cancelled_by_applicant' END AS became) of_became,
     LATERAL (SELECT became = 'confirmed' AS live, became = 'confirmed' AND s.end_time < booking_now() AS visited) is_it
"""
"""Six of ten are cancelled by their applicants, one of a thousand by its agent, and one of a thousand was missed."""


async def fill(owner_url: str, organization_id: UUID, bookings: int) -> None:
    """Make so many bookings, half of them past; a moment with more than one slot has one for each agent."""
    agents = bookings // EACH_AGENT
    owner: asyncpg.Connection[Any] = await asyncpg.connect(owner_url)
    try:
        hours = bookings // EACH_SLOT // agents
        first = await owner.fetchval("SELECT date_trunc('hour', booking_now()) - $1 * interval '30 minutes'", hours)
        people = bookings // EACH_PERSON
        await owner.execute(AGENTS, organization_id, agents)
        await owner.execute(PEOPLE, organization_id, people)
        await owner.execute(SLOTS, organization_id, agents, bookings // EACH_SLOT, first)
        await owner.execute(EMPTY, organization_id, EMPTY_SLOTS, first)
        await owner.execute(BOOKINGS, organization_id, people, bookings)
        await owner.execute("ANALYZE")
    finally:
        await owner.close()


def id_of(kind: str, number: int) -> UUID:
    return UUID(md5(f"{kind} {number}".encode(), usedforsecurity=False).hexdigest())
