"""Logging: one structured line an event, to standard error, JSON for machines or plain for a terminal.

Lines carry ids and states; names, emails, notes, bodies and tokens are never passed to a logger, and tracebacks show no
variables, where all of these are.
"""

import logging
import sys
from datetime import UTC, datetime
from typing import BinaryIO

import msgspec

# structlog would import all of rich, for tracebacks that we print plain: 80 ms of each start, and 4 MB.
_absent = sys.modules.setdefault("rich", None) is None  # type: ignore[arg-type]
import structlog  # noqa: E402

if _absent:
    del sys.modules["rich"]

_straight: BinaryIO | None = None


def info(event: str, /, **fields: object) -> None:
    """A line for each request and each event: the same as a logger's, straight to the stream."""
    if _straight is None:
        structlog.get_logger("booking").info(event, **fields)
        return
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    _straight.write(msgspec.json.encode(fields | {"event": event, "level": "info", "timestamp": at}) + b"\n")
    _straight.flush()


def configure(level: str, format: str) -> None:
    """Libraries' own loggers say only warnings and worse, in the same form."""
    global _straight
    told = logging.getLevelNamesMapping()[level.upper()] <= logging.INFO
    _straight = sys.stderr.buffer if told and format == "json" else None
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: list[structlog.typing.Processor] = (
        [
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ]
        if format == "json"
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("booking").setLevel(level.upper())
