"""Ids of what we create: UUIDv7, whose order in time keeps the indexes' new pages together."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()
