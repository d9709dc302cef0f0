"""The auditor: counts the rows that break an invariant, and touches none of them."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.postgres.database import Database

INVARIANTS: Mapping[str, str] = {
    "slot shown as bookable, yet a live booking has it": """
        SELECT count(*) FROM slots s WHERE s.status = 'available' AND EXISTS (
            SELECT FROM bookings b
            WHERE b.organization_id = s.organization_id AND b.slot_id = s.id AND b.status = 'confirmed')""",
    "slot booked by nobody": """
        SELECT count(*) FROM slots s WHERE s.status = 'booked' AND NOT EXISTS (
            SELECT FROM bookings b
            WHERE b.organization_id = s.organization_id AND b.slot_id = s.id AND b.status = 'confirmed')""",
    "live booking on a cancelled slot": """
        SELECT count(*) FROM bookings b JOIN slots s ON s.organization_id = b.organization_id AND s.id = b.slot_id
        WHERE b.status = 'confirmed' AND s.status = 'cancelled'""",
    "slot with more than one live booking": """
        SELECT count(*) FROM (
            SELECT FROM bookings WHERE status = 'confirmed'
            GROUP BY organization_id, slot_id HAVING count(*) > 1) many""",
    "slot whose status and cancellation disagree": """
        SELECT count(*) FROM slots WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)""",
    "slot that ends before it starts, or is too long": """
        SELECT count(*) FROM slots WHERE end_time <= start_time OR end_time - start_time > interval '8 hours'""",
    "live slot that overlaps another of its agent or property": """
        SELECT count(*) FROM slots s WHERE s.cancelled_at IS NULL AND EXISTS (
            SELECT FROM slots o
            WHERE o.organization_id = s.organization_id AND o.id <> s.id AND o.cancelled_at IS NULL
              AND (o.agent_id = s.agent_id OR o.property_id = s.property_id)
              AND o.start_time < s.end_time AND o.end_time > s.start_time)""",
    "slot without its agent": """
        SELECT count(*) FROM slots s WHERE NOT EXISTS (
            SELECT FROM agents a WHERE a.organization_id = s.organization_id AND a.id = s.agent_id)""",
    "booking without its slot or applicant": """
        SELECT count(*) FROM bookings b
        WHERE NOT EXISTS (SELECT FROM slots s WHERE s.organization_id = b.organization_id AND s.id = b.slot_id)
           OR NOT EXISTS (
            SELECT FROM applicants a WHERE a.organization_id = b.organization_id AND a.id = b.applicant_id)""",
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
}


class PostgresAuditor:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def violations(self) -> Mapping[str, int]:
        async def work(transaction: AsyncConnection) -> Mapping[str, int]:
            await transaction.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            await transaction.execute(sa.text("SET LOCAL statement_timeout = 0"))  # it reads everything, at its leisure
            return {
                invariant: int((await transaction.execute(sa.text(counting))).scalar_one())
                for invariant, counting in INVARIANTS.items()
            }

        return await self._database.unit(work)
