"""What a seal covers: each event, written down in one way for ever."""

import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from booking.domain.audit import Audited, changed, content_of, seal
from booking.domain.events import CLOCK, Actor, Appointment, Event, EventType, Recorded, Via

_ids = st.none() | st.uuids()
_words = st.none() | st.text(max_size=20)
_instants = st.datetimes(timezones=st.just(UTC))
_moves = st.builds(
    Appointment,
    slot_id=st.uuids(),
    property_id=st.uuids(),
    agent_id=st.uuids(),
    start_time=_instants,
    end_time=_instants,
)
_events = st.builds(
    Event,
    type=st.sampled_from(EventType) | st.text(max_size=20),
    organization_id=st.uuids(),
    actor=st.builds(
        Actor, subject=_words, role=st.text(max_size=9), request_id=_words, via=st.none() | st.sampled_from(Via)
    ),
    from_state=_words,
    to_state=st.text(max_size=20),
    slot_id=_ids,
    booking_id=_ids,
    applicant_id=_ids,
    agent_id=_ids,
    property_id=_ids,
    endpoint_id=_ids,
    schedule_id=_ids,
    start_time=st.none() | _instants,
    end_time=st.none() | _instants,
    moved_from=st.none() | _moves,
)
_placed = st.builds(
    Audited,
    position=st.integers(1, 2**63 - 1),
    organization_position=st.integers(0, 2**63 - 1),
    placed_at=_instants,
    recorded=st.builds(Recorded, id=st.uuids(), occurred_at=st.datetimes(timezones=st.just(UTC)), event=_events),
)


@given(placed=st.lists(_placed, max_size=3), whole=st.booleans())
def test_an_event_is_sealed_as_the_first_seals_were_and_today_with_its_own_position_times_and_move(
    placed: list[Audited], whole: bool
) -> None:
    """JSON, its keys in order: whoever writes it otherwise finds all earlier seals broken."""
    sealed = hashlib.sha256()
    for one in placed:
        event = one.recorded.event
        about = (event.slot_id, event.booking_id, event.applicant_id, event.agent_id, event.property_id)
        told: dict[str, object] = {
            "position": one.position,
            "id": one.recorded.id.hex,
            "occurred_at": one.recorded.occurred_at.isoformat(),
            "type": event.type,
            "organization": event.organization_id.hex,
            "actor": [event.actor.subject, event.actor.role, event.actor.request_id],
            "from": event.from_state,
            "to": event.to_state,
            "about": [known.hex if known else None for known in about],
        }
        if whole:
            told["organization_position"] = one.organization_position
        if whole and event.endpoint_id:
            told["endpoint"] = event.endpoint_id.hex
        if whole and event.schedule_id:
            told["schedule"] = event.schedule_id.hex
        if whole and event.actor.via:
            told["via"] = event.actor.via
        if whole and event.start_time and event.end_time:
            told["when"] = [event.start_time.isoformat(), event.end_time.isoformat()]
        if whole and (left := event.moved_from):
            ids = [known.hex for known in (left.slot_id, left.property_id, left.agent_id)]
            told["moved_from"] = [*ids, left.start_time.isoformat(), left.end_time.isoformat()]
        written = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
        sealed.update(len(written).to_bytes(4, "big") + written)
    assert content_of(placed, whole=whole) == sealed.digest()


def test_what_the_release_before_sealed_of_a_schedule_still_fits_and_any_other_change_is_seen() -> None:
    at, schedule = datetime(2027, 3, 1, tzinfo=UTC), uuid4()

    def placed(schedule_id: UUID | None) -> Audited:
        event = Event(
            type=EventType.SCHEDULE_ENDED,
            organization_id=UUID(int=1),
            actor=CLOCK,
            from_state="active",
            to_state="ended",
            schedule_id=schedule_id,
        )
        recorded = Recorded(id=UUID(int=2), occurred_at=at, event=event)
        return Audited(position=1, organization_position=1, placed_at=at, recorded=recorded)

    def breached(sealed: UUID | None, found: UUID | None) -> bool:
        return changed(seal(b"1" * 32, None, [placed(sealed)], at=at), [placed(found)], at) is not None

    assert not breached(None, schedule)
    assert not breached(schedule, schedule)
    assert breached(schedule, uuid4())
    assert breached(schedule, None)
