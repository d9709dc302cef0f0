"""History of a booking from outside."""

from tests.e2e.driver import Caller, Instance, problem, tomorrow


def test_all_who_had_to_do_with_a_booking_read_what_happened_page_by_page(instance: Instance) -> None:
    agency = instance.organization()
    former, agent, admin, applicant = (
        agency.agent(),
        agency.agent(),
        agency.admin(),
        agency.applicant("ada@example.org"),
    )
    assert agent.request("PATCH", "/api/v1/me/profile", json={"name": "Mira Beck"}).status_code == 200
    old, new = (one.offer(tomorrow()).json()["slot"] for one in (former, agent))
    booking = applicant.book(old["id"], notes="ring twice").json()["booking"]["id"]
    path = f"/api/v1/bookings/{booking}"
    assert problem(agent.get(f"{path}/history")) == (404, "booking_not_found")
    assert admin.post(f"{path}/reschedule", {"slot_id": new["id"]}).status_code == 200
    assert agent.delete(f"{path}?reason=ill").status_code == 204

    def told(caller: Caller) -> list[tuple[str, str, bool]]:
        page = caller.get(f"{path}/history").json()
        assert page["next_cursor"] is None
        return [(one["type"], one["by"]["role"], one["by"]["you"]) for one in page["events"]]

    until_then = [("booking.confirmed", "applicant", False), ("booking.rescheduled", "admin", False)]
    assert told(former) == until_then
    assert told(agent) == [*until_then, ("booking.cancelled", "member", True)]
    first = applicant.get(f"{path}/history", limit=2).json()
    last = applicant.get(f"{path}/history", limit=1, cursor=first["next_cursor"])
    (cancelled,) = last.json()["events"]
    where = {"property": new["property"], "agent": {"id": new["agent_id"], "name": "Mira Beck"}}
    slot = {"id": new["id"], "start_time": new["start_time"], "end_time": new["end_time"]} | where
    assert cancelled == {
        "id": cancelled["id"],
        "type": "booking.cancelled",
        "occurred_at": cancelled["occurred_at"],
        "by": {"role": "member", "via": None, "you": False, "agent": where["agent"]},
        "from_state": "confirmed",
        "to_state": "cancelled_by_agent",
        "slot": slot,
        "moved_from": None,
    }
    moved = first["events"][1]
    assert (moved["slot"], moved["moved_from"]["id"], moved["by"]["agent"]) == (slot, old["id"], None)
    whole = admin.get(f"{path}/history").text
    assert not any(word in whole for word in ("ada@example.org", "Ada", "ring twice", "ill"))


def test_a_cursor_is_for_the_history_and_the_reader_that_it_was_given_for(instance: Instance) -> None:
    agency = instance.organization()
    agent, applicant = agency.agent(), agency.applicant()
    slots = [agent.offer(tomorrow(hours)).json()["slot"]["id"] for hours in (0, 2)]
    one, other = (applicant.book(slot).json()["booking"]["id"] for slot in slots)
    applicant.request("PATCH", f"/api/v1/bookings/{one}", json={"notes": "by bus"})
    cursor = applicant.get(f"/api/v1/bookings/{one}/history", limit=1).json()["next_cursor"]
    for reader, booking in ((applicant, other), (agent, one)):
        answer = reader.get(f"/api/v1/bookings/{booking}/history", cursor=cursor)
        assert problem(answer) == (400, "invalid_cursor")
    assert problem(applicant.get(f"/api/v1/bookings/{one}/history", since="2026-01-01")) == (400, "invalid_request")
