"""Background jobs of the service: each capability names its own."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial

from booking.adapters.notifiers.aws import AwsNotifier
from booking.adapters.notifiers.log import LogNotifier
from booking.adapters.notifiers.notices import NoticeNotifier
from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.delivery.feed import PostgresHeads
from booking.adapters.postgres.delivery.inbound import PostgresInbound
from booking.adapters.postgres.delivery.outbox import PostgresOutbox
from booking.adapters.postgres.delivery.stream_tickets import PostgresTickets
from booking.adapters.postgres.delivery.webhook_deliveries import PostgresWebhookDeliveries
from booking.adapters.postgres.figures.cells import PostgresCells
from booking.adapters.postgres.migrations import require_current_schema
from booking.adapters.postgres.notices.deadlines import PostgresDeadlines
from booking.adapters.postgres.notices.freed_places import PostgresFreedPlaces
from booking.adapters.postgres.notices.phones import PostgresPhones
from booking.adapters.postgres.notices.queue import PostgresNoticeQueue
from booking.adapters.postgres.partitions import Foresight
from booking.adapters.postgres.planning.jobs import PostgresJobs
from booking.adapters.postgres.traces import PostgresTraces
from booking.adapters.postgres.visits.rosters.rosters import PostgresRosters
from booking.adapters.postgres.vitals import PostgresVitals
from booking.domain.delivery.delivery import Backlog
from booking.domain.notices.attempt import KEPT, NoticeEnd
from booking.domain.planning.job import JobKind
from booking.entrypoints.consumer import Consumer
from booking.entrypoints.jobs import Job, Once, Part
from booking.entrypoints.queue_depth import QueueDepth
from booking.entrypoints.relay import Relay
from booking.entrypoints.sealer import Sealer
from booking.metrics import catalogue
from booking.parts import Parts, for_admins
from booking.service.audit import SealingService
from booking.service.figures.cells import CellService
from booking.service.notices.freed_places import FreedPlaceService
from booking.service.notices.letters import Letters
from booking.service.notices.releases import ReleaseService
from booking.service.notices.sender import NoticeSender
from booking.service.planning.jobs import JobWorker
from booking.service.ports import Lease, Notifier
from booking.service.visits.expiry import TidyingService


def consumer(of: Parts) -> Iterable[Job]:
    if of.queue is not None:
        url, ready = of.settings.sqs_queue_url or "", partial(require_current_schema, of.database)
        consumer = Consumer(of.queue, url, of.applicants, of.properties, ready=ready, long_poll=of.long_poll)
        yield Job("consumer", consumer.step, idle=0, tells=(catalogue.oldest_message,), part=Part.CONSUMER)
        depth = QueueDepth(of.queue, url)
        yield Job(
            "counting messages",
            depth.step,
            idle=15.0,
            tells=(catalogue.queue_messages, catalogue.queue_dead),
            part=Part.CONSUMER,
        )


def forgetting_codes(of: Parts) -> Iterable[Once]:
    yield Once("forgetting codes", of(PostgresPhones).forget, idle=60.0)


def forgetting_messages(of: Parts) -> Iterable[Once]:
    yield Once("forgetting messages", of(PostgresInbound).forget, idle=60.0)


def forgetting_traces(of: Parts) -> Iterable[Once]:
    yield Once("forgetting traces", of(PostgresTraces).forget, idle=60.0)


def sealer(of: Parts) -> Iterable[Job | Once]:
    """Seal every 10 s: so long the newest events may be without a seal."""
    secret, *former = [one.encode() for one in (of.settings.audit_secret, *of.settings.audit_secrets_before)]
    sealing = SealingService(of(PostgresTrail), of.database.now, secret, former)
    trail = of(PostgresTrail)

    async def count() -> int:
        catalogue.seal_lag.set(await trail.lag())
        return 0

    yield Once("sealer", Sealer(sealing).step, idle=10.0, tells=(catalogue.breaches,), part=Part.RELAY)
    yield Job("counting seals", count, idle=15.0, tells=(catalogue.seal_lag,), part=Part.RELAY)
    yield Once("looking ahead", of(Foresight).step, idle=86_400.0, part=Part.RELAY)


def notifiers(of: Parts) -> Mapping[str, Notifier]:
    """Make the notifier of each kind of subscription."""
    found: dict[str, Notifier] = {
        "log": LogNotifier(),
        "webhook": of.webhook_notifier(of.settings.webhooks_in_flight),
    }
    if of.providers:
        found["notices"] = NoticeNotifier(of.notices)
    if of.settings.events_target is not None:
        # The operator's own, as the log is: told what an admin is.
        found["aws"] = AwsNotifier(of.aws, for_admins)
    return found


BACKLOG = (
    *(catalogue.subscriber_lag, catalogue.subscriber_age, catalogue.dead),
    *(catalogue.resting, catalogue.disabled),
)


def count_backlog(kind: str, state: Backlog) -> None:
    """Tell how far the subscriptions of a kind are behind."""
    catalogue.subscriber_lag.set(state.behind, kind)
    catalogue.subscriber_age.set(state.oldest.total_seconds(), kind)
    catalogue.dead.set(state.dead, kind)
    catalogue.resting.set(state.resting, kind)
    catalogue.disabled.set(state.disabled, kind)


def vitals(of: Parts) -> Iterable[Job]:
    """Look at the database every ten seconds: whether it answers, its version, its partitions, its standbys."""
    postgres = of(PostgresVitals)

    async def look() -> int:
        try:
            found = await postgres.look()
        except BaseException:
            catalogue.database_up.set(0)
            raise
        catalogue.database_up.set(1)
        catalogue.database_info.forget()
        catalogue.database_info.set(1, found.version)
        catalogue.partitions_end.set(found.partitions_end)
        if found.replication_lag is None:
            catalogue.replication_lag.forget()
        else:
            catalogue.replication_lag.set(found.replication_lag)
        return 0

    told = (catalogue.database_info, catalogue.partitions_end, catalogue.replication_lag)
    yield Job("looking at the database", look, idle=10.0, tells=told, part=None)


def forgetting_attempts(of: Parts) -> Iterable[Once]:
    yield Once("forgetting attempts", of(PostgresWebhookDeliveries).forget, idle=60.0)


def relay(of: Parts) -> Iterable[Job]:
    """Relay events. All that come within 0.05 s are handed on together."""
    outbox = of(PostgresOutbox)
    kinds = notifiers(of)
    relay = Relay(outbox, kinds, timedelta(seconds=of.settings.relay_lease_seconds), pause=0.05)

    async def count() -> int:
        catalogue.events_waiting.set(await outbox.waiting())
        backlogs = await outbox.backlogs()
        for kind in kinds:
            count_backlog(kind, backlogs.get(kind, Backlog()))
        return 0

    async def end() -> None:
        await relay.end()
        await of.aws.close()

    yield Job("relay", relay.step, idle=0.5, end=end, part=Part.RELAY)
    yield Job("counting events", count, idle=5.0, tells=(catalogue.events_waiting, *BACKLOG), part=Part.RELAY)


def figures(of: Parts) -> Iterable[Job | Once]:
    cells = of(PostgresCells)

    async def count() -> int:
        catalogue.figures_lag.set(await cells.lag())
        return 0

    yield Once("computing figures", CellService(cells).step, idle=0.5)
    yield Job("counting figures", count, idle=15.0, tells=(catalogue.figures_lag,))


def jobs(of: Parts) -> Iterable[Job | Once]:
    stored = of(PostgresJobs)

    async def count() -> int:
        for kind, due in (await stored.due()).items():
            catalogue.planning.set(due, kind)
        return 0

    yield Job("counting plans", count, idle=15.0, tells=(catalogue.planning,))
    steps = {
        JobKind.WITHDRAWAL: of.withdrawals.step,
        JobKind.ABSENCE: of.absences.step,
        JobKind.SCHEDULE_CHANGE: of.schedule_changes.step,
    }
    worker = JobWorker(stored, steps)
    yield Once("jobs", worker.step, idle=1.0)


def notices(of: Parts) -> Iterable[Job | Once]:
    """Plan notices and hand them over, half a second after they are due at the most.

    Both pause after each step, so that nobody who books waits for a rush of theirs: what comes due in 0.05 s is taken
    together, and its outcomes are noted together."""
    queue = of(PostgresNoticeQueue)
    yield Once("forgetting notices", partial(queue.forget, KEPT), idle=60.0)
    if not of.providers:
        return
    letters = Letters(of.words, of.phone_words, of.calendars)
    sender = NoticeSender(
        queue,
        letters,
        of.providers,
        count_notice,
        unsubscriptions=of.unsubscriptions,
        links=of.link_maker,
        paid_messages=of.paid_messages,
    )

    async def count() -> int:
        catalogue.oldest_notice.set(await queue.oldest())
        return 0

    async def alone(_: Lease) -> int:
        return await sender.step()

    if of.settings.limited:  # which counts in the process that sends
        yield Once("sending notices", alone, idle=0.5, busy=0.05, end=sender.end, apart=True)
    else:
        yield Job("sending notices", sender.step, idle=0.5, busy=0.05, end=sender.end, apart=True)
    yield Job("releasing visits", ReleaseService(of(PostgresDeadlines), of(PostgresRosters)).step, idle=1.0)
    freed_places = FreedPlaceService(of(PostgresFreedPlaces), tuple(of.providers))
    yield Once("telling of free places", freed_places.step, idle=1.0)
    yield Job("planning notices", of.notices.sweep, idle=5.0, busy=0.25, apart=True)
    yield Job("counting notices", count, idle=15.0, tells=(catalogue.oldest_notice,))


def count_notice(end: NoticeEnd) -> None:
    catalogue.notices.add(1, end.kind, end.channel, end.state)


def tidying(of: Parts) -> Iterable[Job]:
    """Tidy every second: so long a person on a waitlist may wait for an offer."""
    yield Job("tidying", TidyingService(of(PostgresRosters)).step, idle=1.0)


def streams(of: Parts) -> Iterable[Job | Once]:
    """Look for events ten times a second, and at the rights of readers every two seconds.

    Within five, a stream ends whose reader has another role."""
    heads, streams = of(PostgresHeads), of.streams

    async def end() -> None:
        await streams.drain()
        await heads.end()

    yield Job("watching the feed", streams.step, idle=0.1, busy=0.05, end=end, part=Part.HTTP)
    yield Job("checking readers", streams.check, idle=2.0, busy=2.0, part=Part.HTTP)
    yield Once("forgetting tickets", of(PostgresTickets).forget, idle=60.0)
