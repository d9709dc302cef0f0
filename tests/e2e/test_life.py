"""The whole life of visits over REST: an open house fills up, offers, approvals, moves, holds that lapse, policies."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.driver import Caller, Instance, eventually, problem, tomorrow
from tests.e2e.test_races import Call, booking_call, race

RIVALS = 200
PLACES = 30


def entry_of(caller: Caller, slot_id: str) -> dict[str, Any]:
    (entry,) = caller.get("/api/v1/waitlist", slot_id=slot_id).json()["entries"]
    found: dict[str, Any] = entry
    return found


def offer(agent: Caller, capacity: int = 1, hours: float = 0, how: dict[str, str] | None = None) -> dict[str, object]:
    start = tomorrow(hours)
    content = {
        "property_id": str(uuid4()),
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(minutes=30)).isoformat(),
        "capacity": capacity,
    }
    answer = agent.post("/api/v1/slots", content | (how or {}))
    assert answer.status_code == 201, answer.text
    slot: dict[str, object] = answer.json()["slot"]
    return slot


def test_of_two_hundred_rivals_for_thirty_places_exactly_thirty_win(instance: Instance) -> None:
    agency = instance.organization()
    rivals = agency.applicants([f"{uuid4()}@example.com" for _ in range(RIVALS)])
    slot = offer(agency.agent(), capacity=PLACES)
    (answers,) = race(instance, [[booking_call(str(slot["id"]), rival) for rival in rivals]])
    assert {answer: answers.count(answer) for answer in set(answers)} == {
        (201, None): PLACES,
        (409, "slot_taken"): RIVALS - PLACES,
    }
    seen = rivals[0].get(f"/api/v1/slots/{slot['id']}").json()["slot"]
    assert (seen["status"], seen["capacity"], seen["places_left"]) == ("booked", PLACES, 0)
    assert not seen.keys() & {"bookings", "applicants", "claimants"}


def test_an_open_house_fills_up_and_who_waited_gets_the_freed_place(instance: Instance) -> None:
    agency = instance.organization()
    agent = agency.agent()
    first, second, waiter, passer_by = agency.applicants([f"{uuid4()}@example.com" for _ in range(4)])
    slot = offer(agent, capacity=2)
    path = f"/api/v1/slots/{slot['id']}"
    booking = first.book(str(slot["id"])).json()["booking"]
    assert problem(waiter.post(f"{path}/waitlist", None)) == (409, "slot_available")
    second.book(str(slot["id"]))
    joined = waiter.request("POST", f"{path}/waitlist")
    entry = joined.json()["entry"]
    assert (joined.status_code, joined.headers["Location"]) == (201, f"/api/v1/waitlist/{entry['id']}")
    assert (entry["status"], entry["position"], entry["offer"]) == ("waiting", 1, None)
    (seen,) = agent.get("/api/v1/waitlist").json()["entries"]
    assert seen["applicant"]["name"] == "Ada Lovelace"
    assert first.request("DELETE", f"/api/v1/bookings/{booking['id']}", params={"reason": "ill"}).status_code == 204
    assert agent.get(f"/api/v1/bookings/{booking['id']}").json()["booking"]["reason"] == "ill"
    offered = entry_of(waiter, str(slot["id"]))
    assert (offered["status"], offered["position"], offered["offer"].keys()) == (
        "offered",
        None,
        {"id", "slot_id", "expires_at"},
    )
    assert waiter.get("/api/v1/holds").json() == {"holds": [offered["offer"]], "next_cursor": None}
    assert passer_by.get("/api/v1/holds").json() == {"holds": [], "next_cursor": None}
    assert problem(passer_by.book(str(slot["id"]))) == (409, "slot_taken")
    taken = waiter.book(str(slot["id"]), hold_id=offered["offer"]["id"])
    assert (taken.status_code, taken.json()["booking"]["status"]) == (201, "confirmed")
    assert waiter.get("/api/v1/waitlist").json()["entries"] == []
    assert waiter.get("/api/v1/holds").json()["holds"] == []


def test_a_screening_says_how_a_person_is_reached_until_she_says_it_herself(instance: Instance) -> None:
    agency = instance.organization()
    email, person = f"{uuid4()}@example.com", str(uuid4())
    event = agency.screened(email=email, applicant_id=person, phone="+4915112345678", locale="de-DE")
    instance.send(json.dumps({"Type": "Notification", "Message": event}))
    applicant = agency.caller(instance.token(email=email))
    eventually(lambda: applicant.get("/api/v1/me").status_code == 200 or None)
    contact = {"phone": "+4915112345678", "phone_proved": False, "locale": "de-DE", "channels": None}
    assert applicant.get("/api/v1/me/contact").json() == {"contact": contact}
    assert applicant.request("PATCH", "/api/v1/me/contact", json={"phone": None}).status_code == 200
    detail = json.loads(agency.screened(email=email, applicant_id=person, phone="+4915112345679", locale="pl"))
    instance.send(json.dumps({"detail-type": "any", "detail": detail}))
    filled = {"contact": {"phone": None, "phone_proved": False, "locale": "pl", "channels": None}}
    eventually(lambda: applicant.get("/api/v1/me/contact").json() == filled or None)


def test_a_medium_applicant_waits_for_approval_where_the_policy_says_so(instance: Instance) -> None:
    agency = instance.organization()
    agent, admin = agency.agent(), agency.admin()
    email = f"{uuid4()}@example.com"
    instance.send(agency.screened(email=email, risk_level="MEDIUM"))
    applicant = agency.caller(instance.token(email=email))
    eventually(lambda: applicant.get("/api/v1/me").status_code == 200 or None)
    before = admin.get("/api/v1/policy")
    assert (before.headers["ETag"], before.json()["policy"]["approval_levels"]) == ('"0"', [])
    put = admin.request(
        "PUT", "/api/v1/policy", json={"approval_levels": ["MEDIUM"]}, headers={"If-Match": before.headers["ETag"]}
    )
    assert (put.status_code, put.headers["ETag"], put.json()["policy"]["approval_levels"]) == (200, '"1"', ["MEDIUM"])
    slots = [offer(agent, hours=hours) for hours in (0, 1)]
    asked = [applicant.book(str(slot["id"])).json()["booking"] for slot in slots]
    assert [(one["status"], one["available_actions"]) for one in asked] == [
        ("pending_approval", ["cancel", "reschedule"])
    ] * 2
    assert asked[0]["approval_deadline"] < asked[0]["start_time"]
    approved = agent.request("POST", f"/api/v1/bookings/{asked[0]['id']}/approve")
    assert (approved.status_code, approved.json()["booking"]["status"]) == (200, "confirmed")
    declined = agent.post(f"/api/v1/bookings/{asked[1]['id']}/decline", {"reason": "no papers"})
    assert (declined.json()["booking"]["status"], declined.json()["booking"]["reason"]) == ("declined", "no papers")
    again = agent.request("POST", f"/api/v1/bookings/{asked[1]['id']}/decline")
    assert problem(again) == (409, "booking_not_pending")


def test_a_visit_is_moved_and_keeps_its_id(instance: Instance) -> None:
    agency = instance.organization()
    agent, applicant = agency.agent(), agency.applicant()
    old, new = (offer(agent, hours=hours) for hours in (0, 1))
    booking = applicant.book(str(old["id"])).json()["booking"]
    moved = applicant.post(f"/api/v1/bookings/{booking['id']}/reschedule", {"slot_id": new["id"]})
    assert (moved.status_code, moved.json()["booking"]["id"], moved.json()["booking"]["sequence"]) == (
        200,
        booking["id"],
        1,
    )
    assert agent.get(f"/api/v1/slots/{old['id']}").json()["slot"]["status"] == "available"
    assert agent.get(f"/api/v1/slots/{new['id']}").json()["slot"]["status"] == "booked"


def test_a_hold_keeps_a_place_and_lapses_by_itself(instance: Instance) -> None:
    """With the shortest of holds, so that nobody has to wait for long."""
    agency = instance.organization()
    agent, admin = agency.agent(), agency.admin()
    holder, rival = agency.applicants([f"{uuid4()}@example.com" for _ in range(2)])
    slot = offer(agent)
    path = f"/api/v1/slots/{slot['id']}"
    kept = holder.request("POST", f"{path}/holds")
    hold = kept.json()["hold"]
    assert (kept.status_code, kept.headers["Location"], hold.keys()) == (
        201,
        f"/api/v1/holds/{hold['id']}",
        {"id", "slot_id", "expires_at"},
    )
    assert holder.request("POST", f"{path}/holds").json()["hold"] == hold
    assert problem(rival.book(str(slot["id"]))) == (409, "slot_taken")
    assert holder.get(path).json()["slot"]["available_actions"] == ["book", "hold", "release_hold"]
    assert problem(rival.delete(f"/api/v1/holds/{hold['id']}")) == (404, "hold_not_found")
    assert holder.delete(f"/api/v1/holds/{hold['id']}").status_code == 204
    admin.request("PUT", "/api/v1/policy", json={"hold_seconds": 1})
    short = holder.request("POST", f"{path}/holds").json()["hold"]
    left = datetime.fromisoformat(short["expires_at"]) - datetime.now(UTC)
    assert timedelta() < left <= timedelta(seconds=1)
    eventually(lambda: holder.get(path).json()["slot"]["places_left"] == 1 or None)
    assert problem(holder.book(str(slot["id"]), hold_id=short["id"])) == (409, "hold_expired")
    assert rival.book(str(slot["id"])).status_code == 201


def test_after_the_visit_its_outcome_and_how_it_was(instance: Instance) -> None:
    agency = instance.organization()
    agent, applicant = agency.agent(), agency.applicant()
    start = datetime.now(UTC) + timedelta(seconds=1.5)
    times = {"start_time": start.isoformat(), "end_time": (start + timedelta(hours=1)).isoformat()}
    booking = applicant.book(str(offer(agent, how=times)["id"])).json()["booking"]
    path = f"/api/v1/bookings/{booking['id']}"
    assert problem(agent.post(f"{path}/outcome", {"outcome": "attended"})) == (409, "visit_not_started")
    assert problem(applicant.post(f"{path}/feedback", {"rating": 5})) == (409, "not_attended")
    recorded = eventually(
        lambda: answer if (answer := agent.post(f"{path}/outcome", {"outcome": "no_show"})).status_code == 200 else None
    )
    assert recorded.json()["booking"]["outcome"] == "no_show"
    assert agent.post(f"{path}/outcome", {"outcome": "attended"}).json()["booking"]["outcome"] == "attended"
    rated = applicant.post(f"{path}/feedback", {"rating": 4, "comment": "bright"})
    feedback = rated.json()["booking"]["feedback"]
    assert (rated.status_code, feedback["rating"], feedback["comment"]) == (201, 4, "bright")
    assert problem(applicant.post(f"{path}/feedback", {"rating": 4})) == (409, "feedback_given")


def test_two_admins_do_not_overwrite_each_other(instance: Instance) -> None:
    agency = instance.organization()
    admin, property_id = agency.admin(), uuid4()
    for path in ("/api/v1/policy", f"/api/v1/properties/{property_id}/policy"):
        tag = admin.get(path).headers["ETag"]
        assert admin.request("PUT", path, json={"hold_seconds": 60}, headers={"If-Match": tag}).status_code == 200
        for stale in (tag, 'W/"1"', '"nonsense"', '"99999999999999"'):
            answer = admin.request("PUT", path, json={"hold_seconds": 90}, headers={"If-Match": stale})
            assert problem(answer) == (412, "precondition_failed")
        for ill in ("1", '"1', "x, y"):
            answer = admin.request("PUT", path, json={"hold_seconds": 90}, headers={"If-Match": ill})
            assert problem(answer) == (400, "invalid_header")
        assert admin.get(path).json()["policy"]["hold_seconds"] == 60
        for fine in ({"If-Match": "*"}, {"If-Match": '"7", "2"'}, {}):
            assert admin.request("PUT", path, json={"hold_seconds": 30}, headers=fine).status_code == 200
    overridden = admin.get(f"/api/v1/properties/{property_id}/policy").json()
    assert (overridden["policy"]["hold_seconds"], overridden["overrides"]["hold_seconds"]) == (30, 30)
    assert overridden["overrides"]["offer_seconds"] is None
    answer = admin.request(
        "PUT", "/api/v1/policy", json={"hold_seconds": 0, "horizon_days": 0, "approval_levels": ["LOW"] * 2, "x": 1}
    )
    assert problem(answer) == (400, "invalid_request")
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "#/hold_seconds",
        "#/horizon_days",
        "#/approval_levels",
        "#/x",
    }
    for content in ({}, {"hold_seconds": 0}):
        assert problem(agency.agent().request("PUT", "/api/v1/policy", json=content)) == (403, "wrong_role")


def test_a_page_changes_one_rule_and_leaves_what_it_does_not_know(instance: Instance) -> None:
    agency = instance.organization()
    admin, property_id = agency.admin(), uuid4()
    admin.request("PUT", "/api/v1/policy", json={"hold_seconds": 60, "horizon_days": 30})
    seen = admin.get("/api/v1/policy").headers["ETag"]

    def change(content: Any, path: str = "/api/v1/policy", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return admin.request("PATCH", path, json=content, headers=named)

    changed = change({"hold_seconds": 90}, If_Match=seen)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != seen
    assert (changed.json()["policy"]["hold_seconds"], changed.json()["policy"]["horizon_days"]) == (90, 30)
    assert problem(change({"hold_seconds": 1}, If_Match=seen)) == (412, "precondition_failed")
    assert problem(change({"hold_seconds": 1})) == (428, "precondition_required")
    assert problem(change({"hold_seconds": 1}, If_Match="1")) == (400, "invalid_header")
    assert problem(change({"hold_seconds": 0, "x": 1}, If_Match="*")) == (400, "invalid_request")
    assert problem(change([], If_Match="*")) == (400, "invalid_request")
    reset = change({"horizon_days": None}, If_Match="*", Idempotency_Key="reset")
    assert (reset.json()["policy"]["hold_seconds"], reset.json()["policy"]["horizon_days"]) == (90, None)
    again = change({"horizon_days": None}, If_Match="*", Idempotency_Key="reset")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (reset.json(), "true")
    own = f"/api/v1/properties/{property_id}/policy"
    overridden = change({"offer_seconds": 30}, own, If_Match=admin.get(own).headers["ETag"]).json()
    assert {name for name, value in overridden["overrides"].items() if value is not None} == {"offer_seconds"}
    assert (overridden["policy"]["offer_seconds"], overridden["policy"]["hold_seconds"]) == (30, 90)


def test_answers_help(instance: Instance) -> None:
    agency = instance.organization()
    agent, winner, rival = agency.agent(), *agency.applicants([f"{uuid4()}@example.com" for _ in range(2)])
    property_id = str(uuid4())
    slots = [offer(agent, hours=hours, how={"property_id": property_id}) for hours in (0, 1, 2, 3.1, 4.5)]
    winner.book(str(slots[2]["id"]))
    refused = rival.book(str(slots[2]["id"]))
    assert problem(refused) == (409, "slot_taken")
    assert [one["id"] for one in refused.json()["alternatives"]] == [slots[n]["id"] for n in (1, 3, 0)]
    assert refused.json()["alternatives"][0].keys() == {"id", "property_id", "start_time", "end_time", "places_left"}
    told = rival.get(f"/api/v1/slots/{slots[2]['id']}/eligibility").json()["eligibility"]
    assert (told["eligible"], [rule["code"] for rule in told["rules"] if not rule["satisfied"]]) == (
        False,
        ["slot_taken"],
    )
    (found, *_) = agent.get("/api/v1/applicants", q="lovelace", eligible="true").json()["applicants"]
    assert found["linked"] is True
    for_somebody = agent.post("/api/v1/bookings", {"slot_id": slots[0]["id"], "applicant_id": found["id"]})
    assert (for_somebody.status_code, for_somebody.json()["booking"]["applicant"]["id"]) == (201, found["id"])
    both = agent.post(
        "/api/v1/bookings", {"slot_id": slots[1]["id"], "applicant_id": found["id"], "hold_id": str(uuid4())}
    )
    assert problem(both) == (400, "invalid_request")
    assert problem(agent.post("/api/v1/bookings", {"nonsense": 1})) == (403, "wrong_role")
    assert problem(agent.get("/api/v1/applicants", eligible="yes")) == (400, "invalid_request")


def test_a_crowd_on_a_lapsed_hold_gets_clear_answers(instance: Instance) -> None:
    """Whoever comes first tidies up; nobody has to wait for it in vain."""
    agency = instance.organization()
    admin = agency.admin()
    admin.request("PUT", "/api/v1/policy", json={"hold_seconds": 1})
    holder, *rivals = agency.applicants([f"{uuid4()}@example.com" for _ in range(61)])
    slot = offer(agency.agent())
    holder.request("POST", f"/api/v1/slots/{slot['id']}/holds")
    calls: list[Call] = [booking_call(str(slot["id"]), rival) for rival in rivals]
    expiry = time.monotonic() + 1.0
    eventually(lambda: time.monotonic() > expiry or None)
    (answers,) = race(instance, [calls])
    assert {answer: answers.count(answer) for answer in set(answers)} == {(201, None): 1, (409, "slot_taken"): 59}
