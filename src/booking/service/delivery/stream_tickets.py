"""Tickets for streams: for readers that cannot send a token in a header, as a browser's EventSource."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from booking.domain.people.caller import Caller, Claims
from booking.domain.people.refusals import NotRegistered
from booking.domain.refusals import Unauthenticated
from booking.service.delivery.feed import Feeds
from booking.service.ports import Lease

LIFE = timedelta(seconds=30)


class Ticket(NamedTuple):
    """Claims of the token for which it stands, and the stream that it is for. The claims have no email."""

    claims: Claims
    after: str | None
    types: Sequence[str]


class Tickets(Protocol):
    async def put(self, digest: bytes, ticket: Ticket) -> datetime:
        """Keep a ticket under the hash of its name; return when it expires."""

    async def take(self, digest: bytes) -> Ticket | None:
        """Delete the ticket of that hash and return it; None if there is none, or not any more."""

    async def forget(self, lease: Lease) -> int:
        """Delete some tickets that have expired; return their number."""


class TicketNames(Protocol):
    """Names of tickets, which cannot be made up: they are known without a look into the database."""

    async def new(self) -> str: ...

    async def genuine(self, name: str) -> bool: ...


class IssuedTicket(NamedTuple):
    name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TicketService:
    tickets: Tickets
    feeds: Feeds
    names: TicketNames

    async def issue(self, caller: Caller, claims: Claims, after: str | None, types: Sequence[str]) -> IssuedTicket:
        """Issue a ticket for one stream; NotRegistered for a caller without a role by now."""
        _, views = await self.feeds.views(caller)
        if not views:
            raise NotRegistered
        name = await self.names.new()
        return IssuedTicket(name, await self.tickets.put(_digest(name), Ticket(claims, after, types)))

    async def take(self, name: str) -> Ticket:
        """Take a ticket, once; Unauthenticated if there is no such ticket, or not any more."""
        ticket = await self.tickets.take(_digest(name)) if await self.names.genuine(name) else None
        if ticket is None:
            raise Unauthenticated("the ticket is not valid, or no longer: ask for another")
        return ticket


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
