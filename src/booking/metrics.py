"""Metrics for Prometheus, on a port of their own."""

import asyncio
from collections import Counter as Counts
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, multiprocess

from booking.domain.delivery.delivery import Backlog
from booking.domain.notices.attempt import NoticeEnd
from booking.faults import Explained

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1, 2, 4, 8, 16, 32, 64)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_requests = Histogram(
    "booking_request_seconds",
    "Requests, by route, method and status, and how long they took.",
    ("route", "method", "status"),
    buckets=SECONDS,
)
_batches = Histogram(
    "booking_batch_size", "Questions or claims that went to the database together.", ("kind",), buckets=SIZES
)
_connections = Gauge(
    "booking_connections_in_use", "Connections to the database at work.", ("kind",), multiprocess_mode="livesum"
)
_streams = Gauge("booking_streams", "Streams that are open.", multiprocess_mode="livesum")
_events = Gauge("booking_events_waiting", "Events still to be handed on.", multiprocess_mode="mostrecent")
_behind = Gauge(
    "booking_subscriber_lag_events",
    "Events that a subscription has not heard, of the one of its kind that is furthest behind.",
    ("kind",),
    multiprocess_mode="mostrecent",
)
_unheard = Gauge(
    "booking_subscriber_lag_seconds",
    "Age of the oldest event that a subscription of its kind has not heard.",
    ("kind",),
    multiprocess_mode="mostrecent",
)
_dead = Gauge(
    "booking_deliveries_dead", "Events that were given up, for an operator.", ("kind",), multiprocess_mode="mostrecent"
)
_resting = Gauge(
    "booking_subscribers_resting",
    "Subscriptions that do not answer, and are asked with one event at a time.",
    ("kind",),
    multiprocess_mode="mostrecent",
)
_disabled = Gauge(
    "booking_subscribers_disabled", "Subscriptions that are disabled.", ("kind",), multiprocess_mode="mostrecent"
)
_attempts = Counter("booking_delivery_attempts", "Attempts to hand an event on, by kind.", ("kind", "outcome"))
_inbound = Counter("booking_inbound_messages", "Messages that came by HTTP, by sender.", ("sender", "outcome"))
_notices = Counter("booking_notices", "Notices that came into a state.", ("kind", "channel", "state"))
_oldest_notice = Gauge(
    "booking_oldest_notice_seconds",
    "How long ago the first of the notices that are to be sent was due; 0 where none is.",
    multiprocess_mode="mostrecent",
)
_figures = Gauge(
    "booking_figures_lag_seconds",
    "Age of the oldest event that figures were not computed by; 0 where there is none.",
    multiprocess_mode="mostrecent",
)
_planning = Gauge(
    "booking_planning_due",
    "Schedules whose horizon is due, calendars of agents that are due, and jobs under way.",
    ("kind",),
    multiprocess_mode="mostrecent",
)
_oldest = Gauge(
    "booking_oldest_message_seconds",
    "How long ago the oldest message of the last batch was sent; 0 after an empty one.",
    multiprocess_mode="mostrecent",
)


_seen: list[tuple[Histogram, float]] = []
_changes: Counts[str] = Counts()
_turning: asyncio.AbstractEventLoop | None = None


class MetricsAddressTaken(Explained):
    """The metrics' address cannot be listened on; says which."""


def serve(host: str, port: int, *, shared: bool) -> None:
    """On a thread, for as long as this process lives; MetricsAddressTaken."""
    from prometheus_client.exposition import start_http_server

    registry = REGISTRY
    if shared:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    try:
        start_http_server(port, host, registry)
    except OSError as error:
        raise MetricsAddressTaken(
            f"cannot serve metrics on {host}:{port} ({error.strerror or error}): choose another BOOKING_METRICS_PORT"
        ) from error


def request(route: str | None, method: str, status: int, seconds: float) -> None:
    """Count a request. `route` is a path of the contract; None, or an unknown method, counts as "other"."""
    _soon()
    _seen.append((_request(route or "other", method if method in METHODS else "other", status), seconds))


def batch(kind: str, size: int) -> None:
    _soon()
    _seen.append((_batch(kind), size))


def connection(kind: str, change: int) -> None:
    _soon()
    _changes[kind] += change


def streams(change: int) -> None:
    _streams.inc(change)


def events_waiting(count: int) -> None:
    _events.set(count)


def backlog(kind: str, state: Backlog) -> None:
    """Show how far the subscriptions of a kind are behind."""
    _behind.labels(kind).set(state.behind)
    _unheard.labels(kind).set(state.oldest.total_seconds())
    _dead.labels(kind).set(state.dead)
    _resting.labels(kind).set(state.resting)
    _disabled.labels(kind).set(state.disabled)


def attempts(kind: str, *, heard: int, failed: int) -> None:
    """Count attempts to hand events on."""
    _attempts.labels(kind, "heard").inc(heard)
    _attempts.labels(kind, "failed").inc(failed)


def inbound(sender: str, outcome: str) -> None:
    _inbound.labels(sender, outcome).inc()


def notice(end: NoticeEnd) -> None:
    _notices.labels(end.kind, end.channel, end.state).inc()


def oldest_notice(seconds: float) -> None:
    _oldest_notice.set(seconds)


def figures_lag(seconds: float) -> None:
    _figures.set(seconds)


def planning_due(kind: str, count: int) -> None:
    _planning.labels(kind).set(count)


def oldest_message(seconds: float) -> None:
    _oldest.set(seconds)


def _soon() -> None:
    global _turning
    if _turning is None or _turning.is_closed():  # which loop runs is dearer to ask: it costs a call into the system
        _turning = asyncio.get_running_loop()
        _turning.call_soon(_count)


def _count() -> None:
    global _turning
    _turning = None
    for histogram, value in _seen:
        histogram.observe(value)
    for kind, change in _changes.items():
        if change:
            _connection(kind).inc(change)
    _seen.clear()
    _changes.clear()


@cache
def _request(route: str, method: str, status: int) -> Histogram:
    return _requests.labels(route, method, str(status))


@cache
def _batch(kind: str) -> Histogram:
    return _batches.labels(kind)


@cache
def _connection(kind: str) -> Gauge:
    return _connections.labels(kind)
