"""Time zones: the names in the pinned `tzdata`, and their rules, the same on every host."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_DATA = files("tzdata")


@cache
def names() -> frozenset[str]:
    return frozenset(_DATA.joinpath("zones").read_text(encoding="ascii").split())


@cache
def zone(name: str) -> ZoneInfo:
    """Return the rules of a known name; KeyError for any other."""
    if name not in names():
        raise KeyError(name)
    with _DATA.joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)
