"""Keys of rows."""

from uuid import UUID

Key = tuple[UUID, UUID]
"""(organization, id)."""
