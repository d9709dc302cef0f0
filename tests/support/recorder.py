"""A recorder of spans that keeps them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from booking.tracing import spans
from booking.tracing.spans import Kind
from booking.tracing.traceparent import TraceParent


@dataclass
class Kept:
    place: TraceParent
    parent: TraceParent | None
    name: str
    told: dict[str, str | int | bool] = field(default_factory=dict)
    failed: bool | None = None
    """None until its end."""

    def end(self, name: str, told: dict[str, str | int | bool], *, failed: bool) -> None:
        self.name, self.told, self.failed = name, told, failed


class Recorder:
    def __init__(self) -> None:
        self.spans: list[Kept] = []

    def start(self, name: str, kind: Kind, parent: TraceParent | None, *, remote: bool) -> Kept:
        number = len(self.spans) + 1
        self.spans.append(Kept(TraceParent(parent.trace_id if parent else number, number), parent, name))
        return self.spans[-1]


@contextmanager
def recorded(ratio: float) -> Iterator[list[Kept]]:
    recorder = Recorder()
    spans.record(recorder, ratio)
    try:
        yield recorder.spans
    finally:
        spans.record(None)
