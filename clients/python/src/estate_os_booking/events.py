"""Validators of the events that the service tells, such as those of webhooks."""

from typing import Any, get_args

import msgspec

from estate_os_booking._generated.events import *  # noqa: F403
from estate_os_booking._generated.events import BY_TYPE, BookingEvent, Event

__all__ = ["BookingEvent", "Event", "InvalidEvent", "read_event", *(kind.__name__ for kind in get_args(BookingEvent))]


class InvalidEvent(ValueError):
    """What came is no event of `asyncapi.yaml`; says where."""


def read_event(given: bytes | str | dict[str, Any]) -> BookingEvent | None:
    """Read an event, from its text or as parsed. Raises InvalidEvent for what the contract does not allow.

    Returns None for an event of a type that is newer than this release: pass over it.
    """
    try:
        document = given if isinstance(given, dict) else msgspec.json.decode(given)
        kind = BY_TYPE.get(msgspec.convert(document, Event).type)
        return None if kind is None else msgspec.convert(document, kind)
    except msgspec.MsgspecError as fault:
        raise InvalidEvent(str(fault)) from fault
