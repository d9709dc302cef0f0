"""Queries for reading only: whoever asks gets what is theirs to see, and no query forgets whose that is."""

import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any
from uuid import UUID

import msgspec
import pytest

from booking.adapters.postgres import queries
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.queries.audit import PAGE
from booking.domain.audit import AuditFilter
from booking.domain.people.caller import Caller, Scope
from booking.domain.values import replace
from booking.entrypoints.http.routes.audit import AuditedEvent
from tests.builders import organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner

Query = Callable[..., Awaitable[Sequence[Any]]]

ASKED: Mapping[str, tuple[Sequence[Any], Mapping[str, Any], set[str]]] = {
    "audit.page": ([AuditedEvent, AuditFilter()], {"before": None, "limit": 100}, {"an admin", "both"}),
    "audit.arriving": (["a request"], {}, {"an admin", "both"}),
}
"""For each query how it is asked for as much as there is, and who sees anything then."""

OF_NOBODY = Caller(subject="nobody", email=None, agent=None, applicants=())
IDS = "SELECT organization_id, id FROM {}"
TABLES = ("agents", "applicants", "slots", "bookings", "waitlist", "events")


def found() -> Iterator[tuple[str, type, str]]:
    """Every public method of a class that a module of the package defines."""
    for module in pkgutil.iter_modules(queries.__path__):
        for _, one in inspect.getmembers(import_module(f"{queries.__name__}.{module.name}"), inspect.isclass):
            if one.__module__ == f"{queries.__name__}.{module.name}":
                for name, _ in inspect.getmembers(one, inspect.isfunction):
                    if not name.startswith("_"):
                        yield f"{module.name}.{name}", one, name


QUERIES = {name: (of, method) for name, of, method in found()}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_takes_the_scope_first(name: str) -> None:
    of, method = QUERIES[name]
    first, *_ = list(inspect.signature(getattr(of, method)).parameters.values())[1:]
    assert first.annotation is Scope


def test_each_query_is_known_here() -> None:
    assert QUERIES.keys() == ASKED.keys(), "say how it is asked, and who sees anything"


async def everybody(database: Database) -> dict[str, Caller]:
    """Two organizations with rows of all kinds, a caller of each kind: "both" is an admin here and a guest there."""
    store = postgres_store(database)
    here, there = organization(store), organization(store)
    callers = {"nobody": OF_NOBODY}
    for agency in (here, there):
        admin, member, applicant = await agency.admin(), await agency.agent(), await agency.applicant()
        taken, other = await agency.slots_of(member, 2)
        await agency.book(applicant, taken.id)
        await agency.book(await agency.applicant(), other.id)
        callers |= {"an admin": admin, "a member": member, "an applicant": applicant} if agency is here else {}
    guest = await there.applicant()
    callers["both"] = Caller(
        subject=guest.subject, email=guest.email, agent=callers["an admin"].agent, applicants=guest.applicants
    )
    while await store.outbox.place(100):
        pass
    for agency in (here, there):
        await agency.slot(replace(await agency.agent(), request_id="a request"))
    return callers


@pytest.mark.parametrize("name", QUERIES)
async def test_everybody_gets_what_is_theirs_to_see_and_nothing_else(
    database: Database, owner_url: str, name: str
) -> None:
    callers = await everybody(database)
    of, method = QUERIES[name]
    query: Query = getattr(of(database), method)
    asked, named, seen_by = ASKED[name]
    owners: dict[str, UUID] = {}
    for table in TABLES:
        owners |= {str(row["id"]): row["organization_id"] for row in await as_owner(owner_url, IDS.format(table))}
    seeing = set()
    for who, caller in callers.items():
        rows = msgspec.to_builtins(await query(caller.scope, *asked, **named))
        scope = caller.scope
        theirs = {scope.organization_id, *(organization_id for organization_id, _ in scope.applicants)}
        assert {owners[value] for value in _values(rows) if value in owners} <= theirs, who
        if rows:
            seeing.add(who)
    assert seeing == seen_by


async def test_a_page_of_the_audit_is_read_in_its_order_however_long_the_record(database: Database) -> None:
    """By the index of each partition, and nothing is sorted."""
    query, *_ = PAGE.given(
        **dict.fromkeys(("type", "subject", "booking_id", "applicant_id", "slot_id", "request_id", "since", "until")),
        administered=OF_NOBODY,
        before=1,
        most=1,
    )
    text = query.sql
    for number, value in enumerate((f"'{UUID(int=1)}'::uuid", "1000", "50"), 1):
        text = text.replace(f"${number}", value)
    plan = "\n".join(row[0] for row in await database.fetch("EXPLAIN " + text))
    assert "Merge Append" in plan
    assert "_of_organization on " in plan
    assert "Sort\n" not in plan


def _values(shown: Any) -> Iterator[str]:
    match shown:
        case dict():
            for value in shown.values():
                yield from _values(value)
        case list():
            for value in shown:
                yield from _values(value)
        case str():
            yield shown
