"""OpenTelemetry's SDK as the recorder: nothing else imports it, and this only where traces are sent somewhere."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from booking.tracing.spans import Kind
from booking.tracing.traceparent import TraceParent

PATIENCE = 2.0  # seconds for the collector to take a batch; at the end of a drain it is waited for
SAMPLED = trace.TraceFlags(trace.TraceFlags.SAMPLED)
KINDS = {
    Kind.SERVER: trace.SpanKind.SERVER,
    Kind.CONSUMER: trace.SpanKind.CONSUMER,
    Kind.CLIENT: trace.SpanKind.CLIENT,
    Kind.INTERNAL: trace.SpanKind.INTERNAL,
}

log = structlog.get_logger("booking.tracing")


class Collector(SpanExporter):
    """The collector. Whether it takes spans is logged when that changes; others are dropped.

    At the `end` nothing more is sent once it has not taken some: nobody waits for one that is down."""

    def __init__(self, url: str) -> None:
        self._exporter = OTLPSpanExporter(endpoint=url, timeout=PATIENCE)
        self._takes = True
        self._ends = False

    def end(self) -> None:
        self._ends = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self._ends and not self._takes:
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        takes = result is SpanExportResult.SUCCESS
        if takes != self._takes:
            self._takes = takes
            (log.info if takes else log.warning)("traces are taken" if takes else "traces are not taken")
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


@dataclass(slots=True)
class SdkSpan:
    span: trace.Span

    @property
    def place(self) -> TraceParent:
        context = self.span.get_span_context()
        return TraceParent(context.trace_id, context.span_id)

    def end(self, name: str, told: dict[str, str | int | bool], *, failed: bool) -> None:
        self.span.update_name(name)
        self.span.set_attributes(told)
        if failed:
            self.span.set_status(trace.StatusCode.ERROR)  # without words: an error's may be personal
        self.span.end()


class Sdk:
    """Recorder of every span that is started: the decision came before."""

    def __init__(self, collector: Collector) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # `Collector` tells what goes wrong, once
        resource = Resource.create({"service.name": "booking", "service.version": version("booking")})
        self._collector = collector
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(collector))
        self._tracer = self._provider.get_tracer("booking", version("booking"))

    def start(self, name: str, kind: Kind, parent: TraceParent | None, *, remote: bool) -> SdkSpan:
        over = trace.INVALID_SPAN
        if parent is not None:
            place = trace.SpanContext(parent.trace_id, parent.span_id, is_remote=remote, trace_flags=SAMPLED)
            over = trace.NonRecordingSpan(place)
        context = trace.set_span_in_context(over, _NOWHERE)
        return SdkSpan(self._tracer.start_span(name, context, KINDS[kind]))

    def close(self) -> None:
        """Send the rest, on the caller's thread."""
        self._collector.end()
        self._provider.shutdown()


_NOWHERE = trace.set_span_in_context(trace.INVALID_SPAN)


def sdk_of(url: str) -> Sdk:
    return Sdk(Collector(url))
