"""The relay and its notifier: what happened is told by ids and states, again until it was heard."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from booking.adapters.notifiers.log import LogNotifier, payload
from booking.domain.delivery.delivery import Delivery, Outcome, Subscription
from booking.domain.events import Actor, Event, EventType, Recorded
from booking.domain.visits.booking import BookingStatus
from booking.entrypoints.relay import BATCH, Relay
from tests.fakes import State, memory_store
from tests.fakes.state import THE_LOG
from tests.support.notifiers import Telling


def recorded(number: int, line: int = 3) -> Recorded:
    return Recorded(
        id=UUID(int=number),
        occurred_at=datetime(2026, 11, 20, 15, 2, 11, tzinfo=UTC),
        event=Event(
            type=EventType.BOOKING_CANCELLED,
            organization_id=UUID(int=1),
            actor=Actor(subject="sub", role="applicant", request_id="dashboard/7f3a"),
            from_state=BookingStatus.CONFIRMED,
            to_state=BookingStatus.CANCELLED_BY_APPLICANT,
            slot_id=UUID(int=number),
            booking_id=UUID(int=line),
            applicant_id=UUID(int=4),
            property_id=UUID(int=5),
            agent_id=UUID(int=6),
            start_time=datetime(2026, 11, 24, 10, tzinfo=UTC),
            end_time=datetime(2026, 11, 24, 10, 30, tzinfo=UTC),
        ),
    )


def delivery(one: Recorded) -> Delivery:
    return Delivery(recorded=one, position=1, organization_position=1, attempts=0, kept=False, behind=False)


TOLD = {
    "id": str(UUID(int=9)),
    "type": "booking.cancelled",
    "organization_id": str(UUID(int=1)),
    "occurred_at": "2026-11-20T15:02:11Z",
    "actor": {"subject": "sub", "role": "applicant"},
    "request_id": "dashboard/7f3a",
    "slot_id": str(UUID(int=9)),
    "booking_id": str(UUID(int=3)),
    "applicant_id": str(UUID(int=4)),
    "agent_id": str(UUID(int=6)),
    "property_id": str(UUID(int=5)),
    "start_time": "2026-11-24T10:00:00Z",
    "end_time": "2026-11-24T10:30:00Z",
    "endpoint_id": None,
    "moved_from": None,
    "schedule_id": None,
    "from_state": "confirmed",
    "to_state": "cancelled_by_applicant",
}


async def test_an_event_is_told_in_one_line_of_ids_and_states() -> None:
    """Exactly what asyncapi.yaml says, nobody's name, email or notes."""
    assert payload(recorded(9)) == TOLD
    with capture_logs() as lines:
        assert await LogNotifier()([delivery(recorded(9))], THE_LOG) == [Outcome()]
    assert lines == [{"event": "event", "log_level": "info"} | TOLD]


async def test_a_step_places_and_hands_on_a_batch_and_says_how_much() -> None:
    state = State()
    state.events.extend(recorded(number, line=number) for number in range(BATCH + 1))
    heard: list[Recorded] = []

    async def hear(event: Recorded, _: Subscription) -> None:
        heard.append(event)

    relay = Relay(memory_store(state).outbox, {"log": Telling(hear, together=BATCH)})
    assert [await relay.step() for _ in range(3)] == [2 * BATCH, 2, 0]
    assert heard == state.events


async def test_attempts_are_counted_by_kind_and_outcome() -> None:
    state = State()
    state.events.extend(recorded(number, line=number) for number in range(3))

    class Second:
        together, at_once = 3, 1

        async def __call__(self, deliveries: Sequence[Delivery], _: Subscription) -> Sequence[Outcome]:
            return [Outcome(failure="refused" if number == 1 else None) for number, _ in enumerate(deliveries)]

    before = counted("heard"), counted("failed")
    with capture_logs():
        await Relay(memory_store(state).outbox, {"log": Second()}).step()
    assert (counted("heard"), counted("failed")) == (before[0] + 2, before[1] + 1)


def counted(outcome: str) -> float:
    labels = {"kind": "log", "outcome": outcome}
    return REGISTRY.get_sample_value("booking_delivery_attempts_total", labels) or 0.0
