"""Pages of what can be booked, on the wire.

Nothing is asked for more often, nor has more to it. So what a page was written to is kept with its listing for as long
as that is, and shown to all who may do the same with its slots.
"""

import struct
from collections.abc import Sequence
from itertools import repeat
from typing import Any, NamedTuple

import msgspec

from booking.domain.listed_page import ListedPage
from booking.domain.slot import SlotStatus
from booking.entrypoints.http.cursors import cursor_of
from booking.entrypoints.http.routes.slots import Slot, SlotPage

_encode = msgspec.json.Encoder().encode


class Text(NamedTuple):
    """Structs as a JSON array, in a fifth of the room: a pattern of one, and only what differs, each as long in all."""

    pattern: bytes
    layout: str
    differing: bytes
    length: int

    @classmethod
    def of(cls, structs: Sequence[msgspec.Struct]) -> "Text":
        """At least one, all of a kind."""
        pattern, layout, differing = [], "", []
        for field in msgspec.structs.fields(structs[0]):
            values = [_encode(getattr(one, field.name)) for one in structs]
            same, width = values.count(values[0]) == len(values), len(values[0])
            if not same and any(len(value) != width for value in values):
                return cls._as_it_is(structs)
            pattern.append(_encode(field.encode_name) + b":" + (values[0].replace(b"%", b"%%") if same else b"%b"))
            if not same:
                layout += f"{width}s"
                differing.append(values)
        told = b"".join(map(b"".join, zip(*differing, strict=True)))
        return cls(b"{" + b",".join(pattern) + b"}", layout, told, len(structs))

    @classmethod
    def _as_it_is(cls, structs: Sequence[msgspec.Struct]) -> "Text":
        whole = _encode(structs)[1:-1]
        return cls(b"%b", f"{len(whole)}s", whole, 1)

    def __bytes__(self) -> bytes:
        values = struct.unpack(self.layout * self.length, self.differing)
        return b"[" + b",".join([self.pattern] * self.length) % values + b"]"


class _Written(NamedTuple):
    text: Text
    next_cursor: str | None


def written(page: ListedPage) -> SlotPage:
    view = page.alike
    if view is None or (memo := view.listing.memo) is None:
        return SlotPage(slots=_slots(page), next_cursor=cursor_of(page.next))
    actions = view.actions[0]
    if (known := memo.get(actions)) is None:
        memo.clear()  # of those who may do this, and those who may do that, mostly one kind looks
        known = memo[actions] = _Written(Text.of(_slots(page)), cursor_of(page.next))
    text: Any = msgspec.Raw(bytes(known.text))
    return SlotPage(slots=text, next_cursor=known.next_cursor)


def _slots(page: ListedPage) -> list[Slot]:
    """By its fields in their order: a page has too many to name each."""
    of = page.columns
    return list(
        map(
            Slot,
            of.id,
            of.organization_id,
            repeat(page.property_id),
            of.agent_id,
            of.start_time,
            of.end_time,
            of.capacity,
            of.places_left,
            repeat(SlotStatus.AVAILABLE),
            repeat(None),
            of.created_at,
            of.updated_at,
            of.actions,
        )
    )
