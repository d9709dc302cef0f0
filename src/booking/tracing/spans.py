"""Spans of sampled requests, made by hand. For all others they cost a look at a variable.

`begin` decides for a request or a message whether it is sampled, before anything is made. Within it `inside` makes a
span for a step. `current` is a tuple, since a statement serves several requests at once: it is a step of each of them.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias
from uuid import UUID

from booking.tracing.traceparent import TraceParent, read_traceparent


class Kind(Enum):
    """Kinds of spans, as OpenTelemetry names them."""

    SERVER = "server"
    CONSUMER = "consumer"
    CLIENT = "client"
    INTERNAL = "internal"


Told: TypeAlias = "str | int | bool | None"
"""Attributes of a span; None is left out."""


class Recording(Protocol):
    """Span of the library."""

    @property
    def place(self) -> TraceParent: ...

    def end(self, name: str, told: dict[str, str | int | bool], *, failed: bool) -> None: ...


class Recorder(Protocol):
    def start(self, name: str, kind: Kind, parent: TraceParent | None, *, remote: bool) -> Recording:
        """Start a span; a trace, where there is no parent."""


@dataclass(slots=True)
class Origin:
    """Beginning of a trace here. `request_id`: as its events have it. `kept`: organizations that have it kept."""

    place: TraceParent
    request_id: str | None = None
    kept: set[UUID] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Span:
    """Step that is recorded. It tells ids, states and counts: nothing that a person wrote, and nobody's name."""

    recording: Recording
    name: str
    origin: Origin
    told: dict[str, str | int | bool] = field(default_factory=dict)
    failed: bool = False

    @property
    def place(self) -> TraceParent:
        return self.recording.place

    def tell(self, told: Mapping[str, Told]) -> None:
        self.told |= {name: one for name, one in told.items() if one is not None}

    def end(self) -> None:
        self.recording.end(self.name, self.told, failed=self.failed)


_NOTHING: AbstractContextManager[tuple[Span, ...]] = nullcontext(())
_current: ContextVar[tuple[Span, ...]] = ContextVar("spans", default=())
_recorder: Recorder | None = None
_ratio = 0.0


def record(recorder: Recorder | None, ratio: float = 0.0) -> None:
    """Record from here on, or no more."""
    global _recorder, _ratio
    _recorder, _ratio = recorder, ratio


def on() -> bool:
    return _recorder is not None


def current() -> tuple[Span, ...]:
    """Return the spans under way of the requests that this is done for."""
    return _current.get()


def use(spans: Iterable[Span]) -> None:
    """Go on for these, until the end of the task or the next `use`."""
    _current.set(tuple(spans))


def rename(request_id: str) -> None:
    """Name the request as its events will: a message says its own name."""
    for span in _current.get():
        span.origin.request_id = request_id


def begin(name: str, kind: Kind, header: Callable[[], str | None], request_id: str | None = None) -> Span | None:
    """Begin the span of a request, if it is sampled: as its sender's is, or else by chance."""
    if _recorder is None:
        return None
    parent = read_traceparent(header())
    if not (parent and parent.sampled) and random.random() >= _ratio:  # noqa: S311 - chance, no secret
        return None
    return _begun(_recorder, name, kind, parent, request_id)


def follow(name: str, kind: Kind, parent: str | None) -> Span | None:
    """Begin a span of a trace that was kept, in this process or in another one."""
    found = read_traceparent(parent) if _recorder is not None else None
    return _begun(_recorder, name, kind, found, None) if _recorder and found else None


@contextmanager
def within(spans: "Iterable[Span | None]") -> Iterator[tuple[Span, ...]]:
    """Do something for these spans, which then end."""
    found = tuple(span for span in spans if span is not None)
    before = _current.set(found)
    try:
        yield found
    except BaseException:
        for span in found:
            span.failed = True
        raise
    finally:
        _current.reset(before)
        for span in found:
            span.end()


def inside(
    name: Callable[..., str] | str, *of: object, kind: Kind = Kind.CLIENT
) -> AbstractContextManager[tuple[Span, ...]]:
    """Do a step of sampled requests; for these alone `name` is called, with `of`."""
    over = _current.get()
    if not over or _recorder is None:
        return _NOTHING
    called = name if isinstance(name, str) else name(*of)
    return within([_child(_recorder, called, kind, one) for one in over])


def _begun(recorder: Recorder, name: str, kind: Kind, parent: TraceParent | None, request_id: str | None) -> Span:
    recording = recorder.start(name, kind, parent, remote=True)
    return Span(recording, name, Origin(recording.place, request_id))


def _child(recorder: Recorder, name: str, kind: Kind, over: Span) -> Span:
    return Span(recorder.start(name, kind, over.place, remote=False), name, over.origin)
