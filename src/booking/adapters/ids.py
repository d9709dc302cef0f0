"""Ids of what we create: UUIDv7, whose order in time keeps the indexes' new pages together."""

from uuid import UUID

from asyncpg.pgproto import pgproto
from uuid_utils import uuid7


def new_id() -> UUID:
    """Of the driver's kind: made, written and compared in a third of the time."""
    return pgproto.UUID(uuid7().bytes)
