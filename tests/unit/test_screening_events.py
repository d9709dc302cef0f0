"""Decoding what the screening service sends."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.domain.people.applicant import RiskLevel
from booking.entrypoints.messages.envelopes import END_OF_TIME, MalformedEvent, UnknownEvent
from booking.entrypoints.messages.screening_events import decode
from tests.support.chance import examples

SENT = datetime(2026, 11, 1, 12, tzinfo=UTC)
EVENT = {
    "event_type": "APPLICANT_SCREENED",
    "applicant_id": "00000000-0000-4000-8000-000000000001",
    "organization_id": "00000000-0000-4000-8000-000000000002",
    "name": "Ana",
    "email": "ana@example.com",
    "risk_level": "LOW",
}


ZERO_AND_BEYOND = (
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",  # Go's zero, and minus infinity to asyncpg: such an applicant could not be screened again
    "1970-01-01T00:00:00Z",
)

NO_INSTANTS = (
    "2026-02-30T10:00:00Z",
    "2026-10-31T10:00:00+0100",
    "2026-10-31 10:00:00Z",
    "2026-10-31T10:00Z",
    "2026-10-31T24:00:00Z",
    "2026-10-31T10:00:61Z",
    "2026-10-31T10:00:60Z",
    "2026-10-30T23:59:60Z",
    "2026-10-31T23:59:60+01:00",
    "2026-10-31T10:00:00Z\n",
)

# The first text that is ever made on a machine takes Hypothesis a second, for its table of Unicode: not our slowness.
fuzzed = settings(max_examples=examples(300))


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


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-06-30T23:59:60Z", datetime(2026, 7, 1, tzinfo=UTC)),
        ("2027-01-01T00:59:60.5+01:00", datetime(2027, 1, 1, microsecond=500_000, tzinfo=UTC)),
        ("2026-10-31t10:00:00.123456789z", datetime(2026, 10, 31, 10, microsecond=123_456, tzinfo=UTC)),
        ("2026-10-31T10:00:00-00:00", datetime(2026, 10, 31, 10, tzinfo=UTC)),
        ("9999-12-31T23:59:59-14:00", END_OF_TIME),
    ],
)
def test_an_instant_is_whatever_rfc_3339_calls_one_leap_seconds_included(text: str, at: datetime) -> None:
    assert decode(body(screened_at=text), SENT).screening.screened_at == at


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("Ana\tMaria", "Ana Maria"),
        (" \u00a0Ana\u2003 Maria\n", "Ana Maria"),
        ("A\x00na\x85Maria\x7f", "Ana Maria"),
        ("\u202eanA\u202c\u200b\u2066\ufeff", "anA"),
        ("O\u3164Neill", "O Neill"),
        ("Ana \ud83d", "Ana"),
        ("\U0001f600 Zoë Nuñez-O'Neill 三", "\U0001f600 Zoë Nuñez-O'Neill 三"),
        ("x" * 199 + " y", "x" * 199),
        *((nothing, None) for nothing in ("", " \t", "\u200b\u200d", "\u3164", "\u0301")),
        *((nothing, None) for nothing in (None, 1, ["Ana"], {"first": "Ana"}, ...)),
    ],
)
def test_a_name_is_cleaned_and_never_a_reason_to_lose_a_screening(sent: object, name: str | None) -> None:
    found = decode(body(name=sent, risk_level="HIGH"), SENT).screening
    assert (found.name, found.risk_level) == (name, RiskLevel.HIGH)


@pytest.mark.parametrize(
    ("sent", "email"),
    [
        (" Ana@Example.com\n", "Ana@Example.com"),
        ("aná@exämple.com", "aná@exämple.com"),
        ("x" * 318 + "@b", "x" * 318 + "@b"),
        *((odd, None) for odd in ("", "nobody", "@", "a@", "@b", "a b@c", "a\t@b", "a\x00@b")),
        *((odd, None) for odd in ("a\u200b@b", "a@b\u202ec")),
        *((odd, None) for odd in ("x" * 319 + "@b", "\ud83d@b", "a@unusable.INVALID", None, 1, ["a@b"], ...)),
    ],
)
def test_with_an_unusable_email_the_risk_still_counts(sent: object, email: str | None) -> None:
    found = decode(body(email=sent, risk_level="HIGH"), SENT).screening
    assert (found.email, found.risk_level) == (email, RiskLevel.HIGH)


@pytest.mark.parametrize(
    ("sent", "phone"),
    [
        (" +4915112345678\n", "+4915112345678"),
        ("+1234567", "+1234567"),
        *((odd, None) for odd in ("", "+", "004915112345678", "+49 151 12345678", "+0491511234567", "+123456")),
        *(
            (odd, None)
            for odd in ("+1234567890123456", "+\u0661234567", "+49151\x00123456", None, 4915112345678, ["+"], ...)
        ),
    ],
)
def test_a_phone_is_in_e164_or_none_and_never_a_reason_to_lose_a_screening(sent: object, phone: str | None) -> None:
    received = decode(body(phone=sent, risk_level="HIGH"), SENT)
    assert (received.screening.phone, received.screening.risk_level) == (phone, RiskLevel.HIGH)
    assert received.unusable == ("phone" if phone is None and sent not in (None, ...) else "")


@pytest.mark.parametrize(
    ("sent", "locale"),
    [
        (" de-DE ", "de-DE"),
        ("es-419", "es-419"),
        ("sr-Latn-RS-x-abcdefgh-abcdefgh-abcd", "sr-Latn-RS-x-abcdefgh-abcdefgh-abcd"),
        *(
            (odd, None)
            for odd in ("", "d", "de_DE", "german", "de-", "sr-Latn-RS-x-abcdefgh-abcdefgh-abcde", 1, None, ...)
        ),
    ],
)
def test_a_locale_is_a_language_tag_or_none(sent: object, locale: str | None) -> None:
    assert decode(body(locale=sent), SENT).screening.locale == locale


def test_json_that_is_odd_but_json_loses_no_screening() -> None:
    """Half a character, cut off by a sender that counts in UTF-16, and a number beyond all bounds."""
    odd = body(risk_level="HIGH")[:-1] + ', "note": "\\ud83d", "score": 1e999, "\\ud83d": 1}'
    assert decode(odd, SENT).screening.risk_level is RiskLevel.HIGH
    with pytest.raises(MalformedEvent, match=r"^not valid JSON$"):
        decode(odd.replace("1e999", "NaN"), SENT)


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


def test_what_an_event_carries_besides_makes_it_no_envelope() -> None:
    more = {"Type": "Notification", "Message": "hello", "detail": {"score": 1}}
    assert decode(body(**more), SENT) == decode(body(), SENT)


def test_what_is_optional_in_a_wrapper_may_be_null() -> None:
    sns = json.dumps({"Type": "Notification", "Message": body(), "Timestamp": None})
    bridge = json.dumps({"detail-type": "APPLICANT_SCREENED", "time": None, "detail": EVENT | {"event_type": None}})
    assert [decode(text, SENT) for text in (sns, bridge)] == [decode(body(), SENT)] * 2


def test_an_event_passed_from_eventbridge_through_sns_counts_from_its_first_wrapper() -> None:
    at = SENT - timedelta(minutes=1)
    bridge = json.dumps({"detail-type": "any", "time": at.isoformat(), "detail": EVENT})
    sns = json.dumps({"Type": "Notification", "Message": bridge, "Timestamp": SENT.isoformat()})
    assert decode(sns, SENT).screening.sent_at == at


@pytest.mark.parametrize("at", ZERO_AND_BEYOND)
@pytest.mark.parametrize(
    ("wrapper", "name"), [({"Type": "Notification", "Message": body()}, "Timestamp"), ({"detail": EVENT}, "time")]
)
def test_a_wrapper_that_was_sent_at_no_time_is_malformed(wrapper: dict[str, Any], name: str, at: str) -> None:
    with pytest.raises(MalformedEvent, match=f"^{name}: is not an instant$"):
        decode(json.dumps(wrapper | {name: at}), SENT)


@pytest.mark.parametrize("event_type", ["APPLICANT_ARCHIVED", "applicant_screened", ""])
def test_other_events_are_not_for_us(event_type: str) -> None:
    with pytest.raises(UnknownEvent):
        decode(body(event_type=event_type), SENT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"risk_level": level}, "risk_level") for level in ("", "high", "CRITICAL", " LOW", None, 1, ...)),
        *(({"applicant_id": applicant_id}, "applicant_id") for applicant_id in ("", "1", 1, None, ...)),
        ({"organization_id": ...}, "organization_id"),
        *(({"screened_at": at}, "screened_at") for at in ("2026-10-31T10:00:00", "yesterday", 1, "")),
        *(({"screened_at": at}, "screened_at") for at in NO_INSTANTS),
        *(({"applicant_id": odd}, "applicant_id") for odd in (uuid4().hex, f"{{{uuid4()}}}", f"{uuid4()}\n")),
        *(({"screened_at": at}, "screened_at") for at in ZERO_AND_BEYOND),
        ({"risk_level": "HIGH - at `$.ana@example.com"}, "risk_level"),
        ({"event_id": "x"}, "event_id"),
        ({"event_type": ...}, "event_type"),
        ({"event_type": 1}, "event_type"),
    ],
)
def test_what_does_not_fit_is_malformed_and_the_field_at_fault_is_named(changes: dict[str, Any], field: str) -> None:
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


instants = st.datetimes(timezones=st.timezones()).map(datetime.isoformat)
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | instants | st.just("Notification"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(EVENT)), inner),
    max_leaves=3,
)


@fuzzed
@given(
    changes=st.dictionaries(
        st.sampled_from([*EVENT, "screened_at", "event_id", "Type", "Message", "Timestamp", "detail", "time"]),
        json_values | st.just(...),
    )
)
def test_nothing_that_is_sent_can_do_more_than_be_refused(changes: dict[str, Any]) -> None:
    with suppress(MalformedEvent, UnknownEvent):
        decode(body(**changes), SENT)


@fuzzed
@given(st.text())
def test_no_text_can_do_more_than_be_refused(text: str) -> None:
    with suppress(MalformedEvent, UnknownEvent):
        decode(text, SENT)
