"""Tickets for streams in PostgreSQL, by their hash."""

from datetime import datetime

import sqlalchemy as sa

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.leases import held
from booking.adapters.postgres.tables.delivery import stream_tickets
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency, Claims
from booking.service.delivery.stream_tickets import LIFE, Ticket
from booking.service.ports import Lease

FORGET = 1000  # rows at a time

PUT = sql.query(
    "stream_tickets",
    "put",
    (
        *("hash", "subject", "organization_id", "role", "issued_at", "token_expires_at"),
        *("after", "types", "lasting"),
    ),
)
TAKE = sql.query("stream_tickets", "take", ("hash",))


class PostgresTickets:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, digest: bytes, ticket: Ticket) -> datetime:
        claims = ticket.claims
        agency = (claims.agency.organization_id, claims.agency.role.value) if claims.agency else (None, None)

        async def work(transaction: Transaction) -> datetime:
            inputs = digest, claims.subject, *agency, claims.issued_at, claims.expires_at
            (row,) = await transaction.fetch(PUT, *inputs, ticket.after, list(ticket.types), LIFE)
            expires_at: datetime = row.expires_at
            return expires_at

        return await self._database.unit(work)

    async def take(self, digest: bytes) -> Ticket | None:
        async def work(transaction: Transaction) -> Ticket | None:
            rows = await transaction.fetch(TAKE, digest)
            if not rows or not rows[0].holds:
                return None
            (row,) = rows
            claims = Claims(
                subject=row.subject,
                email=None,
                email_vouched=False,
                agency=Agency(organization_id=row.organization_id, role=AgentRole(row.role)) if row.role else None,
                issued_at=row.issued_at,
                expires_at=row.token_expires_at,
            )
            return Ticket(claims, row.after, tuple(row.types))

        return await self._database.unit(work)

    async def forget(self, lease: Lease) -> int:
        over = sa.select(stream_tickets.c.hash).where(stream_tickets.c.expires_at < sa.func.booking_now())

        async def work(transaction: Transaction) -> int:
            chosen = stream_tickets.c.hash.in_(over.limit(FORGET))
            return await transaction.execute(sa.delete(stream_tickets).where(chosen, held(lease)))

        return await self._database.unit(work)
