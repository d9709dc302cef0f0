"""The header `traceparent` of W3C's Trace Context, level 1."""

import re
from collections.abc import Iterable
from typing import NamedTuple

HEADER = "traceparent"
SAMPLED = 1
_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


class TraceParent(NamedTuple):
    """Place in a trace. `sampled`: whether its sender records it."""

    trace_id: int
    span_id: int
    sampled: bool = True

    def __str__(self) -> str:
        return f"00-{self.trace_id:032x}-{self.span_id:016x}-{self.sampled:02x}"


def read_traceparent(text: str | None) -> TraceParent | None:
    """Read a header; None for all that is none. Of a version to come the known part counts, as its standard says."""
    found = text and _FORM.fullmatch(text)
    if not found or found[1] == "ff" or (found[1] == "00" and found[5]):
        return None
    trace_id, span_id = int(found[2], 16), int(found[3], 16)
    return TraceParent(trace_id, span_id, bool(int(found[4], 16) & SAMPLED)) if trace_id and span_id else None


def traceparent_in(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the only header of that name; None for none or several."""
    found = [value for name, value in headers if name == b"traceparent"]
    return found[0].decode("latin-1") if len(found) == 1 else None
