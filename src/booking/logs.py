"""Logging: one structured line an event, to standard error, JSON for machines or plain for a terminal.

Lines carry ids and states; names, emails, notes, bodies and tokens are never passed to a logger, and tracebacks show no
variables, where all of these are.
"""

import asyncio
import io
import json
import logging
import os
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, BinaryIO, TextIO

import msgspec
import structlog

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request whose task this is: in each line."""

_straight: BinaryIO | None = None
_lines: list[bytes] = []
_encode = msgspec.json.Encoder().encode


def info(event: str, /, **fields: object) -> None:
    """Log a request or an event, straight to the stream, together with lines of the same turn of the loop."""
    if _straight is None:
        structlog.get_logger("booking").info(event, **fields)
        return
    fields |= {"event": event, "level": "info", "timestamp": datetime.now(UTC)}
    if not _lines:
        asyncio.get_running_loop().call_soon(flush)
    line = _encode(fields)
    if not line.isascii() or b"\x7f" in line:  # terminals obey some of them, and JSON has a way to write them all
        line = json.dumps(msgspec.json.decode(line)).replace("\x7f", "\\u007f").encode()
    _lines.append(line + b"\n")


def debug(event: str, /, **fields: object) -> None:
    """Log at the level of debug."""
    structlog.get_logger("booking").debug(event, **fields)


def flush() -> None:
    """Write the collected lines; called once more after the loop. A failed write is dropped."""
    written = b"".join(_lines)
    _lines.clear()
    if written and _straight is not None:
        _straight.write(written)
        _straight.flush()


def _of_the_request(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (named := request_id.get()) is not None:
        line.setdefault("request_id", named)
    return line


def printable(text: str, besides: str = "") -> str:
    """Escape characters that a terminal obeys or hides: controls, bidirectional marks, line separators, lone
    surrogates.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in besides else char.encode("unicode_escape").decode() for char in text
    )


def _as_printable(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Every field of a line for people; tracebacks keep their lines."""
    return {printable(str(name)): _field(name, value) for name, value in line.items()}


def _field(name: str, value: Any) -> Any:
    if name == "exc_info" or value is None or isinstance(value, bool | int | float):
        return value
    return printable(value if isinstance(value, str) else repr(value), "\n" if name in ("exception", "stack") else "")


def _traceback(stream: TextIO, exc_info: Any) -> None:
    written = io.StringIO()
    structlog.dev.plain_traceback(written, exc_info)
    stream.write(printable(written.getvalue(), "\n"))


def _colours(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")


def configure(level: str, format: str, stream: TextIO | None = None) -> None:
    """Libraries' own loggers say only warnings and worse, in the same form. `stream`: standard error unless given."""
    global _straight
    stream = stream or sys.stderr
    shown = logging.getLevelNamesMapping()[level.upper()] <= logging.INFO
    flush()
    _straight = stream.buffer if shown and format == "json" else None
    shared: list[structlog.typing.Processor] = [
        _of_the_request,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: list[structlog.typing.Processor] = (
        [
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ]
        if format == "json"
        else [_as_printable, structlog.dev.ConsoleRenderer(colors=_colours(stream), exception_formatter=_traceback)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("booking").setLevel(level.upper())
