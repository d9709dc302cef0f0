"""Composition root: wires one process of the service. Called by `cli`; the parts are in capabilities.py."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from booking.adapters.ciphers import Ciphers
from booking.adapters.postgres.delivery.events_target import PostgresEventsTarget
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import MOST
from booking.adapters.postgres.idempotency import PostgresAnswers
from booking.adapters.postgres.leases import PostgresLeases
from booking.adapters.postgres.migrations import require_current_schema
from booking.adapters.postgres.notices.notices import PostgresNotices
from booking.adapters.postgres.people.names import PostgresDirectory
from booking.adapters.postgres.privileges import require_least_privilege
from booking.adapters.postgres.rate_limits import PostgresBudgets
from booking.adapters.pseudonyms import Pseudonyms
from booking.adapters.tokens.verification import tokens_for
from booking.capabilities import ROUTES, jobs_of, services_of
from booking.config import Settings
from booking.config.mail_provider import MailSettings, Ses
from booking.config.origins import Origins
from booking.config.phone_providers import PhoneSettings
from booking.domain.people.contact import Channel
from booking.domain.refusals import Unavailable
from booking.entrypoints.http.app import litestar
from booking.entrypoints.http.cors import Cors
from booking.entrypoints.http.paths import PlainPaths
from booking.entrypoints.http.pipeline.access import Access
from booking.entrypoints.http.pipeline.hot import Hot
from booking.entrypoints.http.pipeline.steps import Pipeline
from booking.entrypoints.http.web.assets import Assets, built_folder
from booking.entrypoints.http.web.page import WebPage
from booking.entrypoints.jobs import Workers
from booking.entrypoints.sqs import LONG_POLL, sqs_client
from booking.entrypoints.start import Start
from booking.faults import Explained
from booking.metrics import catalogue
from booking.parts import Parts
from booking.service.notices.provider import Provider
from booking.service.ports import Clock
from booking.service.rate_limits import Limits
from booking.tracing.lifetime import recording, require_packages

if TYPE_CHECKING:
    from booking.adapters.mail.ses import SesMailer
    from booking.adapters.mail.smtp import SmtpMailer
    from booking.adapters.phones.sns import SnsMessages
    from booking.adapters.phones.whatsapp import WhatsApp


@dataclass(frozen=True, slots=True)
class Instance:
    """Process of the service, wired."""

    app: Access
    services: Mapping[str, Any]
    now: Clock
    ready: Callable[[], Awaitable[None]]
    workers: Workers
    start: Start
    running: Callable[[], AbstractAsyncContextManager[None]]
    """Connections and background jobs, until the end of the block: entered by the lifespan of `app`."""
    examples: dict[str, str]
    """Values for the examples of the documentation; none but the demo's."""

    def drain(self) -> None:
        """Turn away new traffic by readiness, and let the background jobs finish the step in flight."""
        self.workers.stop()


def build(
    settings: Settings,
    *,
    long_poll: int = LONG_POLL,
    least_privilege: bool = True,
    loopback: bool = False,
    prepared: Callable[[], bool] = lambda: True,
    providers: Mapping[Channel, Provider[Any]] | None = None,
    page: WebPage | None = None,
) -> Instance:
    """Wire everything and run nothing: the application's lifespan starts the background jobs and ends them.

    It is not ready before it is `prepared`. With `loopback`, webhooks reach this machine by http. `providers`:
    instead of those that are configured. `page`: instead of the one that was built.
    """
    if settings.trace.url is not None:
        require_packages()
    database = Database(settings.database_url, plans=settings.plans)
    ciphers = Ciphers(settings.secrets_key, settings.secrets_keys_before)
    own = providers_of(settings) if providers is None else {}
    parts = Parts(
        database=database,
        settings=settings,
        long_poll=long_poll,
        ciphers=ciphers,
        inbound=settings.inbound,
        links=settings.links,
        loopback=loopback,
        paid_messages=settings.phones.cap,
        providers=own if providers is None else providers,
    )
    tokens = tokens_for(settings.auth)

    async def migrated() -> None:
        await require_current_schema(database)

    async def begun() -> None:
        await database.require_tracking()
        await migrated()

    async def fit() -> None:
        if least_privilege:
            await require_least_privilege(database)
        target = settings.events_target
        await parts(PostgresEventsTarget).follow(target.arn if target else None)
        await parts(PostgresNotices).follow(tuple(parts.providers))

    start = Start(begun, fit)
    workers = Workers(start, parts(PostgresLeases))

    async def ready() -> None:
        if workers.stopping:
            raise Unavailable("this instance is shutting down")
        if not prepared():
            raise Unavailable("this instance is still being prepared")
        await migrated()

    limits = Limits.of(
        parts(PostgresBudgets),
        person=settings.person_limit,
        organization=settings.organization_limit,
        writes=settings.writes_limit,
    )
    services = services_of(parts)
    pipeline = Pipeline(
        tokens,
        services["identity"],
        limits,
        parts(PostgresAnswers),
        parts(PostgresDirectory),
        services["tickets"],
        ciphers.answers,
    )

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            catalogue.pool_limit.set(MOST)
            await stack.enter_async_context(recording(settings.trace.url, settings.trace.ratio))
            stack.push_async_callback(database.close)
            stack.push_async_callback(tokens.aclose)
            for provider in own.values():
                stack.push_async_callback(provider.aclose)
            if settings.sqs_queue_url is not None:
                try:
                    parts.queue = await stack.enter_async_context(sqs_client(settings.sqs_queue_url))
                except Explained as fault:
                    start.refuse(fault)
                    yield
                    return
            for job in jobs_of(parts):
                workers.add(job)
            await stack.enter_async_context(workers)
            yield

    examples: dict[str, str] = {}
    page = page or WebPage(Assets(built_folder()), settings.web)
    api = litestar(ROUTES, services, pipeline, ready, page, lifespan=[lambda _: running()], examples=examples)
    plain = Cors(PlainPaths(api), Origins(settings.cors_origins))
    return Instance(
        app=Access(plain, Hot(api), Pseudonyms(settings.audit_secret).of),
        services=services,
        now=database.now,
        ready=ready,
        workers=workers,
        start=start,
        running=running,
        examples=examples,
    )


def providers_of(settings: Settings) -> "Mapping[Channel, SmtpMailer | SesMailer | SnsMessages | WhatsApp]":
    """Return the providers that are configured."""
    mailer = mailer_of(settings.mail)
    return {**({} if mailer is None else {Channel.EMAIL: mailer}), **phone_providers_of(settings.phones)}


def phone_providers_of(settings: PhoneSettings) -> "Mapping[Channel, SnsMessages | WhatsApp]":
    """Return the providers to phones that are configured."""
    found: dict[Channel, Any] = {}
    if settings.sms is not None:
        from booking.adapters.phones.sns import SnsMessages  # botocore, which no other start needs

        found[Channel.SMS] = SnsMessages(settings.sms)
    if settings.whatsapp is not None:
        from booking.adapters.phones.whatsapp import WhatsApp

        found[Channel.WHATSAPP] = WhatsApp(settings.whatsapp)
    return found


def mailer_of(settings: MailSettings | None) -> "SmtpMailer | SesMailer | None":
    """Return the mailer that is configured, None where none is."""
    if settings is None:
        return None
    if isinstance(settings.server, Ses):
        from booking.adapters.mail.ses import SesMailer  # botocore, likewise

        return SesMailer(settings, settings.server)
    from booking.adapters.mail.smtp import SmtpMailer  # aiosmtplib, which no other start needs

    return SmtpMailer(settings, settings.server)
