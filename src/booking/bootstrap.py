"""The composition root: wires adapters into services, and says what runs while the service lives."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from booking import metrics
from booking.adapters.ids import new_id
from booking.adapters.notifiers.log import log_notifier
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import require_current_schema
from booking.adapters.postgres.partitions import Foresight
from booking.adapters.postgres.privileges import require_least_privilege
from booking.adapters.postgres.store import postgres_store
from booking.adapters.tokens.verification import tokens_for
from booking.config import Settings
from booking.domain.refusals import Unavailable
from booking.entrypoints.consumer import Consumer
from booking.entrypoints.http.access import Access
from booking.entrypoints.http.app import litestar
from booking.entrypoints.http.cors import Cors
from booking.entrypoints.http.front import Front
from booking.entrypoints.http.paths import PlainPaths
from booking.entrypoints.http.services import Services
from booking.entrypoints.jobs import Step, Workers
from booking.entrypoints.relay import Relay
from booking.entrypoints.sealer import Sealer
from booking.entrypoints.sqs import LONG_POLL, sqs_client
from booking.entrypoints.start import Start
from booking.explained import Explained
from booking.origins import Origins
from booking.service.applicants import ApplicantService
from booking.service.audit import AuditService, SealingService
from booking.service.bookings import BookingService
from booking.service.expiry import TidyingService
from booking.service.holds import HoldService
from booking.service.identity import IdentityService
from booking.service.known import CallerCache
from booking.service.place_claims import PlaceClaims
from booking.service.policies import PolicyService
from booking.service.ports import Outbox, Store, Tokens
from booking.service.rate_limits import Limits
from booking.service.slots import SlotService
from booking.service.waitlists import WaitlistService

RELAY_IDLE = 0.5  # seconds between looks at an empty outbox
RELAY_BUSY = 0.05  # seconds between looks at one that was not: what comes meanwhile is handed on together
SEALING_IDLE = 10.0  # seconds between looks for events to seal; so long the newest may be without
COUNTING_IDLE = 5.0  # seconds between looks at how many events wait
FORGETTING_IDLE = 60.0  # seconds between looks for answers that are old enough
LOOKING_AHEAD_IDLE = 86_400.0  # seconds between looks for the events' partitions of the years to come
TIDYING_IDLE = 1.0  # seconds between looks for what is over; so long may somebody who waits have to wait for an offer


@dataclass(frozen=True, slots=True)
class Instance:
    """One process of the service: its application, and the word that it is to end."""

    app: Access
    store: Store
    services: Services
    workers: Workers
    start: Start
    examples: dict[str, str]
    """What the examples of the documentation are about here; none unless somebody says so."""

    def drain(self) -> None:
        """Readiness turns away new traffic, the background loops finish what they hold."""
        self.workers.stop()


def build(
    settings: Settings,
    *,
    long_poll: int = LONG_POLL,
    least_privilege: bool = True,
    prepared: Callable[[], bool] = lambda: True,
) -> Instance:
    """Everything wired, nothing running: the application's lifespan starts the background loops and ends them.

    It is not ready before it is `prepared`.
    """
    database = Database(settings.database_url)
    store = postgres_store(database)
    tokens = tokens_for(settings.auth)

    async def migrated() -> None:
        await require_current_schema(database)

    async def begun() -> None:
        await database.require_tracking()
        await migrated()

    async def fit() -> None:
        if least_privilege:
            await require_least_privilege(database)

    start = Start(begun, fit)
    workers = Workers(start)

    async def ready() -> None:
        if workers.stopping:
            raise Unavailable("this instance is shutting down")
        if not prepared():
            raise Unavailable("this instance is still being prepared")
        await migrated()

    limits = Limits.of(
        store.budgets,
        person=settings.person_limit,
        organization=settings.organization_limit,
        writes=settings.writes_limit,
    )
    services = services_of(store, tokens, limits, ready)

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(database.close)
            stack.push_async_callback(tokens.aclose)
            lease = timedelta(seconds=settings.relay_lease_seconds)
            relay = Relay(store.outbox, log_notifier, lease)
            workers.add("relay", relay.step, idle=RELAY_IDLE, busy=RELAY_BUSY)
            former = [secret.encode() for secret in settings.audit_secrets_before]
            sealing = SealingService(store.trail, store.now, settings.audit_secret.encode(), former)
            workers.add("counting events", counting(store.outbox), idle=COUNTING_IDLE)
            workers.add("sealer", Sealer(sealing).step, idle=SEALING_IDLE)
            workers.add("looking ahead", Foresight(database).step, idle=LOOKING_AHEAD_IDLE)
            workers.add("tidying", TidyingService(store.rosters).step, idle=TIDYING_IDLE)
            workers.add("forgetting answers", store.answers.forget, idle=FORGETTING_IDLE)
            workers.add("forgetting budgets", store.budgets.forget, idle=FORGETTING_IDLE)
            if settings.sqs_queue_url is not None:
                try:
                    client = await stack.enter_async_context(sqs_client(settings.sqs_queue_url))
                except Explained as fault:
                    start.refuse(fault)
                    yield
                    return
                consumer = Consumer(
                    client,
                    settings.sqs_queue_url,
                    services.applicants,
                    ready=migrated,
                    long_poll=long_poll,
                )
                workers.add("consumer", consumer.step, idle=0)
            await stack.enter_async_context(workers)
            yield

    examples: dict[str, str] = {}
    app = Cors(PlainPaths(litestar(services, lifespan=[lifespan], examples=examples)), Origins(settings.cors_origins))
    return Instance(
        app=Access(app, Front(services), draining=lambda: workers.stopping),
        store=store,
        services=services,
        workers=workers,
        start=start,
        examples=examples,
    )


def counting(outbox: Outbox) -> Step:
    async def step() -> int:
        metrics.events_waiting(await outbox.waiting())
        return 0

    return step


def services_of(store: Store, tokens: Tokens, limits: Limits, ready: Callable[[], Awaitable[None]]) -> Services:
    known = CallerCache()
    place_claims = PlaceClaims(store.slots, store.rosters)
    holds = HoldService(store.bookings, store.rosters, place_claims)
    return Services(
        tokens=tokens,
        identity=IdentityService(store.logins, known),
        slots=SlotService(store.slots, store.rosters, store.policies, store.now, new_id),
        bookings=BookingService(store.bookings, store.rosters, holds, place_claims),
        holds=holds,
        waitlists=WaitlistService(store.waitlists, store.rosters, place_claims),
        policies=PolicyService(store.policies),
        applicants=ApplicantService(store.applicants, store.rosters, known),
        audit=AuditService(store.trail),
        answers=store.answers,
        limits=limits,
        ready=ready,
    )
