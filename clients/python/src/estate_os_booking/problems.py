"""Refusals by their codes."""

from collections.abc import Mapping
from typing import Any

import httpx
import msgspec

from estate_os_booking._generated.models import Alternative, FieldFault, RefusedItem
from estate_os_booking._generated.problems import *  # noqa: F403
from estate_os_booking._generated.problems import BY_CODE
from estate_os_booking.problem import AccessChanged, BookingError, InvalidAnswer, NoAnswer, Problem

__all__ = [
    "AccessChanged",
    "BatchRefused",
    "BookingError",
    "InvalidAnswer",
    "InvalidRequest",
    "NoAnswer",
    "Problem",
    "SlotTaken",
]


class InvalidRequest(Problem):
    """Some fields or parameters are faulty: all of them are in `errors`."""

    def __init__(self, response: httpx.Response, body: Mapping[str, Any]) -> None:
        super().__init__(response, body)
        self.errors = msgspec.convert(body.get("errors", []), list[FieldFault])


class SlotTaken(Problem):
    """Somebody else was first; `alternatives` are the nearest slots of the same property that can be booked."""

    def __init__(self, response: httpx.Response, body: Mapping[str, Any]) -> None:
        super().__init__(response, body)
        self.alternatives = msgspec.convert(body.get("alternatives", []), list[Alternative])


class BatchRefused(Problem):
    """A batch of all or none: `results` are all the items that stand in the way."""

    def __init__(self, response: httpx.Response, body: Mapping[str, Any]) -> None:
        super().__init__(response, body)
        self.results = msgspec.convert(body.get("results", []), list[RefusedItem])


CLASSES: dict[str, type[Problem]] = {
    **BY_CODE,
    "batch_refused": BatchRefused,
    "invalid_request": InvalidRequest,
    "slot_taken": SlotTaken,
}


def problem_of(response: httpx.Response) -> Problem:
    """Return the refusal that an answer tells; one that is no problem document has the code `http_<status>`."""
    body = problem_document(response)
    return CLASSES.get(body.get("code", ""), Problem)(response, body)


def problem_document(response: httpx.Response) -> dict[str, Any]:
    if "json" in response.headers.get("Content-Type", ""):
        try:
            document = msgspec.json.decode(response.content)
        except msgspec.DecodeError:
            return {}
        if isinstance(document, dict) and isinstance(document.get("code"), str):
            return document
    return {}
