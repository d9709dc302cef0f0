"""Metrics as Prometheus asks for them, on a port of their own (ADR 20)."""

import platform
from collections.abc import Iterable
from importlib.metadata import version
from math import isnan

from prometheus_client import REGISTRY, CollectorRegistry, Metric, multiprocess
from prometheus_client.registry import Collector

from booking.faults import Explained
from booking.metrics import catalogue


class MetricsAddressTaken(Explained):
    """The metrics' address cannot be listened on; says which."""


class Known(Collector):
    """Collector of all that is known: a level that has gone away is not a number, and is left out."""

    def __init__(self, all_metrics: Collector) -> None:
        self._all = all_metrics

    def collect(self) -> Iterable[Metric]:
        for metric in self._all.collect():
            metric.samples = [sample for sample in metric.samples if not isnan(sample.value)]
            yield metric


def serve(host: str, port: int, *, shared: bool) -> None:
    """On a thread, for as long as this process lives; MetricsAddressTaken. `shared`: of several processes."""
    from prometheus_client.exposition import start_http_server

    catalogue.build.set(1, version("booking"), platform.python_version())
    registry = CollectorRegistry()
    registry.register(Known(multiprocess.MultiProcessCollector(None) if shared else REGISTRY))  # type: ignore[no-untyped-call]
    try:
        start_http_server(port, host, registry)
    except OSError as error:
        raise MetricsAddressTaken(
            f"cannot serve metrics on {host}:{port} ({error.strerror or error}): choose another BOOKING_METRICS_PORT"
        ) from error
