"""What leaves the process by its log."""

import logging
from collections.abc import Iterator

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
