"""Tickets for streams in memory."""

from dataclasses import dataclass
from datetime import datetime

from booking.domain.values import replace
from booking.service.delivery.stream_tickets import LIFE, Ticket
from booking.service.ports import Lease
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryTickets:
    state: State

    async def put(self, digest: bytes, ticket: Ticket) -> datetime:
        expires_at = self.state.clock() + LIFE
        kept = ticket._replace(claims=replace(ticket.claims, email=None, email_vouched=False, name=None))
        self.state.tickets[digest] = (kept, expires_at)
        return expires_at

    async def take(self, digest: bytes) -> Ticket | None:
        ticket, expires_at = self.state.tickets.pop(digest, (None, self.state.clock()))
        return ticket if expires_at > self.state.clock() else None

    async def forget(self, lease: Lease) -> int:
        over = [digest for digest, (_, until) in self.state.tickets.items() if until < self.state.clock()]
        for digest in over:
            del self.state.tickets[digest]
        return len(over)
