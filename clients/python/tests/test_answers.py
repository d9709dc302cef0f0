"""What an answer becomes."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from estate_os_booking import (
    AsyncBookingClient,
    BookingClient,
    HoldExpired,
    InvalidRequest,
    Overrides,
    Policy,
    Problem,
    RateLimit,
    SlotAction,
    SlotTaken,
    WrongRole,
)
from estate_os_booking.answer import items_of
from scripted import HOLD, Step, answer, problem, serving, table

ALTERNATIVE = {
    "id": HOLD["id"],
    "property_id": HOLD["id"],
    "start_time": "2031-03-03T08:00:00Z",
    "end_time": "2031-03-03T08:30:00Z",
    "places_left": 1,
}


def test_times_are_datetimes_and_a_result_has_what_the_headers_say() -> None:
    headers = {
        "ETag": '"7"',
        "Location": "/api/v1/holds/h",
        "Idempotency-Replayed": "true",
        "X-Request-Id": "r-1",
        "RateLimit": '"writes";r=599;t=42',
    }
    with serving(answer(201, {"hold": HOLD, "colour": "red"}, headers)) as (url, _), BookingClient(url) as client:
        result = client.create_hold("s", idempotency_key="k")
    assert result.data.hold.id == UUID(HOLD["id"])
    assert result.data.hold.expires_at == datetime(2031, 3, 3, 8, 0, 0, 123456, tzinfo=UTC)
    assert (result.status, result.etag, result.location, result.replayed, result.not_modified) == (
        *(201, '"7"', "/api/v1/holds/h"),
        *(True, False),
    )
    assert (result.request_id, result.idempotency_key) == ("r-1", "k")
    assert result.rate_limit == RateLimit(policy="writes", remaining=599, reset_seconds=42)


def test_parameters_and_options_are_sent_as_the_contract_says() -> None:
    script = [answer(200, {"bookings": [], "next_cursor": None}), problem(409, "slot_taken")]
    with serving(*script) as (url, seen), BookingClient(url, "a-token") as client:
        client.list_bookings(from_=datetime(2031, 3, 3, 8, tzinfo=UTC), limit=5, as_="applicant")
        with pytest.raises(SlotTaken):
            client.put_policy(if_match='"3"', x_request_id="r-2")
    one, other = seen
    assert one.path == "/api/v1/bookings?from=2031-03-03T08%3A00%3A00%2B00%3A00&limit=5&as=applicant"
    assert one.headers["Authorization"] == "Bearer a-token"
    assert (other.headers["If-Match"], other.headers["X-Request-Id"], other.body) == ('"3"', "r-2", b"{}")


def test_a_table_is_text_and_is_asked_for_as_such() -> None:
    text = "id,name\r\n1,Zoë\r\n"
    page = answer(200, {"slots": [], "next_cursor": None}, {"ETag": '"a page"'})
    with (
        serving(page, table(text), table(text), problem(403, "wrong_role")) as (url, seen),
        BookingClient(url) as client,
    ):
        client.list_slots()
        assert client.table_slots().data == text
        assert client.table_bookings(time_zone="Europe/Warsaw", needs_review=True).data == text
        with pytest.raises(WrongRole):
            client.table_agents()
    assert [one.headers["Accept"].partition(",")[0] for one in seen] == ["application/json"] + ["text/csv"] * 3
    assert seen[1].headers["If-None-Match"] is None
    assert seen[2].path == "/api/v1/bookings?needs_review=true&time_zone=Europe%2FWarsaw"


def test_a_file_is_sent_as_it_is() -> None:
    done = answer(200, {"results": [{"line": 2, "status": "refused", "slot": None, "error": None}]})
    with serving(done, done) as (url, seen), BookingClient(url) as client:
        assert client.import_slots(body="start_time\nZoë", dry_run=True, mode="each").data.results[0].line == 2
        client.import_slots(body=b"BEGIN:VCALENDAR", content_type="text/calendar")
    assert seen[0].path == "/api/v1/slots/import?mode=each&dry_run=true"
    assert [(one.headers["Content-Type"], one.body) for one in seen] == [
        ("text/csv", "start_time\nZoë".encode()),
        ("text/calendar", b"BEGIN:VCALENDAR"),
    ]
    assert all(one.headers["Idempotency-Key"] for one in seen)


def test_each_code_has_its_class_and_its_fields() -> None:
    fault = {"pointer": "#/rating", "code": "out_of_range", "detail": "is more than 5", "parameter": None}
    script = [
        problem(409, "slot_taken", alternatives=[ALTERNATIVE]),
        problem(400, "invalid_request", errors=[fault]),
        problem(409, "hold_expired"),
    ]
    with serving(*script) as (url, _), BookingClient(url) as client:
        with pytest.raises(SlotTaken) as taken:
            client.create_hold("s")
        with pytest.raises(InvalidRequest) as invalid:
            client.create_hold("s")
        with pytest.raises(HoldExpired) as expired:
            client.create_hold("s")
    (alternative,) = taken.value.alternatives
    assert alternative.start_time == datetime(2031, 3, 3, 8, tzinfo=UTC)
    assert [(one.pointer, one.code) for one in invalid.value.errors] == [("#/rating", "out_of_range")]
    assert {refused.value.request_id for refused in (taken, invalid, expired)} == {"of-the-answer"}
    assert (expired.value.title, expired.value.detail, str(expired.value)) == (
        *("A title.", "A detail."),
        "409 hold_expired: A detail.",
    )


def test_a_code_and_a_field_of_a_newer_release_are_a_problem_that_has_them() -> None:
    with serving(problem(409, "moon_is_full", phase=1)) as (url, _), BookingClient(url) as client:
        with pytest.raises(Problem) as refused:
            client.create_hold("s")
    assert (type(refused.value), refused.value.code, refused.value.body["phase"]) == (Problem, "moon_is_full", 1)


def test_a_value_of_a_newer_release_is_a_member_that_equals_its_text() -> None:
    levitate = SlotAction("levitate")
    assert (levitate, levitate.value, levitate.name) == ("levitate", "levitate", "levitate")
    assert SlotAction("book") is SlotAction.book
    fault = {"pointer": "#", "code": "too_blue", "detail": "is too blue", "parameter": None}
    with serving(problem(400, "invalid_request", errors=[fault])) as (url, _), BookingClient(url) as client:
        with pytest.raises(InvalidRequest) as refused:
            client.create_hold("s")
    assert refused.value.errors[0].code == "too_blue"


def page(*last_digits: str, cursor: str | None) -> Step:
    return answer(
        200, {"holds": [{**HOLD, "id": HOLD["id"][:-1] + last} for last in last_digits], "next_cursor": cursor}
    )


def test_a_list_is_gone_through_page_by_page_with_the_same_filters() -> None:
    async def drive(url: str) -> list[str]:
        async with AsyncBookingClient(url) as client:
            return [str(one.id)[-1] async for one in client.iter_holds(limit=2)]

    pages = [page("1", "2", cursor="c 1"), page(cursor="c2"), page("3", cursor=None)]
    with serving(*pages, *pages) as (url, seen), BookingClient(url) as client:
        assert [str(one.id)[-1] for one in client.iter_holds(limit=2)] == ["1", "2", "3"]
        assert asyncio.run(drive(url)) == ["1", "2", "3"]
    asked = ["limit=2", "cursor=c+1&limit=2", "cursor=c2&limit=2"]
    assert [request.path.partition("?")[2] for request in seen] == asked * 2


RULES: dict[str, object] = {
    "notice_seconds": 0,
    "cancellation_cutoff_seconds": 0,
    "horizon_days": None,
    "max_live_bookings": None,
    "max_live_bookings_per_property": None,
    "buffer_seconds": 0,
    "hold_seconds": 300,
    "max_live_holds": 3,
    "offer_seconds": 1800,
    "approval_levels": [],
    "approval_seconds": 86400,
    "approval_before_start_seconds": 0,
    "cancel_when_ineligible": False,
    "access_note_seconds": 86400,
    "max_party_size": None,
}


def rules(etag: str, hold_seconds: int = 300) -> Step:
    overrides = dict.fromkeys(RULES)
    return answer(200, {"policy": {**RULES, "hold_seconds": hold_seconds}, "overrides": overrides}, {"ETag": etag})


def longer(now: Policy) -> dict[str, object]:
    return {"hold_seconds": now.hold_seconds + 1}


def test_rules_are_changed_as_they_are_now_and_again_where_somebody_was_faster() -> None:
    script = [rules('"1"'), problem(412, "precondition_failed"), rules('"2"', 600), rules('"3"', 601)]
    with serving(*script) as (url, seen), BookingClient(url) as client:
        result = client.update_policy(longer)
    assert (result.etag, result.data.policy.hold_seconds) == ('"3"', 601)
    one, other = (request for request in seen if request.method == "PATCH")
    assert (one.headers["If-Match"], one.body) == ('"1"', b'{"hold_seconds":301}')
    assert (other.headers["If-Match"], other.body) == ('"2"', b'{"hold_seconds":601}')
    assert one.headers["Idempotency-Key"] != other.headers["Idempotency-Key"]


def test_of_a_property_the_overrides_are_changed_not_the_rules_that_come_of_them() -> None:
    def own(now: Overrides) -> dict[str, object] | None:
        return {"hold_seconds": 60} if now.hold_seconds is None else None

    async def drive(url: str) -> None:
        async with AsyncBookingClient(url) as client:
            await client.update_property_policy("p", own)

    script = [rules('"1"'), rules('"2"')]
    with serving(*script, *script) as (url, seen), BookingClient(url) as client:
        client.update_property_policy("p", own)
        asyncio.run(drive(url))
    sent = [(request.method, request.path, request.body) for request in seen]
    path = "/api/v1/properties/p/policy"
    assert sent == [("GET", path, b""), ("PATCH", path, b'{"hold_seconds":60}')] * 2


def test_rules_that_are_well_stay_and_a_refusal_is_raised() -> None:
    with serving(rules('"1"'), rules('"1"'), problem(403, "wrong_role")) as (url, seen), BookingClient(url) as client:
        client.update_policy(lambda _: None)
        with pytest.raises(WrongRole):
            client.update_policy(longer)
    assert [request.method for request in seen] == ["GET", "GET", "PATCH"]


def test_what_was_seen_is_asked_for_by_its_etag_by_the_same_caller_alone() -> None:
    token = "ada"
    with serving(rules('"1"'), answer(304, headers={"ETag": '"1"'}), rules('"1"')) as (url, seen):
        with BookingClient(url, lambda _: token) as client:
            client.get_policy()
            again = client.get_policy()
            token = "grace"
            client.get_policy()
    assert (again.not_modified, again.status, again.data.policy.hold_seconds, again.etag) == (True, 200, 300, '"1"')
    assert [request.headers["If-None-Match"] for request in seen] == [None, '"1"', None]


def test_an_answer_without_a_body_is_none() -> None:
    with serving(answer(204)) as (url, _), BookingClient(url) as client:
        result = client.cancel_booking("b")
    assert (result.status, result.data) == (204, None)


def test_the_items_of_a_page_are_its_list_wherever_it_stands() -> None:
    class Counted(msgspec.Struct):
        total: int
        holds: list[str]

    assert items_of(Counted(2, ["a", "b"])) == ["a", "b"]
