"""Statements that a list asks, and what their kept plans read."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Connection, Row
from booking.adapters.postgres.engine.statements import Statement, driven

KEPT = "SELECT name, parameter_types::text[] AS types FROM pg_prepared_statements WHERE statement = $1"


class NotingDatabase(Database):
    """A database that notes what it is asked."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked: list[tuple[str, Sequence[object]]] = []

    async def fetch(self, statement: Statement, *inputs: object) -> Sequence[Row]:
        self.asked.append(driven(statement, inputs))
        return await super().fetch(statement, *inputs)

    async def plans(self) -> Sequence[Mapping[str, Any]]:
        """Return the plans of what was asked since the last time, as they were carried out."""
        asked, self.asked = self.asked, []
        return [await self._pool.use(partial(_carried_out, text=text, inputs=inputs)) for text, inputs in asked]


async def _carried_out(line: Connection, text: str, inputs: Sequence[object]) -> Mapping[str, Any]:
    await line.fetch(text, *inputs)  # so that this session keeps its plan
    (kept,) = await line.fetch(KEPT, text)
    literals = [
        await line.fetchval(f"SELECT quote_nullable($1::{kind}::text)", value)
        for kind, value in zip(kept["types"], inputs, strict=True)
    ]
    given = f"({', '.join(literals)})" if literals else ""
    (plan,) = json.loads(await line.fetchval(f'EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE "{kept["name"]}"{given}'))
    found: Mapping[str, Any] = plan["Plan"]
    return found


def rows_read(plan: Mapping[str, Any]) -> Counter[str]:
    """Return how many rows were read of each table, those that a filter dropped included."""
    read: Counter[str] = Counter()
    for node in _nodes(plan):
        if "Relation Name" in node:
            each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            read[node["Relation Name"]] += round(each * node["Actual Loops"])
    return read


def scanned(plan: Mapping[str, Any]) -> list[str]:
    """Return the tables of which rows were read without the condition of an index."""
    return sorted(
        node["Relation Name"]
        for node in _nodes(plan)
        if "Relation Name" in node and node["Actual Loops"] and "organization_id" not in node.get("Index Cond", "")
    )


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for one in plan.get("Plans", ()):
        yield from _nodes(one)
