"""The life of a visit, from the screening event to the last cancellation, seen from outside."""

import json
from typing import Any
from uuid import uuid4

import httpx

from booking.domain.people.agent import AgentRole
from tests.e2e.driver import Caller, Instance, eventually, problem, tomorrow


def test_a_visit_is_screened_booked_contested_cancelled_and_booked_again(instance: Instance) -> None:
    """The main promise of the service."""
    agency = instance.organization()
    agent, admin, colleague = agency.agent(), agency.admin(), agency.agent()
    winner, rival = agency.applicants([f"{uuid4()}@example.com" for _ in range(2)])
    offered = agent.offer(tomorrow())
    slot = offered.json()["slot"]
    assert (offered.status_code, offered.headers["Location"]) == (201, f"/api/v1/slots/{slot['id']}")
    assert slot["start_time"].endswith("Z")
    listed = winner.get(f"/api/v1/properties/{slot['property_id']}/slots").json()
    assert listed == {"slots": [slot | {"available_actions": ["book", "hold"]}], "next_cursor": None}
    assert slot["available_actions"] == ["book_for", "set_capacity", "move", "cancel"]
    assert (slot["capacity"], slot["places_left"]) == (1, 1)

    booked = winner.book(slot["id"], notes="two of us")
    booking = booked.json()["booking"]
    assert (booked.status_code, booked.headers["Location"]) == (201, f"/api/v1/bookings/{booking['id']}")
    assert booking.keys() == {
        "id",
        "organization_id",
        "slot_id",
        "property_id",
        "applicant_id",
        "status",
        "sequence",
        "notes",
        "reason",
        "approval_deadline",
        "needs_review",
        "outcome",
        "feedback",
        "created_at",
        "updated_at",
        "start_time",
        "end_time",
        "bookable_from",
        "bookable_until",
        "cancel_until",
        "available_actions",
        "property",
        "agent",
        "attendance_confirmed_at",
        "may_release",
        "party_size",
    }
    assert booking["available_actions"] == ["cancel", "reschedule", "confirm_attendance"]
    assert (booking["status"], booking["notes"]) == ("confirmed", "two of us")
    assert problem(rival.book(slot["id"])) == (409, "slot_taken")
    assert problem(rival.get(f"/api/v1/bookings/{booking['id']}")) == (404, "booking_not_found")
    assert winner.get(f"/api/v1/properties/{slot['property_id']}/slots").json()["slots"] == []

    (seen,) = agent.get("/api/v1/bookings").json()["bookings"]
    assert seen["applicant"].keys() == {"id", "name", "email", "risk_level"}
    assert {key: value for key, value in seen.items() if key != "applicant"} == booking
    whole = admin.get(f"/api/v1/bookings/{booking['id']}").json()["booking"]
    address = {"address": None, "directions": None, "meeting_point": None}
    details = {"property": seen["property"] | address, "agent": seen["agent"] | {"phone": None}}
    assert whole == seen | details
    assert colleague.get("/api/v1/bookings").json() == {"bookings": [], "next_cursor": None}

    assert winner.delete(f"/api/v1/bookings/{booking['id']}").status_code == 204
    assert problem(winner.delete(f"/api/v1/bookings/{booking['id']}")) == (409, "booking_not_confirmed")
    again = rival.book(slot["id"])
    assert again.status_code == 201
    assert problem(colleague.delete(f"/api/v1/slots/{slot['id']}")) == (403, "not_your_slot")
    assert agent.delete(f"/api/v1/slots/{slot['id']}").status_code == 204
    assert problem(agent.delete(f"/api/v1/slots/{slot['id']}")) == (409, "slot_cancelled")
    assert problem(winner.book(slot["id"])) == (409, "slot_cancelled")
    statuses = {one["id"]: one["status"] for one in admin.get("/api/v1/bookings").json()["bookings"]}
    assert statuses == {
        booking["id"]: "cancelled_by_applicant",
        again.json()["booking"]["id"]: "cancelled_by_agent",
    }
    assert rival.get("/api/v1/bookings", status="cancelled_by_agent").json()["bookings"][0]["slot_id"] == slot["id"]


def test_a_high_screening_closes_new_bookings_and_a_newer_low_one_opens_them(instance: Instance) -> None:
    agency = instance.organization()
    email, external_id = f"{uuid4()}@example.com", str(uuid4())
    slot = agency.agent().offer(tomorrow()).json()["slot"]
    applicant = agency.caller(instance.token(email=email))

    def screen(risk_level: str) -> None:
        instance.send(agency.screened(email=email, applicant_id=external_id, risk_level=risk_level))

    def eligible() -> bool | None:
        answer = applicant.get("/api/v1/me")
        return answer.json()["me"]["applicants"][0]["eligible"] if answer.status_code == 200 else None

    screen("HIGH")
    assert eventually(eligible) is False
    assert problem(applicant.book(slot["id"])) == (409, "applicant_ineligible")
    screen("LOW")
    eventually(lambda: eligible() or None)
    assert applicant.book(slot["id"]).status_code == 201


def test_a_malformed_message_goes_to_the_dead_letter_queue_and_the_good_one_behind_it_is_taken(
    instance: Instance,
) -> None:
    agency = instance.organization()
    marker = str(uuid4())
    instance.send(agency.screened(risk_level="CRITICAL", event_id=marker))
    assert agency.applicant().get("/api/v1/me").status_code == 200
    policy = instance.sqs.get_queue_attributes(QueueUrl=instance.env["SQS_QUEUE_URL"], AttributeNames=["RedrivePolicy"])
    name = json.loads(policy["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
    dead_letters = instance.sqs.get_queue_url(QueueName=name)["QueueUrl"]

    def dead() -> str | None:
        received = instance.sqs.receive_message(QueueUrl=dead_letters, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        return next((one["Body"] for one in received.get("Messages", []) if marker in one["Body"]), None)

    assert json.loads(eventually(dead))["risk_level"] == "CRITICAL"


def test_wrapped_events_let_applicants_in_as_well(instance: Instance) -> None:
    agency = instance.organization()
    emails = [f"{uuid4()}@example.com" for _ in range(2)]
    instance.send(
        json.dumps({"Type": "Notification", "Message": agency.screened(email=emails[0])}),
        json.dumps({"detail-type": "APPLICANT_SCREENED", "detail": json.loads(agency.screened(email=emails[1]))}),
    )
    for email in emails:
        caller = agency.caller(instance.token(email=email))
        eventually(lambda caller=caller: caller.get("/api/v1/me").status_code == 200 or None)  # type: ignore[misc]


def test_the_tokens_that_the_instance_gives_out_are_who_they_say(instance: Instance) -> None:
    def me(name: str) -> dict[str, Any]:
        answer: dict[str, Any] = Caller(instance.env[name], instance.http).get("/api/v1/me").json()["me"]
        return answer

    organization_id = instance.env["ORGANIZATION_ID"]
    for name, role in (("AGENT_TOKEN", AgentRole.MEMBER), ("ADMIN_TOKEN", AgentRole.ADMIN)):
        agent = me(name)["agent"]
        assert (agent["organization_id"], agent["role"]) == (organization_id, role)
    for name in ("APPLICANT_TOKEN", "APPLICANT2_TOKEN"):
        who = me(name)
        assert who["agent"] is None
        assert [one["organization_id"] for one in who["applicants"]] == [organization_id]


def test_agents_say_whether_a_visit_may_be_released_and_applicants_what_stands_in_its_notes(instance: Instance) -> None:
    agency = instance.organization()
    agent, applicant = agency.agent(), agency.applicants([f"{uuid4()}@example.com"])[0]
    slot_id = agent.offer(tomorrow()).json()["slot"]["id"]
    own = applicant.request("POST", "/api/v1/bookings", json={"slot_id": slot_id, "may_release": False})
    assert _faults(own) == [("#/may_release", "not_allowed")]
    booking = applicant.book(slot_id).json()["booking"]
    path = f"/api/v1/bookings/{booking['id']}"
    assert agent.request("PATCH", path, json={"may_release": False}).json()["booking"]["may_release"] is False
    assert problem(applicant.request("PATCH", path, json={"may_release": True})) == (403, "wrong_role")
    assert problem(agent.request("PATCH", path, json={"notes": "Bring a map."})) == (403, "wrong_role")
    both = agent.request("PATCH", path, json={"notes": "Bring a map.", "may_release": True})
    assert _faults(both) == [("#/notes", "not_allowed")]
    assert _faults(agent.request("PATCH", path, json={"may_release": None})) == [("#/may_release", "wrong_type")]
    person = {"applicant_id": booking["applicant_id"], "slot_id": agent.offer(tomorrow(11)).json()["slot"]["id"]}
    made = agent.request("POST", "/api/v1/bookings", json=person | {"may_release": True})
    assert made.json()["booking"]["may_release"] is True


def _faults(response: httpx.Response) -> list[tuple[str, str]]:
    assert response.status_code == 400
    return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]
