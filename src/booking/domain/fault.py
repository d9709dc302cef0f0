"""Faults of a request's fields and parameters."""

from enum import StrEnum

from booking.domain.values import Value


class FaultCode(StrEnum):
    """Closed list of the ways in which a field or a parameter can be wrong."""

    REQUIRED = "required"
    UNKNOWN = "unknown"
    REPEATED = "repeated"
    WRONG_TYPE = "wrong_type"
    WRONG_FORMAT = "wrong_format"
    WRONG_LENGTH = "wrong_length"
    OUT_OF_RANGE = "out_of_range"
    NOT_ONE_OF = "not_one_of"
    NOT_ALLOWED = "not_allowed"


class Fault(Value, kw_only=True):
    """Fault of a field, by its JSON pointer as a fragment, or of a `parameter` of that name."""

    pointer: str
    code: FaultCode
    detail: str
    parameter: str | None = None
