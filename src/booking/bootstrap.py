"""The composition root: wires adapters into services, and says what runs while the service lives."""

from collections.abc import AsyncIterator, Awaitable, Callable
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
from booking.service.desk import Desk
from booking.service.holds import HoldService
from booking.service.identity import IdentityService
from booking.service.policies import PolicyService
from booking.service.ports import Store, Tokens
from booking.service.slots import SlotService
from booking.service.tidying import TidyingService
from booking.service.waitlists import WaitlistService

RELAY_IDLE = 0.5  # seconds between looks at an empty outbox
TIDYING_IDLE = 1.0  # seconds between looks for what is over; so long may somebody who waits have to wait for an offer


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

    services = services_of(store, tokens, ready)

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(database.close)
            stack.push_async_callback(tokens.aclose)
            workers.add("relay", Relay(store.outbox, log_notifier).step, idle=RELAY_IDLE)
            workers.add("tidying", TidyingService(store.rosters).step, idle=TIDYING_IDLE)
            if settings.sqs_queue_url is not None:
                client = await stack.enter_async_context(sqs_client())
                consumer = Consumer(
                    client,
                    settings.sqs_queue_url,
                    services.applicants,
                    ready=lambda: require_current_schema(database),
                    long_poll=long_poll,
                )
                workers.add("consumer", consumer.step, idle=0)
            await stack.enter_async_context(workers)
            yield

    app = litestar(services, cors_origins=settings.cors_origins, lifespan=[lifespan])
    return Instance(app=Access(app), store=store, services=services, workers=workers)


def services_of(store: Store, tokens: Tokens, ready: Callable[[], Awaitable[None]]) -> Services:
    desk = Desk(store.slots, store.rosters)
    holds = HoldService(store.bookings, store.rosters, desk)
    return Services(
        tokens=tokens,
        identity=IdentityService(store.agents, store.applicants),
        slots=SlotService(store.slots, store.rosters, store.policies, store.now, new_id),
        bookings=BookingService(store.bookings, store.rosters, holds, desk),
        holds=holds,
        waitlists=WaitlistService(store.waitlists, store.rosters, desk),
        policies=PolicyService(store.policies),
        applicants=ApplicantService(store.applicants, store.rosters),
        ready=ready,
    )
