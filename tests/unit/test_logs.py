"""What leaves the process by its log."""

import asyncio
import io
import json
import logging
from typing import Any

import pytest
import structlog

from booking import logs


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


NASTY = "\x1b[31m\x9b31m\x07\r\n\t\x7f\x00\u202e\u200b\u2028\ud800"
ESCAPED = r"\x1b[31m\x9b31m\x07\r\n\t\x7f\x00\u202e\u200b\u2028\ud800"


class Named:
    def __repr__(self) -> str:
        return NASTY


@pytest.mark.parametrize("logger", ["ours", "straight", "a library's"])
def test_no_field_of_a_line_reaches_a_terminal_raw(logger: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Paths, names of loggers, messages of exceptions: who sends them must not move the cursor of who reads them."""
    logs.configure("info", "console")
    if logger == "ours":
        fields: dict[str, Any] = {NASTY: NASTY, "path": NASTY, "many": [NASTY, {NASTY: Named()}], "named": Named()}
        structlog.get_logger("booking").warning(NASTY, **fields)
    elif logger == "straight":
        logs.info(NASTY, path=f"/é{NASTY}")
    else:
        logging.getLogger("library").warning("%s", NASTY)
    (line,) = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert [char for char in line if not char.isprintable()] == []
    assert ESCAPED in line
    assert ("é" in line) == (logger == "straight")


def test_no_traceback_reaches_a_terminal_raw(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "console")
    try:
        raise ValueError(NASTY)
    except ValueError:
        logging.getLogger("library").exception("it failed")
        structlog.get_logger("booking").exception("it failed")
    told = capsys.readouterr().err
    assert [char for char in told if not (char.isprintable() or char == "\n")] == []
    assert told.count(r"ValueError: \x1b[31m\x9b31m") == 2


@pytest.mark.parametrize("path", ["/é" + NASTY.removesuffix("\ud800"), "/\x9b31m", "/\x7f"])
async def test_no_line_of_json_has_anything_that_a_terminal_obeys(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    monkeypatch.setattr(logs, "_straight", stream)
    logs.info("request", path=path)
    logs.flush()
    line = stream.getvalue().removesuffix(b"\n")
    assert [byte for byte in line if not 0x20 <= byte < 0x7F] == []
    assert json.loads(line)["path"] == path


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
