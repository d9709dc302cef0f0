"""Settings of tracing: the collector, and the share of requests that are sampled by chance."""

from dataclasses import dataclass

from booking.config.variables import InvalidValue, Variables

RATIO = 0.01


class InvalidRatio(InvalidValue):
    """The text is no share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSettings:
    """`url` is of a collector that takes OTLP by HTTP; without one nothing is traced."""

    url: str | None = None
    ratio: float = RATIO


def trace_of(variables: Variables) -> TraceSettings:
    ratio = variables.one("BOOKING_TRACE_RATIO", _ratio)
    return TraceSettings(url=variables.url("BOOKING_TRACE_URL"), ratio=RATIO if ratio is None else ratio)


def _ratio(text: str) -> float:
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1.0
    if not 0 <= ratio <= 1:
        raise InvalidRatio("must be a number from 0 to 1")
    return ratio
