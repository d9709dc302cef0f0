"""What people ask before they act: until when a visit can be booked, and until when it can be cancelled."""

from datetime import datetime, timedelta
from uuid import uuid4

from tests.e2e.driver import Caller, Instance, tomorrow

DEADLINES = ("bookable_from", "bookable_until", "cancel_until")


def test_slots_and_visits_tell_their_deadlines_by_the_rules_of_now(instance: Instance) -> None:
    agency = instance.organization()
    agent, admin = agency.agent(), agency.admin()
    (applicant,) = agency.applicants([f"{uuid4()}@example.com"])
    slot = agent.offer(tomorrow()).json()["slot"]
    path = f"/api/v1/properties/{slot['property_id']}/slots"
    start = datetime.fromisoformat(slot["start_time"])

    def shown(viewer: Caller) -> list[tuple[datetime | None, ...]]:
        """As shown in the list of the property, twice, so that it comes from the cache, too; and by itself."""
        listed = [viewer.get(path).json()["slots"][0] for _ in range(2)]
        return [_instants(one) for one in (*listed, viewer.get(f"/api/v1/slots/{slot['id']}").json()["slot"])]

    assert shown(applicant) == shown(agent) == [(None, start, start)] * 3
    rules = {"horizon_days": 3, "notice_seconds": 60, "cancellation_cutoff_seconds": 7200}
    assert admin.request("PUT", "/api/v1/policy", json=rules).status_code == 200
    by_the_rules = (start - timedelta(days=3), start - timedelta(seconds=60), start - timedelta(hours=2))
    assert shown(applicant) == shown(agent) == [by_the_rules] * 3
    assert _instants(agent.get("/api/v1/slots").json()["slots"][0]) == by_the_rules

    booking = applicant.book(slot["id"]).json()["booking"]
    assert _instants(booking) == by_the_rules
    assert _instants(agent.get(f"/api/v1/bookings/{booking['id']}").json()["booking"]) == by_the_rules
    assert applicant.delete(f"/api/v1/bookings/{booking['id']}").status_code == 204
    assert applicant.get(f"/api/v1/bookings/{booking['id']}").json()["booking"]["cancel_until"] is None


def _instants(slot: dict[str, str | None]) -> tuple[datetime | None, ...]:
    return tuple(None if (at := slot[name]) is None else datetime.fromisoformat(at) for name in DEADLINES)
