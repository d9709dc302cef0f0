"""The audit and the limits from outside."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.e2e.driver import Caller, Instance, Organization, eventually, problem, tomorrow


@pytest.fixture
def agency(instance: Instance) -> Organization:
    return instance.organization()


def listed(admin: Caller, **chosen: object) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    cursor: dict[str, object] = {}
    while True:
        answer = admin.get("/api/v1/audit", **chosen, **cursor)
        assert answer.status_code == 200, answer.text
        found += answer.json()["events"]
        if answer.json()["next_cursor"] is None:
            return found
        cursor = {"cursor": answer.json()["next_cursor"]}


def test_an_admin_reads_who_did_what_from_which_state_to_which(agency: Organization) -> None:
    admin, agent, applicant = agency.admin(), agency.agent(), agency.applicant("ada@example.org")
    slot = agent.offer(tomorrow()).json()["slot"]["id"]
    booked = applicant.book(slot, notes="ring twice")
    booking = booked.json()["booking"]["id"]
    assert applicant.delete(f"/api/v1/bookings/{booking}").status_code == 204
    found = eventually(lambda: events if len(events := listed(admin, slot_id=slot)) == 3 else None)
    assert [(one["type"], one["from_state"], one["to_state"], one["actor"]["role"]) for one in found] == [
        ("booking.cancelled", "confirmed", "cancelled_by_applicant", "applicant"),
        ("booking.confirmed", None, "confirmed", "applicant"),
        ("slot.created", None, "available", "member"),
    ]
    assert found[1]["request_id"] == booked.headers["X-Request-Id"]
    everything = listed(admin, limit=1)
    assert [one["position"] for one in everything] == list(range(len(everything), 0, -1)), "its own events alone"
    assert listed(admin, type="booking.cancelled", booking_id=booking) == found[:1]
    assert not any(secret in str(everything) for secret in ("ada@example.org", "Ada", "ring twice"))


def test_a_suite_finds_what_its_request_did_without_guessing_when(agency: Organization) -> None:
    admin, agent, applicant = agency.admin(), agency.agent(), agency.applicant("ada@example.org")
    booked = applicant.book(agent.offer(tomorrow()).json()["slot"]["id"])
    asked = {"request_id": booked.headers["X-Request-Id"], "wait": 10}
    assert [one["type"] for one in listed(admin, **asked)] == ["booking.confirmed"]
    assert listed(admin, request_id="nobody") == []
    for wrong in ({"wait": 1}, {**asked, "wait": 11}, {"request_id": "two words"}, {"request_id": ""}):
        assert problem(admin.get("/api/v1/audit", **wrong)) == (400, "invalid_request")


def test_it_is_for_admins_and_their_own_organization(instance: Instance, agency: Organization) -> None:
    agency.agent().offer(tomorrow())
    for caller in (agency.agent(), agency.applicant()):
        assert problem(caller.get("/api/v1/audit", type="nonsense")) == (403, "wrong_role")
    assert problem(agency.admin().get("/api/v1/audit", type="nonsense")) == (400, "invalid_request")
    cursors = ("nonsense", instance.organization().admin().get("/api/v1/slots").json()["next_cursor"] or "AAAA")
    for cursor in cursors:
        assert problem(agency.admin().get("/api/v1/audit", cursor=cursor)) == (400, "invalid_cursor")
    eventually(lambda: listed(agency.admin()) or None)
    assert listed(instance.organization().admin()) == []


def test_a_move_tells_both_agents_from_where_and_to_where(agency: Organization) -> None:
    admin, one, other, applicant = agency.admin(), agency.agent(), agency.agent(), agency.applicant("ada@example.org")
    old, new = one.offer(tomorrow()).json()["slot"], other.offer(tomorrow()).json()["slot"]
    booking = applicant.book(old["id"]).json()["booking"]["id"]
    moved = applicant.post(f"/api/v1/bookings/{booking}/reschedule", {"slot_id": new["id"]})
    assert moved.status_code == 200, moved.text
    (told,) = eventually(lambda: listed(admin, slot_id=old["id"], type="booking.rescheduled") or None)
    assert listed(admin, slot_id=new["id"], type="booking.rescheduled") == [told]
    place = ("property_id", "agent_id", "start_time", "end_time")
    assert [told["slot_id"], *(told[name] for name in place)] == [new["id"], *(new[name] for name in place)]
    assert told["moved_from"] == {"slot_id": old["id"]} | {name: old[name] for name in place}
    assert told["agent_id"] != told["moved_from"]["agent_id"]
    assert {event["agent_id"] for event in listed(admin, booking_id=booking)} == {old["agent_id"], new["agent_id"]}


def test_who_becomes_an_agent_is_told_to_admins(agency: Organization) -> None:
    admin, agent = agency.admin(), agency.agent()
    me = agent.get("/api/v1/me").json()["me"]
    (added,) = eventually(lambda: listed(admin, type="agent.added", subject=me["subject"]) or None)
    assert (added["agent_id"], added["from_state"], added["to_state"]) == (me["agent"]["id"], None, "member")
    assert added["actor"] == {"subject": me["subject"], "role": "member", "via": None}


def test_callers_are_told_what_is_left_to_them(instance: Instance, agency: Organization) -> None:
    admin = agency.admin()
    answers = [admin.get("/api/v1/me") for _ in range(3)]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {
        '"person";q=60000;w=60, "organization";q=600000;w=60'
    }
    left = [int(answer.headers["RateLimit"].partition("r=")[2].partition(";")[0]) for answer in answers]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) == 3
    assert "RateLimit" not in instance.http.get("/health/live").headers
