"""Arguments of commands: their types, and one line about a wrong one."""

import argparse
import math
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

Choice = TypeVar("Choice", bound=StrEnum)

LONGEST_TOKEN = 87_600.0  # hours; ten years
LONGEST_EMAIL = 320  # characters, as the database keeps them
LONGEST_SUBJECT = 255
LARGEST_NUMBER = 2**63 - 1  # of the database's bigint
UNUSABLE = {"Cc", "Cs"}  # categories of characters: controls, and what stands for bytes that are no UTF-8


def text(given: str) -> str:
    """Return a text that is not blank, and holds no control character and no byte that is not UTF-8."""
    if not given.strip() or not UNUSABLE.isdisjoint(map(unicodedata.category, given)):
        raise argparse.ArgumentTypeError("must be a text, without control characters")
    return given


def email(given: str) -> str:
    if len(given) > LONGEST_EMAIL or not re.fullmatch(r"[^\s@]+@[^\s@]+", text(given)):
        raise argparse.ArgumentTypeError("must be an email address")
    return given


def subject(given: str) -> str:
    """Return a token's `sub`, which is refused where it is longer."""
    if len(text(given)) > LONGEST_SUBJECT:
        raise argparse.ArgumentTypeError(f"must have at most {LONGEST_SUBJECT} characters")
    return given


def one_of(kind: type[Choice]) -> Callable[[str], Choice]:
    """Return a reader of one of an enumeration's values."""

    def read(given: str) -> Choice:
        try:
            return kind(given)
        except ValueError:
            raise argparse.ArgumentTypeError(f"must be one of {', '.join(kind)}") from None

    return read


def url(given: str) -> str:
    """Return an address of a server that speaks HTTP."""
    try:
        parts = urlsplit(text(given))
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise argparse.ArgumentTypeError("must be an http:// or https:// URL")
    return given


def port(given: str) -> int:
    if not given.isascii() or not given.isdigit() or int(given[:6]) > 65_535:
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535")
    return int(given)


def lifetime(given: str) -> timedelta:
    """Return a number of hours as a duration."""
    try:
        hours = float(given)
    except ValueError:
        hours = math.nan
    if not 0 < hours <= LONGEST_TOKEN or hours * 3600 < 1:
        raise argparse.ArgumentTypeError(f"must be a number of hours above 0, at most {LONGEST_TOKEN:.0f}")
    return timedelta(hours=hours)


def instant(given: str) -> datetime:
    try:
        read = datetime.fromisoformat(given)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise argparse.ArgumentTypeError("must be a time of RFC 3339 with an offset, like 2026-05-04T10:00:00Z")
    return read


def seal(given: str) -> tuple[int, str]:
    """Return the number and the digest of a seal, as the log tells them."""
    number, _, digest = given.partition(":")
    try:
        read = int(number), bytes.fromhex(digest).hex()
    except ValueError:
        read = 0, ""
    if not 0 < read[0] <= LARGEST_NUMBER or not read[1]:
        raise argparse.ArgumentTypeError("must be SEAL:DIGEST, as the log tells it")
    return read
