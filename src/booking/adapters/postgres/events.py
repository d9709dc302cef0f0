"""The append-only events: recorded in the transaction that causes them, handed on after it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.ids import new_id
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.tables import booking_now, events
from booking.domain.events import Actor, Event, EventType, Recorded
from booking.service.ports import Notify

RELAY_LOCK = 0x72656C61  # one relay at a time, so that order is kept

CLAIM_RELAY = sa.select(sa.func.pg_try_advisory_xact_lock(RELAY_LOCK))


async def record(transaction: AsyncConnection, *happened: Event) -> None:
    await transaction.execute(sa.insert(events), [_row(event) for event in happened])


class PostgresOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def hand_on(self, notify: Notify, limit: int) -> int:
        """See the port. What fails keeps its place, and so does all that follows it on the same slot or applicant."""
        failure: Exception | None = None

        async def work(transaction: AsyncConnection) -> int:
            nonlocal failure
            if not await transaction.scalar(CLAIM_RELAY):
                return 0
            waiting = await transaction.execute(
                sa.select(events)
                .where(events.c.relayed_at.is_(None))
                .order_by(events.c.seq)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            held_back: set[UUID | None] = set()
            handed: list[tuple[UUID, UUID]] = []
            for row in waiting:
                line = row.slot_id or row.applicant_id
                if line in held_back:
                    continue
                try:
                    await notify(_recorded(row))
                except Exception as error:
                    failure = error
                    held_back.add(line)
                else:
                    handed.append((row.organization_id, row.id))
            if handed:
                await transaction.execute(
                    sa.update(events)
                    .where(sa.tuple_(events.c.organization_id, events.c.id).in_(handed))
                    .values(relayed_at=booking_now())
                )
            return len(handed)

        count = await self._database.unit(work)
        if failure is not None and count == 0:
            raise failure
        return count


def _row(event: Event) -> dict[str, Any]:
    return {
        "organization_id": event.organization_id,
        "id": new_id(),
        "type": event.type.value,
        "actor_subject": event.actor.subject,
        "actor_role": event.actor.role,
        "request_id": event.actor.request_id,
        "slot_id": event.slot_id,
        "booking_id": event.booking_id,
        "applicant_id": event.applicant_id,
        "agent_id": event.agent_id,
        "property_id": event.property_id,
        "from_state": event.from_state,
        "to_state": event.to_state,
    }


def _recorded(row: sa.Row[Any]) -> Recorded:
    return Recorded(
        id=row.id,
        occurred_at=row.occurred_at,
        event=Event(
            type=EventType(row.type),
            organization_id=row.organization_id,
            actor=Actor(subject=row.actor_subject, role=row.actor_role, request_id=row.request_id),
            from_state=row.from_state,
            to_state=row.to_state,
            slot_id=row.slot_id,
            booking_id=row.booking_id,
            applicant_id=row.applicant_id,
            agent_id=row.agent_id,
            property_id=row.property_id,
        ),
    )
