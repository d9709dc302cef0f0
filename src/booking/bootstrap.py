"""The composition root: wires adapters into services, and says what runs while the service lives."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from booking.adapters.ids import new_id
from booking.adapters.notifier import log_notifier
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.migrations import require_current_schema
from booking.adapters.postgres.store import postgres_store
from booking.adapters.tokens import tokens_for
from booking.config import Settings
from booking.domain.errors import Unavailable
from booking.entrypoints.consumer import LONG_POLL, Consumer, sqs_client
from booking.entrypoints.http.access import Access
from booking.entrypoints.http.app import litestar
from booking.entrypoints.http.services import Services
from booking.entrypoints.relay import Relay
from booking.entrypoints.workers import Workers
from booking.service.applicants import ApplicantService
from booking.service.bookings import BookingService
from booking.service.identity import IdentityService
from booking.service.ports import Store
from booking.service.slots import SlotService

RELAY_IDLE = 0.5  # seconds between looks at an empty outbox


@dataclass(frozen=True, slots=True)
class Instance:
    """One process of the service: its application, and the word that it is to end."""

    app: Access
    store: Store
    services: Services
    workers: Workers

    def drain(self) -> None:
        """Readiness turns away new traffic, the background loops finish what they hold."""
        self.workers.stop()


def build(settings: Settings, *, long_poll: int = LONG_POLL) -> Instance:
    """Everything wired, nothing running: the application's lifespan starts the background loops and ends them."""
    database = Database(settings.database_url)
    store = postgres_store(database)
    tokens = tokens_for(settings.auth)
    workers = Workers()

    async def ready() -> None:
        if workers.stopping:
            raise Unavailable("this instance is shutting down")
        await require_current_schema(database)

    services = Services(
        tokens=tokens,
        identity=IdentityService(store.agents, store.applicants),
        slots=SlotService(store.slots, store.now, new_id),
        bookings=BookingService(store.bookings, new_id),
        ready=ready,
    )

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(database.close)
            stack.push_async_callback(tokens.aclose)
            workers.add("relay", Relay(store.outbox, log_notifier).step, idle=RELAY_IDLE)
            if settings.sqs_queue_url is not None:
                client = await stack.enter_async_context(sqs_client())
                consumer = Consumer(
                    client,
                    settings.sqs_queue_url,
                    ApplicantService(store.applicants),
                    ready=lambda: require_current_schema(database),
                    long_poll=long_poll,
                )
                workers.add("consumer", consumer.step, idle=0)
            await stack.enter_async_context(workers)
            yield

    app = litestar(services, cors_origins=settings.cors_origins, lifespan=[lifespan])
    return Instance(app=Access(app), store=store, services=services, workers=workers)
