"""Every statement that the service keeps: of SQL files, in each of their shapes, or compiled once."""

import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from booking.adapters import postgres
from booking.adapters.postgres.engine.sql_files import Composed, Query
from booking.adapters.postgres.engine.statements import Prepared
from booking.adapters.postgres.people import agents
from booking.adapters.postgres.tables import metadata


def statements() -> Iterator[Query | Prepared]:
    """Composed ones bare, with each of their optional lines, and with all of them."""
    for module in pkgutil.walk_packages(postgres.__path__, f"{postgres.__name__}."):
        for one in vars(import_module(module.name)).values():
            if isinstance(one, Query | Prepared):
                yield one
            elif isinstance(one, Composed):
                for chosen in ((), tuple(one.known), *((name,) for name in one.known)):
                    inputs: dict[str, object] = {name: True if name in chosen else None for name in one.known}
                    query = one.given(**inputs)[0]
                    assert isinstance(query, Query)
                    yield query


TABLES = "|".join(metadata.tables)
INSERT = re.compile(r"INSERT INTO \w+[^()]*(?:\([^()]*\))?\s*SELECT\b")
BREACHES = {
    "a whole row as a value": re.compile(rf"NULL(?: AS |::)(?:{TABLES})\b|SELECT (?:{TABLES}) AS\b"),
    "an advisory lock or a sequence": re.compile(r"advisory|nextval"),
    "a function in DO UPDATE SET": re.compile(r"DO UPDATE\s+SET(?:(?!\bWHERE\b|\bRETURNING\b).)*\w\(", re.DOTALL),
}


EXCEPTIONS = {agents.ONE_PROVISIONING.sql}
"""An operator's command may wait for another one on the node that both are sent to."""


@cache
def breaches(text: str) -> list[str]:
    """Return what of a statement a distributed engine does not take, as far as its text tells (ADR 48)."""
    found = [rule for rule, pattern in BREACHES.items() if pattern.search(text)]
    if any(not re.search(r"\bFROM\b", _to_its_end(text[one.end() :])) for one in INSERT.finditer(text)):
        found.append("INSERT … SELECT without FROM")
    return found


def _to_its_end(text: str) -> str:
    """Cut what follows the bracket in which a query stands."""
    depth = 0
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            return text[:place]
    return text
