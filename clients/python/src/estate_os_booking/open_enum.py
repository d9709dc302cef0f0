from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """Enumeration that may grow: a value of a newer release is a member of its own, equal to its text."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member
