"""Decoding what the screening service sends."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain.applicant import RiskLevel
from booking.entrypoints.screening_events import MalformedEvent, UnknownEvent, decode

SENT = datetime(2026, 11, 1, 12, tzinfo=UTC)
EVENT = {
    "event_type": "APPLICANT_SCREENED",
    "applicant_id": "00000000-0000-4000-8000-000000000001",
    "organization_id": "00000000-0000-4000-8000-000000000002",
    "name": "Ana",
    "email": "ana@example.com",
    "risk_level": "LOW",
}


def body(**changes: Any) -> str:
    return json.dumps({name: value for name, value in (EVENT | changes).items() if value is not ...})


def test_a_plain_event_is_a_screening() -> None:
    event_id = uuid4()
    received = decode(body(screened_at="2026-10-31T10:00:00+02:00", event_id=str(event_id), more=[1]), SENT)
    found = received.screening
    assert received.event_id == event_id
    assert (found.external_id, found.organization_id) == (UUID(EVENT["applicant_id"]), UUID(EVENT["organization_id"]))
    assert (found.name, found.email, found.risk_level) == ("Ana", "ana@example.com", RiskLevel.LOW)
    assert (found.screened_at, found.sent_at) == (datetime(2026, 10, 31, 8, tzinfo=UTC), SENT)


def test_what_is_optional_may_be_absent_or_null() -> None:
    for text in (body(), body(screened_at=None, event_id=None)):
        received = decode(text, SENT)
        assert (received.event_id, received.screening.screened_at) == (None, None)


def test_a_wrapped_event_counts_from_when_it_was_given_to_its_wrapper() -> None:
    at = SENT - timedelta(minutes=1)
    sns = json.dumps({"Type": "Notification", "Message": body(), "Timestamp": at.isoformat()})
    bridge = json.dumps({"detail-type": "APPLICANT_SCREENED", "time": at.isoformat(), "detail": json.loads(body())})
    detail_only = json.dumps({"detail-type": "APPLICANT_SCREENED", "detail": json.loads(body(event_type=...))})
    assert [decode(text, SENT).screening.sent_at for text in (sns, bridge, detail_only)] == [at, at, SENT]


@pytest.mark.parametrize("event_type", ["APPLICANT_ARCHIVED", "applicant_screened", ""])
def test_other_events_are_not_for_us(event_type: str) -> None:
    with pytest.raises(UnknownEvent):
        decode(body(event_type=event_type), SENT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"risk_level": level}, "risk_level") for level in ("", "high", "CRITICAL", " LOW", None, 1, ...)),  # T41
        *(({"applicant_id": applicant_id}, "applicant_id") for applicant_id in ("", "1", 1, None, ...)),
        ({"organization_id": ...}, "organization_id"),
        *(({"name": name}, "name") for name in ("", "  ", "a\x00b", "x" * 201, 1, None)),
        *(({"email": email}, "email") for email in ("", "@", "a@", "@b", "a b@c", "a\x00@b", "x" * 319 + "@b", None)),
        *(({"screened_at": at}, "screened_at") for at in ("2026-10-31T10:00:00", "yesterday", 1, "")),
        ({"screened_at": "0001-01-01T00:00:00+14:00"}, "screened_at"),
        ({"event_id": "x"}, "event_id"),
        ({"event_type": ...}, "event_type"),
        ({"event_type": 1}, "event_type"),
    ],
)
def test_what_does_not_fit_is_malformed_and_the_field_at_fault_is_named(changes: dict[str, Any], field: str) -> None:
    """T41, T42."""
    with pytest.raises(MalformedEvent) as told:
        decode(body(**changes), SENT)
    assert field in str(told.value)
    for value in changes.values():
        if isinstance(value, str) and len(value) > 3:
            assert value not in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "1",
        "null",
        '{"a":',
        "[" * 5000,
        json.dumps({"Type": "Notification", "Message": "nonsense"}),
        json.dumps({"Type": "Notification", "Message": "{}", "Timestamp": "x"}),
        json.dumps({"detail": {}, "time": 1}),
        '"\ud800"',
    ],
)
def test_what_is_no_event_at_all_is_malformed(text: str) -> None:
    with pytest.raises(MalformedEvent):
        decode(text, SENT)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=3,
)


@given(
    changes=st.dictionaries(
        st.sampled_from([*EVENT, "screened_at", "event_id", "Type", "Message", "detail"]), json_values
    )
)
def test_nothing_that_is_sent_can_do_more_than_be_refused(changes: dict[str, Any]) -> None:
    """T45."""
    with suppress(MalformedEvent, UnknownEvent):
        decode(json.dumps(EVENT | changes), SENT)


@given(st.text())
def test_no_text_can_do_more_than_be_refused(text: str) -> None:
    """T45."""
    with suppress(MalformedEvent, UnknownEvent):
        decode(text, SENT)
