"""The auditor: every invariant is broken here once, behind the back of all that holds it, and found."""

import asyncpg
import pytest

from booking.adapters.postgres.engine.database import Database
from tests.builders import HOUR, organization
from tests.support.stores import postgres_store


def without(table: str, *kinds: str) -> str:
    """Drops the table's constraints of such kinds: c check, x exclusion, f foreign key."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"""
        DO $$ BEGIN EXECUTE (SELECT string_agg('ALTER TABLE {table} DROP CONSTRAINT ' || conname, ';')
        FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype IN ({listed})); END $$;"""


COPY = """
    INSERT INTO bookings (organization_id, id, slot_id, applicant_id, status, notes, place, capacity, start_time,
                          end_time)
    SELECT organization_id, gen_random_uuid(), slot_id, {applicant}, status, notes, {place}, capacity, start_time,
           end_time
    FROM bookings WHERE status = 'confirmed';"""

BREAK = {
    "slot shown as available, yet its places are all booked": """
        UPDATE slots SET status = 'available' WHERE status = 'booked'""",
    "slot shown as booked, yet a place is not": """
        UPDATE bookings SET status = 'cancelled_by_agent' WHERE status = 'confirmed'""",
    "live claim on a cancelled slot": "UPDATE slots SET status = 'cancelled', cancelled_at = now()",
    "slot with more live claims than places": f"""
        {without("bookings", "x", "f", "c")} DROP INDEX bookings_one_a_person;
        {COPY.format(applicant="applicant_id", place=2)}""",
    "place that two claims have, or that the slot has not": f"""
        {without("bookings", "x")} DROP INDEX bookings_one_a_place, bookings_one_a_person;
        {COPY.format(applicant="applicant_id", place="place")}""",
    "person with two live claims on one slot": f"""
        {without("bookings", "x", "f", "c")} DROP INDEX bookings_one_a_person;
        {COPY.format(applicant="applicant_id", place=2)}""",
    "person who would be in two places at once": f"""
        {without("bookings", "x", "f", "c")} DROP INDEX bookings_one_a_person;
        {COPY.format(applicant="applicant_id", place=2)}""",
    "offer and entry in a waitlist that do not answer each other": "UPDATE waitlist SET status = 'lapsed'",
    "person who waits for a slot that is cancelled, or in which they have a place": """
        INSERT INTO waitlist (organization_id, id, slot_id, applicant_id, status)
        SELECT organization_id, gen_random_uuid(), slot_id, applicant_id, 'waiting' FROM bookings
        WHERE status = 'confirmed'""",
    "person who waits while a place is free": """
        UPDATE waitlist SET status = 'waiting', offer_id = NULL;
        UPDATE bookings SET status = 'lapsed', deadline = NULL WHERE status = 'offered'""",
    "live claim whose times or capacity are not its slot's": f"""
        {without("bookings", "f")} UPDATE bookings SET end_time = end_time + interval '1 minute'""",
    "slot whose status and cancellation disagree": f"""
        {without("slots", "c")} UPDATE slots SET cancelled_at = now()""",
    "slot that ends before it starts, or is too long": f"""
        {without("bookings", "f")} {without("slots", "c")}
        UPDATE slots SET end_time = start_time + interval '9 hours'""",
    "live slot that overlaps another of its agent or property": f"""
        {without("slots", "x")}
        INSERT INTO slots SELECT organization_id, gen_random_uuid(), property_id, agent_id, start_time, end_time,
        'available', NULL FROM slots""",
    "agent without the buffer between two visits that their slots ask for": """
        {without} UPDATE slots SET busy_until = end_time + interval '1 day'""".format(without=without("slots", "x")),
    "slot without its agent": f"""
        {without("slots", "f")} UPDATE slots SET agent_id = gen_random_uuid()""",
    "booking without its slot or applicant": f"""
        {without("bookings", "f")} UPDATE bookings SET applicant_id = gen_random_uuid()""",
    "watch of a person who may not book, or has no login": """
        INSERT INTO watches (organization_id, property_id, applicant_id, since, until, weekdays)
        SELECT organization_id, gen_random_uuid(), id, now(), now() + interval '1 day', '{MO}' FROM applicants;
        UPDATE applicants SET user_id = NULL""",
    "occurrence that a job has not gone through, and is not under way": """
        INSERT INTO schedules (organization_id, id, property_id, agent_id, time_zone, rules, slot_minutes, gap_minutes,
                               capacity, horizon_days, due_at)
        SELECT organization_id, id, property_id, agent_id, 'UTC', '[{}]', 30, 0, 1, 1, now() FROM slots;
        INSERT INTO schedule_occurrences (organization_id, schedule_id, occurrence, start_time, end_time, state, job_id)
        SELECT organization_id, id, now(), now(), now() + interval '1 hour', 'deleted', gen_random_uuid()
        FROM schedules""",
    "login linked to two applicants of one organization": """
        DROP INDEX applicants_one_login;
        INSERT INTO applicants SELECT organization_id, gen_random_uuid(), gen_random_uuid(), user_id, NULL, name, email,
        risk_level, screened_at FROM applicants""",
    "subject provisioned as an agent twice": """
        UPDATE agents SET provisioned_role = 'member';
        INSERT INTO agents SELECT gen_random_uuid(), gen_random_uuid(), subject, NULL, 'member' FROM agents""",
    "booking whose state no event tells": "DELETE FROM events WHERE booking_id IS NOT NULL",
    "slot whose creation or cancellation no event tells": "DELETE FROM events WHERE type = 'slot.created'",
    "position that two events have": """
        INSERT INTO events (organization_id, id, type, actor_role, to_state, occurred_at, position)
        SELECT organization_id, gen_random_uuid(), type, actor_role, to_state, occurred_at - interval '1 year', position
        FROM events WHERE position = 2""",
    "position that was not given out, or whose event is missing": "DELETE FROM events WHERE position = 3",
    "organization whose events are not counted without a gap": """
        UPDATE events SET organization_position = 1000 WHERE organization_position = 2""",
    "event to be handed on that nobody has recorded": """
        INSERT INTO deliveries (organization_id, event_id, occurred_at, position, line)
        SELECT gen_random_uuid(), gen_random_uuid(), now(), 1, gen_random_uuid()""",
    "event to be handed on to nobody": """
        INSERT INTO deliveries (organization_id, event_id, occurred_at, position, line, subscription_id)
        SELECT organization_id, id, occurred_at, position, id, id FROM events LIMIT 1""",
    "subscription that is further than the order has come": "UPDATE subscriptions SET position = 1000000",
}


async def a_life(database: Database) -> None:
    """A full slot; and one that was full, whose place is offered to whoever waited."""
    agency = organization(postgres_store(database))
    agent, one, other = await agency.agent(), await agency.applicant(), await agency.applicant()
    await agency.book(one, (await agency.slot(agent)).id)
    given_up = await agency.slot(agent, starts_in=3 * HOUR)
    booking = await agency.book(one, given_up.id)
    await agency.waitlists.join(other, given_up.id)
    await agency.bookings.cancel(one, booking.id)
    await agency.store.outbox.place(100)


async def test_a_sound_database_breaks_no_invariant(database: Database) -> None:
    await a_life(database)
    assert dict(await postgres_store(database).auditor.violations()) == dict.fromkeys(BREAK, 0)


@pytest.mark.parametrize("invariant", BREAK)
async def test_the_auditor_finds_each_broken_invariant(database: Database, owner_url: str, invariant: str) -> None:
    """Slots shown but not bookable among them; they are told, never repaired in silence."""
    await a_life(database)
    connection = await asyncpg.connect(owner_url)
    await connection.execute(BREAK[invariant])
    await connection.close()
    assert (await postgres_store(database).auditor.violations())[invariant] > 0
