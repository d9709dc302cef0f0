"""The whole of a visit, against an instance of its own: list, hold, book, be late, move, cancel, approve, hear."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import uuid4

from estate_os_booking import BookingStatus, Policy, SlotTaken
from estate_os_booking.testing import start_instance


def more_caution(now: Policy) -> dict[str, object]:
    return {"approval_levels": [*now.approval_levels, "MEDIUM"]}


with start_instance() as instance:
    agency = instance.organization()
    agent = agency.admin().client
    ada, grace = agency.applicant(), agency.applicant(risk_level="MEDIUM")
    property_id, tomorrow = uuid4(), datetime.now(UTC) + timedelta(days=1)
    for hour in range(3):
        start = tomorrow + timedelta(hours=hour)
        agent.create_slot(property_id=property_id, start_time=start, end_time=start + timedelta(minutes=30))

    first, second, third = ada.client.iter_property_slots(property_id, limit=2)
    hold = ada.client.create_hold(first.id).data.hold
    assert hold.expires_at > datetime.now(UTC)
    booked = ada.client.create_booking(slot_id=first.id, hold_id=hold.id, notes="by bus")
    booking = booked.data.booking
    assert booked.location == f"/api/v1/bookings/{booking.id}"

    try:
        grace.client.create_booking(slot_id=first.id)
    except SlotTaken as late:
        assert [slot.id for slot in late.alternatives] == [second.id, third.id]
    else:
        raise AssertionError("two have the same place")

    moved = ada.client.reschedule_booking(booking.id, slot_id=second.id, x_request_id="a-move")
    assert moved.data.booking.start_time == second.start_time
    ada.client.cancel_booking(booking.id, reason="a cold")

    agent.update_policy(more_caution)
    asked = grace.client.create_booking(slot_id=third.id).data.booking
    assert asked.status is BookingStatus.pending_approval
    assert agent.approve_booking(asked.id).data.booking.status is BookingStatus.confirmed

    (event,) = agent.list_audit(request_id="a-move", wait=2).data.events
    assert event.type == "booking.rescheduled"

    heard = ada.client.follow(after=None, types=["booking.rescheduled", "booking.cancelled"])
    assert [event.data.booking_id for event in islice(heard, 2)] == [booking.id, booking.id]
    assert heard.position is not None
    assert ada.client.list_events(after=heard.position, types=["booking.cancelled"]).data.events == []
