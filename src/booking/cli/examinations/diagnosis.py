"""Diagnoses of the doctor."""

from typing import NamedTuple


class Diagnosis(NamedTuple):
    """A diagnosis, and the advice that follows from it, if any.

    A `fault` keeps the service from its work, or will.
    """

    about: str
    says: str
    advice: str = ""
    fault: bool = False
