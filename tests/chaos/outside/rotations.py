"""Secrets rotated while events go out: an app that knows the two newest ones verifies every request."""

import asyncio
import random
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from booking.adapters.ids import new_id
from booking.adapters.notifiers.webhook import WebhookNotifier
from booking.adapters.outgoing.client import Outgoing
from booking.adapters.postgres.engine.database import Database
from booking.cli.hook_server import Hook, HookServer, Reply
from booking.domain.delivery.delivery import Subscription
from booking.domain.delivery.feed import Told
from booking.domain.delivery.webhook_endpoint import EndpointSettings
from booking.domain.events import Recorded
from booking.domain.people.agent import AgentRole
from booking.entrypoints.http.cloud_events import encoded
from booking.entrypoints.relay import Relay
from booking.service.delivery.webhooks import SigningSecrets, WebhookService
from tests.builders import HOUR, Organization, claims
from tests.chaos.figures import Figures
from tests.chaos.scene import Scene, handed_on, scene
from tests.support.database import Server
from tests.support.notifiers import Telling
from tests.support.stores import CIPHERS, Store, postgres_store
from tests.support.worlds import as_owner

SICK = 0.03  # of the requests are answered with 500, so that some come again, signed anew


class App:
    """A receiver, with the secrets that its admin has been shown."""

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self.heard: set[UUID] = set()
        self.unverified = 0

    async def hear(self, hook: Hook) -> Reply:
        headers = {name.decode(): value.decode() for name, value in hook.headers}
        for secret in self.secrets[-2:]:
            with suppress(WebhookVerificationError):
                event = Webhook(secret).verify(hook.body, headers)
                break
        else:
            self.unverified += 1
            return Reply(401)
        if random.random() < SICK:
            return Reply(500)
        self.heard.add(UUID(event["id"]))
        return Reply(204)


def rotated_secrets(rounds: int, folder: Path, server: Server) -> Figures:
    figures = Figures(fault="secrets of a webhook endpoint rotated under load", rounds=rounds)
    with scene(server, slots=0) as made:
        asyncio.run(_rotated(figures, made))
    return figures


async def _rotated(figures: Figures, made: Scene) -> None:
    database, app = Database(made.serving_url), App()
    store = postgres_store(database)
    agency = Organization(store, made.organization_id)
    admin = await agency.identity.identify(
        claims("admin-of-chaos", organization_id=made.organization_id, role=AgentRole.ADMIN), None
    )
    service = WebhookService(store.endpoints, CIPHERS.endpoints, new_id, loopback=True)
    async with HookServer(app.hear) as server:
        shown = await service.create(admin, EndpointSettings(url=server.url))
        app.secrets.append(shown.secret or "")
        begun = shown.endpoint.position
        relaying = asyncio.create_task(_relay(store))
        happening = asyncio.create_task(_happen(agency, made, figures.rounds))
        for _ in range(figures.rounds):
            shown = await service.rotate(admin, shown.endpoint.id)
            await asyncio.sleep(random.random() * 0.05)  # until the admin has it in the app
            app.secrets.append(shown.secret or "")
        await happening
        if not await handed_on(made):
            figures.faults.append("events were not handed on")
        relaying.cancel()
        await asyncio.wait([relaying])
    rows = await as_owner(made.owner_url, "SELECT id FROM events WHERE organization_position > $1", begun)
    figures.acknowledged = len(app.heard)
    figures.lost = len({row["id"] for row in rows} - app.heard)
    if app.unverified:
        figures.faults.append(f"{app.unverified} requests could not be verified")
    await database.close()


async def _relay(store: Store) -> None:
    secrets = SigningSecrets(store.endpoints, CIPHERS.endpoints)
    webhook = WebhookNotifier(
        Outgoing(), secrets, lambda recorded: encoded(Told(recorded=recorded, for_admin=True)), at_once=5, loopback=True
    )
    relay = Relay(store.outbox, {"log": Telling(_unheard), "webhook": webhook})
    while True:
        if not await relay.step():
            await asyncio.sleep(0.01)


async def _unheard(_: Recorded, __: Subscription) -> None:
    pass


async def _happen(agency: Organization, made: Scene, times: int) -> None:
    """Slots, bookings of them, and their cancellations."""
    agent = await agency.identity.identify(
        claims("agent-of-chaos", organization_id=made.organization_id, role=AgentRole.MEMBER), None
    )
    applicant = await agency.identity.identify(claims(made.subjects[0]), None)
    for number in range(times):
        slot = await agency.slot(agent, starts_in=(24 + 2 * number) * HOUR)
        booking = await agency.book(applicant, slot.id)
        await agency.bookings.cancel(applicant, booking.id)
