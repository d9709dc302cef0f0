"""What a seal covers: each event, written down in one way for ever."""

import hashlib
import json
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from booking.domain.audit import Audited, content_of
from booking.domain.events import Actor, Event, EventType, Recorded

_ids = st.none() | st.uuids()
_words = st.none() | st.text(max_size=20)
_events = st.builds(
    Event,
    type=st.sampled_from(EventType),
    organization_id=st.uuids(),
    actor=st.builds(Actor, subject=_words, role=st.text(max_size=9), request_id=_words),
    from_state=_words,
    to_state=st.text(max_size=20),
    slot_id=_ids,
    booking_id=_ids,
    applicant_id=_ids,
    agent_id=_ids,
    property_id=_ids,
)
_placed = st.builds(
    Audited,
    position=st.integers(1, 2**63 - 1),
    recorded=st.builds(Recorded, id=st.uuids(), occurred_at=st.datetimes(timezones=st.just(UTC)), event=_events),
)


@given(placed=st.lists(_placed, max_size=3))
def test_an_event_is_sealed_as_the_first_seals_were(placed: list[Audited]) -> None:
    """JSON, its keys in order: whoever writes it otherwise finds all earlier seals broken."""
    sealed = hashlib.sha256()
    for one in placed:
        event = one.recorded.event
        about = (event.slot_id, event.booking_id, event.applicant_id, event.agent_id, event.property_id)
        told = {
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
        written = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
        sealed.update(len(written).to_bytes(4, "big") + written)
    assert content_of(placed) == sealed.digest()
