"""Faults of fields and parameters: each has a code for programs, and words that a person can act on."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from msgspec import Meta

from booking.domain.fault import Fault, FaultCode
from booking.domain.refusals import InvalidRequest
from booking.entrypoints.http.inputs.reader import read_body, read_query
from booking.entrypoints.http.wire import Input, Instant


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Everything(Input):
    """A field of each kind that the contract has."""

    id: UUID | None = None
    at: Instant | None = None
    count: Annotated[int, Meta(ge=1, le=9)] | None = None
    text: Annotated[str, Meta(min_length=2, max_length=4, pattern="^[a-z]*$")] | None = None
    flag: bool | None = None
    colour: Colour | None = None
    side: Literal["left", "right"] | None = None
    colours: Annotated[tuple[Colour, ...], Meta(max_length=2)] | None = None


TIME, ID = "must be a time with its offset, such as 2026-12-08T10:00:00Z", "must be a UUID, such as "


@pytest.mark.parametrize(
    ("body", "pointer", "code", "words"),
    [
        ('{"id": "x"}', "#/id", "wrong_format", ID),
        ('{"id": 1}', "#/id", "wrong_type", "must be "),
        ('{"at": "2026-12-08"}', "#/at", "wrong_format", TIME),
        ('{"at": "2026-12-08T10:00:00"}', "#/at", "wrong_format", TIME),
        ('{"at": true}', "#/at", "wrong_type", "must be "),
        ('{"count": 0}', "#/count", "out_of_range", "must be at least 1"),
        ('{"count": 10}', "#/count", "out_of_range", "must be at most 9"),
        ('{"count": "1"}', "#/count", "wrong_type", "must be a whole number or null"),
        ('{"count": 1.5}', "#/count", "wrong_type", "must be a whole number or null"),
        ('{"text": "a"}', "#/text", "wrong_length", "must have at least 2 characters"),
        ('{"text": "abcde"}', "#/text", "wrong_length", "must have at most 4 characters"),
        ('{"text": "AB"}', "#/text", "wrong_format", "has characters that are not allowed"),
        ('{"text": 1}', "#/text", "wrong_type", "must be text or null"),
        ('{"flag": "yes"}', "#/flag", "wrong_type", "must be true or false or null"),
        ('{"colour": "green"}', "#/colour", "not_one_of", "is none of the values that are allowed"),
        ('{"side": "up"}', "#/side", "not_one_of", "is none of the values that are allowed"),
        ('{"colours": ["red", "green"]}', "#/colours/1", "not_one_of", "is none of the values that are allowed"),
        ('{"colours": ["red", "blue", "red"]}', "#/colours", "wrong_length", "must have at most 2 items"),
        ('{"colours": ["red", "red"]}', "#/colours", "repeated", "names something twice"),
        ('{"colours": "red"}', "#/colours", "wrong_type", "must be a list or null"),
        ('{"other": 1}', "#/other", "unknown", "is not known"),
        ("[]", "#", "wrong_type", "must be an object"),
    ],
)
def test_each_fault_of_a_body_has_a_code_and_words_for_people(body: str, pointer: str, code: str, words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_body(body.encode(), Everything)
    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code, fault.parameter) == (pointer, code, None)
    assert fault.detail.startswith(words)
    assert not any(word in fault.detail for word in ("`", "got", "expected", "regex", "datetime", "Struct"))


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        (b"count=x", Fault(pointer="#/count", code=FaultCode.WRONG_TYPE, detail="must be a whole number or null")),
        (b"count=10", Fault(pointer="#/count", code=FaultCode.OUT_OF_RANGE, detail="must be at most 9")),
        (b"a~b=1", Fault(pointer="#/a~0b", code=FaultCode.UNKNOWN, detail="is not known")),
        (b"at=now", Fault(pointer="#/at", code=FaultCode.WRONG_FORMAT, detail=TIME)),
    ],
)
def test_each_fault_of_a_query_names_its_parameter(query: bytes, fault: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_query(query, Everything)
    (found,) = refused.value.faults
    assert (found.pointer, found.code, found.detail) == (fault.pointer, fault.code, fault.detail)
    assert found.parameter == query.decode().partition("=")[0]


def test_what_is_right_is_read() -> None:
    at = "2026-12-08T10:00:00+01:00"
    read = read_body(f'{{"at": "{at}", "colours": ["red"], "count": 2.0}}'.encode(), Everything)
    assert (read.at, read.colours, read.count) == (datetime.fromisoformat(at), (Colour.RED,), 2)
