"""A webhook endpoint that is dead for days, by a clock that is moved, beside a good one."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from structlog.testing import capture_logs

from booking.adapters.postgres.engine.database import Database
from booking.domain.delivery.delivery import BREAKS, RESTS, Delivery, Outcome, Subscription
from booking.domain.delivery.webhook_endpoint import EndpointSettings, EndpointStatus, WebhookEndpoint
from booking.domain.people.caller import Caller
from booking.entrypoints.relay import Relay
from booking.service.delivery.webhook_health import WebhookHealthService
from tests.builders import HOUR, Organization, organization
from tests.chaos.figures import Figures
from tests.chaos.scene import Scene, scene
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld, as_owner

DAYS = 6


class Endpoints:
    """The receivers of two endpoints, of which one refuses all."""

    together, at_once = 1, 5

    def __init__(self, dead: UUID) -> None:
        self.dead, self.refused, self.heard = dead, 0, list[UUID]()

    async def __call__(self, deliveries: Sequence[Delivery], subscription: Subscription) -> Sequence[Outcome]:
        if subscription.id == self.dead:
            self.refused += 1
            return [Outcome(failure="refused", ms=1)]
        self.heard += [one.recorded.id for one in deliveries]
        return [Outcome(status=204, ms=1)]


def dead_endpoint(rounds: int, folder: Path, server: Server) -> Figures:
    """A round is an event; they come evenly over six days of a clock that is moved by the hour."""
    figures = Figures(fault="webhook endpoint dead for five days beside a good one", rounds=rounds)
    with scene(server, slots=0) as made:
        asyncio.run(_dead(figures, made))
    return figures


async def _dead(figures: Figures, made: Scene) -> None:
    database = Database(made.serving_url)
    store = postgres_store(database)
    agency, world = organization(store), PostgresWorld(store, made.owner_url, database)
    admin = await agency.admin()
    dead, good = [await _endpoint(agency, admin, url) for url in ("https://dead.example", "https://good.example")]
    receivers = Endpoints(dead.id)
    relay = Relay(store.outbox, {"webhook": receivers})
    health = WebhookHealthService(store.failing_endpoints)
    lease = await store.leases.take("webhook health", timedelta(days=1), None)
    assert lease
    hours = 24 * DAYS
    for hour in range(hours):
        await world.jump(hour * HOUR)
        for number in range(figures.rounds * hour // hours, figures.rounds * (hour + 1) // hours):
            await agency.slot(admin, starts_in=(48 + number) * HOUR)
        with capture_logs():
            while await relay.step():
                pass
        await health.step(lease)
        if (heard := len(receivers.heard)) != await _recorded(made, agency, good):
            figures.faults.append(f"in hour {hour} the good one had heard {heard}")
    figures.acknowledged = len(receivers.heard)
    figures.doubled = len(receivers.heard) - len(set(receivers.heard))
    if receivers.refused > BREAKS + 4 + len(RESTS) + 5 * 24:
        figures.faults.append(f"the dead one was asked {receivers.refused} times")
    await _told(figures, made, dead)
    ended = (await agency.webhooks.get(admin, dead.id)).endpoint
    if ended.status is not EndpointStatus.DISABLED:
        figures.faults.append("the dead one is still asked")
    await database.close()


async def _endpoint(agency: Organization, admin: Caller, url: str) -> WebhookEndpoint:
    return (await agency.webhooks.create(admin, EndpointSettings(url=url))).endpoint


async def _recorded(made: Scene, agency: Organization, since: WebhookEndpoint) -> int:
    (row,) = await as_owner(
        made.owner_url,
        "SELECT count(*) FROM events WHERE organization_id = $1 AND organization_position > $2",
        agency.organization_id,
        since.position,
    )
    return int(row["count"])


async def _told(figures: Figures, made: Scene, dead: WebhookEndpoint) -> None:
    """On the third day, and on the fifth."""
    rows = await as_owner(
        made.owner_url,
        "SELECT type, extract(epoch FROM occurred_at - $2)::integer / 86400 AS days FROM events"
        " WHERE endpoint_id = $1 AND actor_role = 'system' ORDER BY seq",
        dead.id,
        dead.created_at,
    )
    told = [(row["type"], row["days"]) for row in rows]
    if told != [("webhook_endpoint.failing", 3), ("webhook_endpoint.disabled", 5)]:
        figures.faults.append(f"it was said of the dead one: {told}")
