"""Instruments of the catalogue: prometheus-client's, each with the words that the docs have of it (ADR 20)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any, Generic, Literal, TypeVar

from prometheus_client import Counter as RawCounter
from prometheus_client import Gauge as RawGauge
from prometheus_client import Histogram as RawHistogram

Summed = Literal["livesum", "livemax", "mostrecent"]
"""How a gauge of several processes is one: the sum or the greatest of those that live, or what was set last."""

T = TypeVar("T", RawCounter, RawGauge, RawHistogram)


@dataclass(frozen=True, slots=True)
class Entry:
    """An instrument in the docs, by the name that Prometheus has."""

    name: str
    kind: str
    labels: Sequence[str]
    says: str


CATALOGUE: dict[str, Entry] = {}
"""All instruments, by their names."""


@dataclass(slots=True, eq=False)
class _Instrument(Generic[T]):
    raw: T
    _children: dict[tuple[str, ...], T] = field(default_factory=dict)

    def of(self, *labels: str) -> T:
        """Return the child of these labels; kept, for it is dear to find."""
        found = self._children.get(labels)
        if found is None:
            found = self._children[labels] = self.raw.labels(*labels) if labels else self.raw
        return found


class Counter(_Instrument[RawCounter]):
    """Something that happens, since the processes began."""

    def add(self, count: float = 1, *labels: str) -> None:
        if count:
            self.of(*labels).inc(count)


class Histogram(_Instrument[RawHistogram]):
    """Sizes of something that happens."""

    def observe(self, value: float, *labels: str) -> None:
        self.of(*labels).observe(value)


class Level(_Instrument[RawGauge]):
    """How much there is of something now. It goes away where that is not known, and does not keep its last value."""

    def set(self, value: float, *labels: str) -> None:
        self.of(*labels).set(value)

    def change(self, by: float, *labels: str) -> None:
        self.of(*labels).inc(by)

    def forget(self) -> None:
        """Let it go away, under all labels: `exposition.py` leaves out everything that is not a number."""
        for one in self._children.values():
            one.set(nan)


def counter(name: str, says: str, *labels: str) -> Counter:
    return Counter(_made(RawCounter, f"{name}_total", "counter", says, labels))


def histogram(name: str, says: str, *labels: str, buckets: Sequence[float]) -> Histogram:
    return Histogram(_made(RawHistogram, name, "histogram", says, labels, buckets=buckets))


def level(name: str, says: str, *labels: str, of_all: Summed = "mostrecent") -> Level:
    return Level(_made(RawGauge, name, "gauge", says, labels, multiprocess_mode=of_all))


def _made(raw: type[T], name: str, kind: str, says: str, labels: Sequence[str], **more: Any) -> T:
    CATALOGUE[name] = Entry(name, kind, labels, says)
    return raw(name, says, labels, **more)
