"""Lists of an agency with very many bookings: the right rows or a refusal, and every row found by an index."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from booking.adapters.postgres.migrations import migrate
from booking.domain.choices import SlotChoice
from booking.domain.paging import Page, Paging, Total
from booking.domain.people.caller import Caller
from booking.domain.refusals import ListTooBroad
from tests.builders import Organization, claims, organization
from tests.chaos.figures import Figures
from tests.chaos.lists.agency import EACH_AGENT, fill
from tests.chaos.lists.cases import Case, cases, plain
from tests.chaos.lists.plans import NotingDatabase, rows_read, scanned
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

PAGES, LIMIT = 3, 20
MOST_OF = {"bookings": 1.5, "slots": 2.0}
"""Rows of each table for one that a list may read: a moment's rows are sorted together, and slots are joined twice."""


def listed(rounds: int, _folder: Path, server: Server) -> Figures:
    """A round is a booking."""
    bookings = max(1, rounds // EACH_AGENT) * EACH_AGENT
    figures = Figures(fault="lists of an agency of so many bookings, each found by an index", rounds=bookings)
    asyncio.run(_all(figures, server))
    return figures


async def _all(figures: Figures, server: Server) -> None:
    async with server.fresh("template0") as owner_url:
        url = await serving_url(owner_url)
        await migrate(owner_url, url)
        database = NotingDatabase(url)
        agency = organization(postgres_store(database))
        admin = await agency.admin()
        await fill(owner_url, agency.organization_id, figures.rounds)
        person = await agency.identity.identify(claims("person 0"), None)
        for case in cases(await agency.store.now()):
            rows = await as_owner(owner_url, plain(case), PAGES * LIMIT)
            database.asked.clear()
            shown = await _shown(agency, person if case.as_applicant else admin, case)
            wanted = None if case.broad else Shown([row["id"] for row in rows], case.total)
            if shown != wanted:
                figures.faults.append(f"{case.name}: not what a plain query finds")
            figures.faults += [f"{case.name}: {fault}" for fault in await _costs(case, database)]
            figures.acknowledged += len(shown.ids) if shown else 0
        await database.close()


class Shown(NamedTuple):
    ids: Sequence[UUID]
    total: Total | None


async def _shown(agency: Organization, caller: Caller, case: Case) -> Shown | None:
    """Return what some pages show; None where the list is refused as too broad."""
    ids: list[UUID] = []
    paging = Paging(after=None, limit=LIMIT)
    for _ in range(PAGES):
        try:
            page, total = await _page(agency, caller, case, paging)
        except ListTooBroad:
            return None
        ids += page.items
        if page.next is None:
            break
        paging = Paging(after=page.next, limit=LIMIT)
    return Shown(ids, total)


async def _page(agency: Organization, caller: Caller, case: Case, paging: Paging) -> tuple[Page[UUID], Total | None]:
    if isinstance(case.chosen, SlotChoice):
        slots = await agency.slots.list(caller, case.chosen, window=case.window, paging=paging)
        return Page(items=[view.slot.id for view in slots.items], next=slots.next), None
    found = await agency.bookings.list(caller, case.chosen, side=None, window=case.window, paging=paging)
    return Page(items=[view.context.booking.id for view in found.items], next=found.next), found.total


async def _costs(case: Case, database: NotingDatabase) -> Sequence[str]:
    """Return the large tables that a statement read without an index, or more of than it may."""
    faults = []
    for plan in await database.plans():
        read = rows_read(plan)
        faults += [f"{table} read without an index" for table in scanned(plan) if table in MOST_OF]
        faults += [
            f"{read[table]} {table} read for {case.most}"
            for table, each in MOST_OF.items()
            if read[table] > each * case.most
        ]
    return faults
