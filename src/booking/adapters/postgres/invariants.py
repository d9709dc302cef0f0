"""The auditor: counts the rows that break an invariant, and touches none of them."""

from collections.abc import Mapping

import sqlalchemy as sa

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.tables.delivery import events
from booking.domain.events import EventType

INVARIANTS: Mapping[str, str] = {
    "slot shown as available, yet its places are all booked": """
        SELECT count(*) FROM slots s WHERE s.status = 'available' AND s.capacity <= (
            SELECT count(*) FROM bookings b
            WHERE b.organization_id = s.organization_id AND b.slot_id = s.id
              AND b.status IN ('pending_approval', 'confirmed'))""",
    "slot shown as booked, yet a place is not": """
        SELECT count(*) FROM slots s WHERE s.status = 'booked' AND s.capacity > (
            SELECT count(*) FROM bookings b
            WHERE b.organization_id = s.organization_id AND b.slot_id = s.id
              AND b.status IN ('pending_approval', 'confirmed'))""",
    "live claim on a cancelled slot": """
        SELECT count(*) FROM bookings b JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
        WHERE b.status IN ('held', 'offered', 'pending_approval', 'confirmed') AND s.status = 'cancelled'""",
    "slot with more live claims than places": """
        SELECT count(*) FROM slots s WHERE s.capacity < (
            SELECT count(*) FROM bookings b
            WHERE b.organization_id = s.organization_id AND b.slot_id = s.id
              AND b.status IN ('held', 'offered', 'pending_approval', 'confirmed'))""",
    "place that two claims have, or that the slot has not": """
        SELECT count(*) FROM bookings b JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
        WHERE b.status IN ('held', 'offered', 'pending_approval', 'confirmed') AND (b.place > s.capacity OR EXISTS (
            SELECT FROM bookings o
            WHERE o.organization_id = b.organization_id AND o.slot_id = b.slot_id AND o.place = b.place AND o.id <> b.id
              AND o.status IN ('held', 'offered', 'pending_approval', 'confirmed')))""",
    "person with two live claims on one slot": """
        SELECT count(*) FROM (
            SELECT FROM bookings WHERE status IN ('held', 'offered', 'pending_approval', 'confirmed')
            GROUP BY organization_id, slot_id, applicant_id HAVING count(*) > 1) many""",
    "person who would be in two places at once": """
        SELECT count(*) FROM bookings b WHERE b.status IN ('held', 'pending_approval', 'confirmed') AND EXISTS (
            SELECT FROM bookings o
            WHERE o.organization_id = b.organization_id AND o.applicant_id = b.applicant_id AND o.id <> b.id
              AND o.status IN ('held', 'pending_approval', 'confirmed')
              AND o.start_time < b.end_time AND o.end_time > b.start_time)""",
    "offer and entry in a waitlist that do not answer each other": """
        SELECT (SELECT count(*) FROM bookings b WHERE b.status = 'offered' AND NOT EXISTS (
            SELECT FROM waitlist w
            WHERE w.organization_id = b.organization_id AND w.offer_id = b.id AND w.status = 'offered'
              AND w.applicant_id = b.applicant_id AND w.slot_id = b.slot_id))
          + (SELECT count(*) FROM waitlist w WHERE w.status = 'offered' AND NOT EXISTS (
            SELECT FROM bookings b
            WHERE b.organization_id = w.organization_id AND b.id = w.offer_id AND b.status = 'offered'))""",
    "person who waits for a slot that is cancelled, or in which they have a place": """
        SELECT count(*) FROM waitlist w JOIN slots s ON s.organization_id = w.organization_id AND s.id = w.slot_id
        WHERE w.status IN ('waiting', 'offered') AND (s.status = 'cancelled' OR EXISTS (
            SELECT FROM bookings b
            WHERE b.organization_id = w.organization_id AND b.slot_id = w.slot_id AND b.applicant_id = w.applicant_id
              AND b.status IN ('held', 'pending_approval', 'confirmed')))""",
    "person who waits while a place is free": """
        SELECT count(*) FROM waitlist w
        JOIN slots s ON s.organization_id = w.organization_id AND s.id = w.slot_id
        JOIN applicants a ON a.organization_id = w.organization_id AND a.id = w.applicant_id
        LEFT JOIN policies p ON p.organization_id = s.organization_id AND p.property_id = s.property_id
        LEFT JOIN policies o ON o.organization_id = s.organization_id AND o.property_id IS NULL
        WHERE w.status = 'waiting' AND a.risk_level IN ('LOW', 'MEDIUM') AND s.status <> 'cancelled'
          AND booking_now() < s.start_time - make_interval(secs => coalesce(p.notice_seconds, o.notice_seconds, 0))
          AND s.start_time <= coalesce(
            booking_now() + make_interval(hours => 24 * coalesce(p.horizon_days, o.horizon_days)), 'infinity')
          AND s.capacity > (
            SELECT count(*) FROM bookings b
            WHERE b.organization_id = s.organization_id AND b.slot_id = s.id
              AND b.status IN ('held', 'offered', 'pending_approval', 'confirmed'))""",
    "live claim whose times or capacity are not its slot's": """
        SELECT count(*) FROM bookings b JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
        WHERE b.status IN ('held', 'offered', 'pending_approval', 'confirmed') AND b.start_time IS NOT NULL
          AND (b.start_time, b.end_time, b.capacity) IS DISTINCT FROM (s.start_time, s.end_time, s.capacity)""",
    "slot whose status and cancellation disagree": """
        SELECT count(*) FROM slots WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)""",
    "slot that ends before it starts, or is too long": """
        SELECT count(*) FROM slots WHERE end_time <= start_time OR end_time - start_time > interval '8 hours'""",
    "live slot that overlaps another of its agent or property": """
        SELECT count(*) FROM slots s WHERE s.cancelled_at IS NULL AND (EXISTS (
            SELECT FROM slots o
            WHERE o.organization_id = s.organization_id AND o.agent_id = s.agent_id AND o.id <> s.id
              AND o.cancelled_at IS NULL AND o.start_time < s.end_time AND o.end_time > s.start_time)
          OR EXISTS (
            SELECT FROM slots o
            WHERE o.organization_id = s.organization_id AND o.property_id = s.property_id AND o.id <> s.id
              AND o.cancelled_at IS NULL AND o.start_time < s.end_time AND o.end_time > s.start_time))""",
    "agent without the buffer between two visits that their slots ask for": """
        SELECT count(*) FROM slots s WHERE s.cancelled_at IS NULL AND EXISTS (
            SELECT FROM slots o
            WHERE o.organization_id = s.organization_id AND o.agent_id = s.agent_id AND o.id <> s.id
              AND o.cancelled_at IS NULL AND o.start_time >= s.start_time
              AND o.start_time < coalesce(s.busy_until, s.end_time))""",
    "slot without its agent": """
        SELECT count(*) FROM slots s WHERE NOT EXISTS (
            SELECT FROM agents a WHERE a.organization_id = s.organization_id AND a.id = s.agent_id)""",
    "booking without its slot or applicant": """
        SELECT count(*) FROM bookings b
        WHERE NOT EXISTS (SELECT FROM slots s WHERE s.organization_id = b.organization_id AND s.id = b.slot_id)
           OR NOT EXISTS (
            SELECT FROM applicants a WHERE a.organization_id = b.organization_id AND a.id = b.applicant_id)""",
    "watch of a person who may not book, or has no login": """
        SELECT count(*) FROM watches v
        JOIN applicants a ON a.organization_id = v.organization_id AND a.id = v.applicant_id
        WHERE a.risk_level NOT IN ('LOW', 'MEDIUM') OR a.user_id IS NULL""",
    "occurrence that a job has not gone through, and is not under way": """
        SELECT count(*) FROM schedule_occurrences o
        WHERE o.job_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM jobs j
            WHERE j.organization_id = o.organization_id AND j.id = o.job_id AND j.state <> 'done')""",
    "login linked to two applicants of one organization": """
        SELECT count(*) FROM (
            SELECT FROM applicants WHERE user_id IS NOT NULL
            GROUP BY organization_id, user_id HAVING count(*) > 1) many""",
    "subject provisioned as an agent twice": """
        SELECT count(*) FROM (
            SELECT FROM agents WHERE provisioned_role IS NOT NULL GROUP BY subject HAVING count(*) > 1) many""",
    "booking whose state no event tells": """
        SELECT count(*) FROM bookings b WHERE NOT EXISTS (
            SELECT FROM events e
            WHERE e.organization_id = b.organization_id AND e.booking_id = b.id AND e.to_state = b.status)""",
    "slot whose creation or cancellation no event tells": """
        SELECT count(*) FROM slots s
        WHERE NOT EXISTS (
            SELECT FROM events e
            WHERE e.organization_id = s.organization_id AND e.slot_id = s.id AND e.type = 'slot.created')
           OR (s.status = 'cancelled' AND NOT EXISTS (
            SELECT FROM events e
            WHERE e.organization_id = s.organization_id AND e.slot_id = s.id AND e.type = 'slot.cancelled'))""",
    "position that two events have": """
        SELECT count(*) FROM (
            SELECT FROM events WHERE position IS NOT NULL GROUP BY position HAVING count(*) > 1) many""",
    "position that was not given out, or whose event is missing": """
        SELECT count(*) FROM positions p CROSS JOIN (
            SELECT coalesce(max(position), 0) AS highest, coalesce(min(position), 1) AS lowest,
                   count(DISTINCT position) AS found FROM events) e
        WHERE e.highest <> p.last OR e.found <> p.last - e.lowest + 1""",
    "organization whose events are not counted without a gap": """
        SELECT count(*) FROM organization_positions o LEFT JOIN LATERAL (
            SELECT max(e.organization_position) AS highest, min(e.organization_position) AS lowest,
                   count(DISTINCT e.organization_position) AS found, count(*) AS many
            FROM events e WHERE e.organization_id = o.organization_id AND e.organization_position IS NOT NULL) e ON true
        WHERE o.last <> e.highest OR e.found <> o.last - e.lowest + 1 OR e.found <> e.many""",
    "event to be handed on that nobody has recorded": """
        SELECT count(*) FROM deliveries d WHERE NOT EXISTS (
            SELECT FROM events e
            WHERE e.organization_id = d.organization_id AND e.id = d.event_id AND e.occurred_at = d.occurred_at)""",
    "event to be handed on to nobody": """
        SELECT count(*) FROM deliveries d WHERE NOT EXISTS (
            SELECT FROM subscriptions s
            WHERE s.organization_id = d.subscription_organization_id AND s.id = d.subscription_id)""",
    "subscription that is further than the order has come": """
        SELECT count(*) FROM subscriptions s LEFT JOIN organization_positions o USING (organization_id)
        WHERE s.position > CASE WHEN s.organization_id = '00000000-0000-0000-0000-000000000000'
            THEN (SELECT last FROM positions) ELSE coalesce(o.last, 0) END""",
}


class PostgresAuditor:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def unknown_events(self) -> Mapping[str, int]:
        unknown = (
            sa.select(events.c.type, sa.func.count().label("count"))
            .where(events.c.type.not_in([str(known) for known in EventType]))
            .group_by(events.c.type)
            .order_by(events.c.type)
        )

        async def work(transaction: Transaction) -> Mapping[str, int]:
            await _read_at_leisure(transaction)
            return {str(kind): int(count) for kind, count in await transaction.fetch(unknown)}

        return await self._database.unit(work)

    async def violations(self) -> Mapping[str, int]:
        async def work(transaction: Transaction) -> Mapping[str, int]:
            await _read_at_leisure(transaction)
            return {invariant: int(await transaction.value(counting)) for invariant, counting in INVARIANTS.items()}

        return await self._database.unit(work)


async def _read_at_leisure(transaction: Transaction) -> None:
    """Everything, as it is at one instant."""
    await transaction.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    await transaction.execute("SET LOCAL statement_timeout = 0")
    await transaction.plan_freely()
