"""Deliveries to webhook endpoints: shown, tried out, and made again; in memory and in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest

from booking.domain.delivery.delivery import Attempt, Delivery, Outcome, Settlement, Subscription
from booking.domain.delivery.refusals import ReplayTooLarge, WebhookEndpointNotFound
from booking.domain.delivery.webhook_delivery import (
    MOST_REPLAYED,
    AttemptFilter,
    Positions,
    WebhookAttempt,
    require_positions,
)
from booking.domain.delivery.webhook_endpoint import EndpointSettings, EndpointStatus, WebhookEndpoint
from booking.domain.events import EventType
from booking.domain.idempotency import Answer, Asked
from booking.domain.paging import Paging
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import IdempotencyInProgress, InvalidRequest, PositionRetired
from booking.domain.values import replace
from booking.entrypoints.relay import Relay
from booking.service.delivery.webhook_deliveries import WebhookDeliveryService
from tests.builders import Organization, organization
from tests.support.worlds import World

URL = "https://hooks.example.com/"
HEARD = Outcome(status=200, answer="thanks", ms=12)
REFUSED = Outcome(failure="not_accepted", status=500, answer="oh", ms=7)


@dataclass
class Receiver:
    """Of webhooks and of tests; answers all alike."""

    outcome: Outcome = HEARD
    given: list[tuple[UUID, str]] = field(default_factory=list)
    together, at_once = 1, 5

    async def __call__(self, deliveries: Sequence[Delivery], _: Subscription) -> Sequence[Outcome]:
        self.given += [(one.recorded.id, one.recorded.event.type) for one in deliveries]
        return [self.outcome] * len(deliveries)

    async def send(self, to: Subscription, id: UUID, body: bytes, /) -> Outcome:
        assert (to.kind, to.target) == ("webhook", URL)
        self.given.append((id, body.decode()))
        return self.outcome

    @property
    def types(self) -> list[str]:
        return [kind for _, kind in self.given]


@dataclass
class Scene:
    agency: Organization
    admin: Caller
    endpoint: WebhookEndpoint
    receiver: Receiver
    deliveries: WebhookDeliveryService

    async def attempts(self, limit: int = 100, **chosen: object) -> Sequence[WebhookAttempt]:
        filtered = AttemptFilter(**chosen)  # type: ignore[arg-type]
        page = await self.deliveries.list(self.admin, self.endpoint.id, filtered, Paging(after=None, limit=limit))
        return page.items

    async def replay(self, first: int, last: int) -> int:
        return await self.deliveries.replay(self.admin, self.endpoint.id, Positions(first=first, last=last))

    async def handed_on(self) -> None:
        relay = Relay(self.agency.store.outbox, {"webhook": self.receiver}, chance=lambda: 0.0)
        while await relay.step():
            pass


async def scene(world: World, types: Sequence[str] | None = None) -> Scene:
    agency, receiver = organization(world.store), Receiver()
    admin = await agency.admin()
    await world.store.outbox.place(1_000)
    endpoint = (await agency.webhooks.create(admin, EndpointSettings(url=URL, types=types))).endpoint
    return Scene(agency, admin, endpoint, receiver, agency.webhook_deliveries(receiver))


async def test_a_test_is_sent_shown_and_in_no_record_of_changes(world: World) -> None:
    s = await scene(world)
    before = await world.events()
    first = await s.deliveries.test(s.admin, s.endpoint.id)
    s.receiver.outcome = REFUSED
    second = await s.deliveries.test(s.admin, s.endpoint.id)
    assert (first.type, first.position, first.attempt, first.status, first.failure, first.answer, first.ms) == (
        *("webhook.test", None, 1, 200, None),
        *("thanks", 12),
    )
    assert (second.status, second.failure, second.answer) == (500, "not_accepted", "oh")
    assert s.receiver.given == [(first.event_id, "webhook.test"), (second.event_id, "webhook.test")]
    assert await s.attempts() == [second, first]
    assert await s.attempts(failed=True) == [second]
    assert await s.attempts(failed=False) == [first]
    assert await s.attempts(event_id=first.event_id) == [first]
    assert await world.events() == before


async def test_a_test_with_a_key_is_sent_once(world: World) -> None:
    s = await scene(world)

    async def once() -> Answer:
        asked = Asked(
            organizations=s.admin.organizations,
            subject=s.admin.subject,
            route="POST /test",
            key="1",
            fingerprint=b"." * 32,
            value_fingerprint=b"." * 32,
        )

        async def answer() -> Answer:
            try:
                attempt = await s.deliveries.test(replace(s.admin, asked=asked), s.endpoint.id)
            except IdempotencyInProgress as refusal:
                return Answer(status=409, headers=(), body=refusal.code.encode())
            return Answer(status=200, headers=(), body=str(attempt.id).encode())

        return await world.store.answers.once(asked, answer)

    first = await once()
    assert await once() == first.again()
    assert s.receiver.types == ["webhook.test"]


async def test_of_an_endpoint_that_is_deleted_while_it_is_tested_nothing_is_kept(world: World) -> None:
    s = await scene(world)

    class Deleting(Receiver):
        async def send(self, to: Subscription, id: UUID, body: bytes, /) -> Outcome:
            await s.agency.webhooks.remove(s.admin, s.endpoint.id)
            return HEARD

    assert (await s.agency.webhook_deliveries(Deleting()).test(s.admin, s.endpoint.id)).status == 200
    with pytest.raises(WebhookEndpointNotFound):
        await s.attempts()


async def test_each_attempt_is_shown_the_newest_first_page_by_page(world: World) -> None:
    s = await scene(world)
    s.receiver.outcome = REFUSED
    await s.handed_on()
    s.receiver.outcome = HEARD
    await world.jump(timedelta(minutes=1))
    await s.handed_on()
    (again, failed) = await s.attempts()
    ((event_id, kind), repeated) = s.receiver.given
    assert repeated == (event_id, kind)
    assert kind == EventType.WEBHOOK_ENDPOINT_CREATED
    assert (failed.event_id, failed.type, failed.attempt, failed.status, failed.failure) == (
        *(event_id, kind, 1, 500),
        "not_accepted",
    )
    assert (again.event_id, again.attempt, again.status, again.failure, again.answer) == (
        event_id,
        2,
        200,
        None,
        "thanks",
    )
    assert again.position == failed.position == s.endpoint.head + 1
    assert again.attempted_at > failed.attempted_at
    page = await s.deliveries.list(s.admin, s.endpoint.id, AttemptFilter(), Paging(after=None, limit=1))
    rest = await s.deliveries.list(s.admin, s.endpoint.id, AttemptFilter(), Paging(after=page.next, limit=1))
    assert ([*page.items, *rest.items], rest.next) == ([again, failed], None)


async def test_attempts_that_ended_together_are_shown_by_when_they_were_begun(world: World) -> None:
    s = await scene(world)
    await s.agency.slot(s.admin)
    await world.store.outbox.place(1_000)
    (batch,) = await world.store.outbox.take({"webhook": 5}, 10, 100, timedelta(seconds=30))
    attempts = [
        Attempt(delivery=one, outcome=HEARD, ago=timedelta(milliseconds=number))
        for number, one in enumerate(batch.deliveries)
    ]
    assert len(attempts) == 2
    await world.store.outbox.settle(batch, Settlement(heard=batch.deliveries, failed=(), attempts=attempts))
    shown = await s.attempts()
    assert [one.event_id for one in shown] == [one.recorded.id for one in batch.deliveries]
    assert shown[0].attempted_at > shown[1].attempted_at


async def test_deliveries_are_for_admins_and_for_their_own_endpoints(world: World) -> None:
    s = await scene(world)
    other = organization(world.store)
    stranger, agent = await other.admin(), await s.agency.agent()
    paging = Paging(after=None, limit=1)
    for caller, refusal in ((stranger, WebhookEndpointNotFound), (agent, WrongRole)):
        for act in (
            s.deliveries.test(caller, s.endpoint.id),
            s.deliveries.list(caller, s.endpoint.id, AttemptFilter(), paging),
            s.deliveries.replay(caller, s.endpoint.id, None),
            s.deliveries.replay(caller, s.endpoint.id, Positions(first=1, last=1)),
        ):
            with pytest.raises(refusal):
                await act
    assert s.receiver.given == []


async def test_a_replay_sends_the_same_events_again_in_their_order_and_only_those_that_are_heard(world: World) -> None:
    s = await scene(world, types=(EventType.SLOT_CREATED, EventType.SLOT_CANCELLED))
    agent = await s.agency.agent()
    slots = await s.agency.slots_of(agent, 2)
    await s.agency.slots.cancel(agent, slots[0].id)
    await s.handed_on()
    heard = list(s.receiver.given)
    assert sorted(s.receiver.types) == ["slot.cancelled", "slot.created", "slot.created"]
    head = (await s.agency.webhooks.get(s.admin, s.endpoint.id)).endpoint.head
    assert await s.replay(1, head) == 3
    await s.handed_on()
    assert sorted(s.receiver.given[3:]) == sorted(heard)
    again = [kind for event_id, kind in s.receiver.given[3:] if kind == "slot.cancelled" or event_id == heard[0][0]]
    assert again == ["slot.created", "slot.cancelled"]
    assert await s.replay(head, head) == 1
    await s.handed_on()
    assert s.receiver.types[6:] == ["slot.cancelled"]


async def test_what_the_endpoint_has_not_come_to_is_not_sent_twice(world: World) -> None:
    s = await scene(world)
    await s.handed_on()
    await s.agency.webhooks.change(s.admin, s.endpoint.id, {}, EndpointStatus.DISABLED, expected=1)
    await s.agency.slot(await s.agency.agent())
    await world.store.outbox.place(1_000)
    head = (await s.agency.webhooks.get(s.admin, s.endpoint.id)).endpoint.head
    assert await s.replay(s.endpoint.head + 1, head) == 1
    await s.handed_on()
    assert s.receiver.types == ["webhook_endpoint.created"], "it is disabled"
    await s.agency.webhooks.change(s.admin, s.endpoint.id, {}, EndpointStatus.ENABLED, expected=2)
    await s.handed_on()
    ids = [event_id for event_id, _ in s.receiver.given]
    assert len(ids) == len(set(ids)) + 1
    assert s.receiver.types.count("webhook_endpoint.created") == 2


async def test_all_that_failed_is_sent_again_though_it_is_dead_or_rests(world: World) -> None:
    s = await scene(world)
    await s.handed_on()
    s.receiver.outcome = REFUSED
    agent = await s.agency.agent()
    for slot in await s.agency.slots_of(agent, 8):
        await s.agency.slots.cancel(agent, slot.id)
    await s.handed_on()
    for hours in range(1, 96, 4):
        await world.jump(timedelta(hours=hours))
        await s.handed_on()
    s.receiver.outcome = HEARD
    await s.handed_on()
    failed = {one.event_id for one in await s.attempts(failed=True)}
    s.receiver.given.clear()
    assert await s.deliveries.replay(s.admin, s.endpoint.id, None) >= 1
    await s.handed_on()
    assert failed <= {event_id for event_id, _ in s.receiver.given}
    assert len({event_id for event_id, _ in s.receiver.given}) >= 16
    assert await s.deliveries.replay(s.admin, s.endpoint.id, None) == 0


async def test_enabled_again_an_endpoint_gets_all_that_failed_at_once_in_whatever_state_that_is(world: World) -> None:
    s = await scene(world)
    s.receiver.outcome = REFUSED
    for slot in await s.agency.slots_of(await s.agency.agent(), 8):
        await s.agency.slots.cancel(s.admin, slot.id)
    await s.handed_on()
    for hours in (1, 5, 30, 70, 95, 100):
        await world.jump(timedelta(hours=hours))
        await s.handed_on()
    shown = (await s.agency.webhooks.get(s.admin, s.endpoint.id)).endpoint
    assert shown.failing_since is not None
    s.receiver.outcome, missed = HEARD, {event_id for event_id, _ in s.receiver.given}
    s.receiver.given.clear()
    now = await s.agency.webhooks.change(s.admin, s.endpoint.id, {}, EndpointStatus.ENABLED, expected=shown.version)
    assert now.endpoint.failing_since is None
    await s.handed_on()
    assert missed <= {event_id for event_id, _ in s.receiver.given}
    assert s.receiver.types.count("slot.created") == s.receiver.types.count("slot.cancelled") == 8


async def test_positions_that_are_not_there_are_refused(world: World) -> None:
    s = await scene(world)
    head = s.endpoint.head
    for first, last, pointer in ((1, head + 5, "#/to_position"), (2, 1, "#/to_position")):
        with pytest.raises(InvalidRequest) as refused:
            await s.replay(first, last)
        assert [(one.pointer, one.code) for one in refused.value.faults] == [(pointer, "out_of_range")]


async def test_records_and_former_secrets_are_forgotten_in_time(world: World) -> None:
    s = await scene(world)
    await s.deliveries.test(s.admin, s.endpoint.id)
    lease = await world.store.leases.take("forgetting", timedelta(minutes=1), None)
    assert lease
    await s.agency.webhooks.rotate(s.admin, s.endpoint.id)
    assert await world.store.deliveries.forget(lease) == 0
    await world.jump(timedelta(days=29, hours=23))
    assert await world.store.deliveries.forget(lease) == 0
    assert len(await s.attempts()) == 1
    await world.jump(timedelta(days=30, hours=1))
    assert await s.attempts() == []
    assert await world.store.deliveries.forget(lease._replace(token=lease.token + 1)) == 0
    assert await world.store.deliveries.forget(lease) == 1


def test_a_replay_has_a_hundred_thousand_positions_at_most() -> None:
    head = 3 * MOST_REPLAYED
    require_positions(Positions(first=5, last=MOST_REPLAYED + 4), 5, head)
    with pytest.raises(ReplayTooLarge):
        require_positions(Positions(first=5, last=MOST_REPLAYED + 5), 5, head)
    for oldest in (6, None):
        with pytest.raises(PositionRetired):
            require_positions(Positions(first=5, last=9), oldest, head)
