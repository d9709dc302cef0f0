"""Lifetime of the recorder: as long as an instance runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

from booking.faults import Explained
from booking.tracing import spans

TRACES = "/v1/traces"  # below a collector's address, as OTLP has it


class TracingMissing(Explained):
    """The packages that traces are sent with are not installed."""


def installed() -> bool:
    """Tell whether there are the packages that traces are sent with."""
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:  # not even a part of its name
        return False


def require_packages() -> None:
    """Raise TracingMissing where traces cannot be sent."""
    if not installed():
        raise TracingMissing("BOOKING_TRACE_URL is set, but OpenTelemetry is not installed: install booking[trace]")


@asynccontextmanager
async def recording(url: str | None, ratio: float) -> AsyncIterator[None]:
    """Send spans to a collector. Without one, no span is made, and nothing is imported."""
    if url is None:
        yield
        return
    from booking.tracing.sdk import sdk_of

    sdk = sdk_of(url.rstrip("/") + TRACES)
    spans.record(sdk, ratio)
    try:
        yield
    finally:
        spans.record(None)
        await asyncio.to_thread(sdk.close)
