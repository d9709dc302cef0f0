"""What leaves the process by its log."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from booking import logs


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.mark.parametrize("format_", ["json", "console"])
def test_a_traceback_shows_no_variables(format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Personal data never reaches a log, not even by way of a library that logs an exception."""
    logs.configure("info", format_)
    notes = "call " + "me at home"

    def failing(written: str) -> None:
        raise ValueError(len(written))

    try:
        failing(notes)
    except ValueError:
        logging.getLogger("library").exception("it failed")
        structlog.get_logger("booking.test").exception("it failed")
    told = capsys.readouterr().err
    assert told.count("it failed") == 2
    assert "failing" in told
    assert "at home" not in told.replace('"call " + "me at home"', "")


async def test_lines_that_cannot_be_written_keep_none_of_the_next_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.BytesIO):
        broken = True

        def write(self, data: Any) -> int:
            if self.broken:
                raise BrokenPipeError
            return super().write(data)

    stream = Broken()
    monkeypatch.setattr(logs, "_straight", stream)
    logs.info("lost")
    with pytest.raises(BrokenPipeError):
        logs.flush()
    stream.broken = False
    await asyncio.sleep(0)
    logs.info("one")
    logs.info("two")
    assert stream.getvalue() == b""
    await asyncio.sleep(0)
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["one", "two"]
