"""The system's own subscription that hands all events on to AWS."""

from typing import Any
from uuid import UUID

from booking.adapters.notifiers.aws import AwsNotifier
from booking.adapters.postgres.delivery.events_target import PostgresEventsTarget
from booking.adapters.postgres.engine.database import Database
from booking.config.events_target import EventsTarget
from booking.domain.delivery.delivery import SYSTEM
from booking.entrypoints.relay import Relay
from tests.builders import HOUR, organization
from tests.support.notifiers import Telling
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

TOPIC, QUEUE = "arn:aws:sns:eu-west-1:123456789012:bookings", "arn:aws:sqs:eu-west-1:123456789012:bookings"
ROW = "SELECT * FROM subscriptions WHERE organization_id = $1 AND id = $2"


async def row(owner_url: str) -> dict[str, Any] | None:
    found = await as_owner(owner_url, ROW, SYSTEM, UUID(int=2))
    return dict(found[0]) if found else None


async def test_a_target_hears_what_happens_from_its_configuration_on(database: Database, owner_url: str) -> None:
    store = postgres_store(database)
    agency, target, heard = organization(store), PostgresEventsTarget(database), list[tuple[str, str | None]]()

    async def notify(recorded: Any, subscription: Any) -> None:
        heard.append((str(recorded.event.slot_id), subscription.target))

    relay = Relay(store.outbox, {"aws": Telling(notify)})

    async def told() -> list[tuple[str, str | None]]:
        heard.clear()
        while await relay.step():
            pass
        return list(heard)

    await target.follow(None)
    assert await row(owner_url) is None
    agent = await agency.agent()
    before = await agency.slot(agent)
    while await store.outbox.place(50):
        pass
    await target.follow(TOPIC)
    first = await agency.slot(agent, starts_in=3 * HOUR)
    assert str(before.id) != str(first.id)
    assert await told() == [(str(first.id), TOPIC)]
    await target.follow(QUEUE)
    second = await agency.slot(agent, starts_in=5 * HOUR)
    assert await told() == [(str(second.id), QUEUE)]
    await target.follow(None)
    third = await agency.slot(agent, starts_in=7 * HOUR)
    assert await told() == []
    await target.follow(QUEUE)
    assert await told() == [(str(third.id), QUEUE)]


async def test_who_is_not_configured_any_more_does_not_count_as_waiting(database: Database, owner_url: str) -> None:
    store = postgres_store(database)
    agency, target = organization(store), PostgresEventsTarget(database)
    await target.follow(TOPIC)
    await agency.slot(await agency.agent())
    while await store.outbox.place(50):
        pass
    waiting = await store.outbox.waiting()
    await target.follow(None)
    assert 0 < await store.outbox.waiting() < waiting


async def test_a_new_target_does_not_rest_for_the_failures_of_the_former(database: Database, owner_url: str) -> None:
    target = PostgresEventsTarget(database)
    await target.follow(TOPIC)
    await as_owner(
        owner_url,
        "UPDATE subscriptions SET failures = 5, failing_since = now(), failed_at = now(), rests_until = 'infinity'"
        " WHERE id = $1",
        UUID(int=2),
    )
    await target.follow(TOPIC)
    resting = await row(owner_url)
    await target.follow(QUEUE)
    served = await row(owner_url)
    assert resting is not None
    assert served is not None
    assert (resting["failures"], served["failures"], served["target"]) == (5, 0, QUEUE)
    assert resting["rests_until"] != served["rests_until"]


class Refusing:
    """A queue that refuses some bodies, once each."""

    def __init__(self, refused: set[bytes]) -> None:
        self.refused, self.asked = refused, list[list[str]]()

    async def of(self, _: EventsTarget) -> "Refusing":
        return self

    async def queue_url(self, _: EventsTarget) -> str:
        return "http://queue"

    async def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> object:  # noqa: N803 - AWS's
        self.asked.append([one["MessageBody"] for one in Entries])
        refused = {one["Id"] for one in Entries if one["MessageBody"].encode() in self.refused}
        self.refused.clear()
        heard = [{"Id": one["Id"]} for one in Entries if one["Id"] not in refused]
        return {"Successful": heard, "Failed": [{"Id": one, "Code": "InternalError"} for one in refused]}


async def test_what_is_refused_of_a_batch_is_sent_again_and_nothing_else(database: Database, owner_url: str) -> None:
    store = postgres_store(database)
    agency = organization(store)
    agent = await agency.agent()
    while await store.outbox.place(50):
        pass
    await PostgresEventsTarget(database).follow(QUEUE)
    slots = [str(slot.id) for slot in await agency.slots_of(agent, 3)]
    queue: Any = Refusing({slots[1].encode()})
    relay = Relay(store.outbox, {"aws": AwsNotifier(queue, lambda one: str(one.event.slot_id).encode())})
    while await relay.step():
        pass
    assert queue.asked == [slots]
    await as_owner(owner_url, "UPDATE deliveries SET due_at = '-infinity'")
    while await relay.step():
        pass
    assert queue.asked == [slots, [slots[1]]]
    assert await as_owner(owner_url, "SELECT FROM deliveries WHERE subscription_id = $1", UUID(int=2)) == []
