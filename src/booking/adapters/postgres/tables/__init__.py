"""The tables, as statements name them, a module a room. db/migrations is their source; a test compares the two."""

from booking.adapters.postgres.tables import delivery, figures, notices, people, planning, properties, service, visits
from booking.adapters.postgres.tables.base import metadata

__all__ = ["delivery", "figures", "metadata", "notices", "people", "planning", "properties", "service", "visits"]
