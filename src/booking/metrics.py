"""Metrics for Prometheus, on a port of their own."""

import asyncio
from collections import Counter as Counts
from functools import cache

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, multiprocess

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
_inbound = Counter("booking_inbound_messages", "Messages that came by HTTP, by sender.", ("sender", "outcome"))
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


def inbound(sender: str, outcome: str) -> None:
    _inbound.labels(sender, outcome).inc()


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
