"""Endpoints that fail for days: their organization is told of it, and then they are disabled."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from booking.domain.delivery.delivery import RESTS, Delivery, Outcome, Subscription
from booking.domain.delivery.webhook_endpoint import EndpointSettings, EndpointStatus, WebhookEndpoint
from booking.domain.events import EventType, Recorded
from booking.domain.people.caller import Caller
from booking.entrypoints.relay import Relay
from booking.service.delivery.webhook_health import WebhookHealthService
from booking.service.ports import Lease
from tests.builders import Organization, organization
from tests.support.worlds import World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
GOOD, DEAD = "https://good.example.com/", "https://dead.example.com/"
FAILING, DISABLED = EventType.WEBHOOK_ENDPOINT_FAILING, EventType.WEBHOOK_ENDPOINT_DISABLED


class Receivers:
    """Those that are `dead` refuse all; the others hear it."""

    together, at_once = 1, 5

    def __init__(self, *dead: str) -> None:
        self.dead = set(dead)
        self.calls: dict[str, int] = {GOOD: 0, DEAD: 0}
        self.heard: dict[str, list[Recorded]] = {GOOD: [], DEAD: []}

    async def __call__(self, deliveries: Sequence[Delivery], subscription: Subscription) -> Sequence[Outcome]:
        assert subscription.target
        self.calls[subscription.target] += 1
        if subscription.target in self.dead:
            return [Outcome(failure="refused", ms=1)]
        self.heard[subscription.target] += [one.recorded for one in deliveries]
        return [Outcome(status=200, ms=1)]


class Scene:
    """An agency with a good endpoint and a dead one, and its clock."""

    def __init__(self, world: World) -> None:
        self.world, self.agency = world, organization(world.store)
        self.receivers = Receivers(DEAD)
        self.relay = Relay(world.store.outbox, {"webhook": self.receivers}, chance=lambda: 0.0)
        self.health = WebhookHealthService(world.store.failing_endpoints)
        self.passed = timedelta()

    async def begin(self) -> "Scene":
        self.admin = await self.agency.admin()
        self.good, self.dead = [await added(self.agency, self.admin, url) for url in (GOOD, DEAD)]
        lease = await self.world.store.leases.take("webhook health", DAY, None)
        assert lease is not None
        self.lease = lease
        return self

    async def much_happens(self) -> None:
        """So much that one that fails has always something to be asked with."""
        for number in range(40):
            await self.agency.slot(self.admin, starts_in=timedelta(days=20 + number))
        await self.step()

    async def step(self) -> None:
        with capture_logs():
            while await self.relay.step():
                pass
        await self.health.step(self.lease)

    async def pass_by(self, by: timedelta, step: timedelta = 2 * HOUR) -> None:
        until = self.passed + by
        while self.passed < until:
            self.passed += step + timedelta(seconds=1)
            await self.world.jump(self.passed)
            await self.step()

    async def happened(self) -> list[tuple[EventType, str | None, str]]:
        """What was recorded of the dead endpoint since it was made."""
        await self.world.store.outbox.place(1_000)
        return [
            (EventType(one.recorded.event.type), one.recorded.event.from_state, one.recorded.event.to_state)
            for one in await self.world.store.trail.placed(1, 10_000)
            if one.recorded.event.endpoint_id == self.dead.id
        ][1:]

    async def endpoint(self) -> WebhookEndpoint:
        return (await self.agency.webhooks.get(self.admin, self.dead.id)).endpoint


async def added(agency: Organization, admin: Caller, url: str) -> WebhookEndpoint:
    return (await agency.webhooks.create(admin, EndpointSettings(url=url))).endpoint


@pytest.fixture
async def scene(world: World) -> Scene:
    return await Scene(world).begin()


WARNED = (FAILING, "enabled", "enabled")
ENDED = (DISABLED, "enabled", "disabled")


async def test_one_that_is_dead_for_five_days_is_told_of_on_the_third_and_then_disabled(scene: Scene) -> None:
    """And it costs few calls, and the good one beside it hears all at once."""
    await scene.much_happens()
    assert len(scene.receivers.heard[GOOD]) >= 40
    await scene.pass_by(3 * DAY - 2 * HOUR)
    assert await scene.happened() == []
    await scene.pass_by(4 * HOUR)
    assert await scene.happened() == [WARNED]
    await scene.pass_by(2 * DAY - 4 * HOUR)
    assert await scene.happened() == [WARNED]
    assert (await scene.endpoint()).status is EndpointStatus.ENABLED
    await scene.pass_by(6 * HOUR)
    assert await scene.happened() == [WARNED, ENDED]
    endpoint = await scene.endpoint()
    assert (endpoint.status, endpoint.version) == (EndpointStatus.DISABLED, scene.dead.version + 1)
    assert endpoint.updated_at == endpoint.disabled_at
    asked = scene.receivers.calls[DEAD]
    assert asked <= 5 + len(RESTS) + 5 * 24
    await scene.agency.slot(scene.admin, starts_in=timedelta(days=19))
    await scene.pass_by(2 * DAY)
    assert scene.receivers.calls[DEAD] == asked
    events = [one.event for one in scene.receivers.heard[GOOD]]
    assert [one.type for one in events][-3:] == [FAILING, DISABLED, EventType.SLOT_CREATED]
    assert {one.actor.role for one in events if one.type in (FAILING, DISABLED)} == {"system"}


async def test_one_that_nothing_was_sent_to_since_it_failed_once_is_not_said_to_fail_for_days(scene: Scene) -> None:
    await scene.agency.slot(scene.admin)
    scene.receivers.dead = set()
    await scene.step()
    scene.receivers.dead = {DEAD}
    await scene.agency.slot(scene.admin, starts_in=2 * DAY)
    await scene.step()
    scene.passed = 9 * DAY
    await scene.world.jump(scene.passed)
    await scene.health.step(scene.lease)
    assert await scene.happened() == []


async def test_one_that_is_asked_seldom_is_told_of_and_disabled_in_time(scene: Scene) -> None:
    """Its only event is tried every eighteen hours on the third day, and dies on the fourth."""
    types = {"types": (EventType.SLOT_CREATED,)}
    await scene.agency.webhooks.change(scene.admin, scene.dead.id, types, None, expected=scene.dead.version)
    await scene.agency.slot(scene.admin)
    await scene.pass_by(3 * DAY - 2 * HOUR)
    assert (await scene.happened())[1:] == []
    await scene.pass_by(3 * HOUR)
    assert (await scene.happened())[1:] == [WARNED]
    await scene.pass_by(2 * DAY - 3 * HOUR)
    assert len(await scene.world.store.outbox.dead(10)) == 1
    assert (await scene.happened())[1:] == [WARNED]
    await scene.pass_by(3 * HOUR)
    assert (await scene.happened())[1:] == [WARNED, ENDED]
    ended = await scene.endpoint()
    scene.receivers.dead = set()
    await scene.agency.webhooks.change(scene.admin, ended.id, {}, EndpointStatus.ENABLED, expected=ended.version)
    await scene.pass_by(HOUR)
    assert [one.event.type for one in scene.receivers.heard[DEAD]] == [EventType.SLOT_CREATED]


async def test_one_that_answers_again_is_told_of_anew_when_it_fails_for_days_anew(scene: Scene) -> None:
    await scene.much_happens()
    await scene.pass_by(3 * DAY + 2 * HOUR)
    scene.receivers.dead = set()
    await scene.pass_by(6 * DAY, step=6 * HOUR)
    assert await scene.happened() == [WARNED]
    scene.receivers.dead = {DEAD}
    for _ in range(3):
        await scene.agency.slot(scene.admin, starts_in=21 * DAY + len(scene.receivers.heard[GOOD]) * HOUR)
        await scene.pass_by(DAY + HOUR)
    assert await scene.happened() == [WARNED, WARNED]


async def test_one_that_an_admin_enables_again_hears_what_it_missed(scene: Scene) -> None:
    await scene.much_happens()
    await scene.pass_by(5 * DAY + 2 * HOUR, step=3 * HOUR)
    ended = await scene.endpoint()
    assert ended.status is EndpointStatus.DISABLED
    scene.receivers.dead = set()
    await scene.agency.webhooks.change(scene.admin, ended.id, {}, EndpointStatus.ENABLED, expected=ended.version)
    await scene.pass_by(HOUR)
    heard = [sorted(one.id for one in scene.receivers.heard[url]) for url in (GOOD, DEAD)]
    assert heard[0] == heard[1]


async def test_a_holder_who_was_replaced_says_and_ends_nothing(scene: Scene) -> None:
    holder, scene.lease = scene.lease, Lease(scene.lease.name, scene.lease.token - 1)
    await scene.much_happens()
    await scene.pass_by(5 * DAY + 2 * HOUR, step=3 * HOUR)
    assert await scene.happened() == []
    scene.lease = holder
    await scene.step()
    assert await scene.happened() == [WARNED, ENDED]
