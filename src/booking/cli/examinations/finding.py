"""Findings of the doctor."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What was found about something, and what to do about it, if anything.

    A `fault` keeps the service from its work, or will.
    """

    about: str
    says: str
    advice: str = ""
    fault: bool = False
