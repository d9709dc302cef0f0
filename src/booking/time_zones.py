"""Time zones: the names in the pinned `tzdata`, and their rules, the same on every host."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_DATA = files("tzdata")


@cache
def names() -> frozenset[str]:
    return frozenset(_DATA.joinpath("zones").read_text(encoding="ascii").split())


@cache
def version() -> str:
    """Return the version of the rules, such as "2026b"."""
    first, *_ = _DATA.joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8").partition("\n")
    return first.removeprefix("# version ")


@cache
def zone(name: str) -> ZoneInfo:
    """Return the rules of a known name; KeyError for any other."""
    if name not in names():
        raise KeyError(name)
    with _DATA.joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)
