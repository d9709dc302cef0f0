"""Reference to a notice: providers keep it with a message, and give it back in their reports."""

from uuid import UUID

from booking.domain.values import Value

SEPARATOR = "_"
"""Taken by all providers, and in no id."""


class Reference(Value, kw_only=True):
    organization_id: UUID
    notice_id: UUID

    def __str__(self) -> str:
        return f"{self.organization_id}{SEPARATOR}{self.notice_id}"

    @classmethod
    def read(cls, text: str) -> "Reference | None":
        """Return the reference that a text stands for, None for any other text."""
        organization_id, _, notice_id = text.partition(SEPARATOR)
        try:
            found = cls(organization_id=UUID(organization_id), notice_id=UUID(notice_id))
        except ValueError:
            return None
        return found if str(found) == text else None
