"""Waitlists in PostgreSQL: showing who waits. Every change of one is its slot's roster's matter."""

from collections.abc import Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.people.rows import applicant_from, keys_of, names_from
from booking.adapters.postgres.rows import page_from, page_inputs
from booking.adapters.postgres.visits.rows import entry_from
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Window
from booking.domain.people.applicant import Applicant
from booking.domain.visits.refusals import WaitlistEntryNotFound
from booking.domain.visits.waitlist import EntryStatus, EntryView

MOST_IN_VAIN = 50  # slots that a look settles; others are soon

OF_PERSON = sql.query("waitlists", "of_person", ("organization_ids", "applicant_ids", "id"))
OF_AGENCY = sql.composed("waitlists", "of_agency")
OF_APPLICANTS = sql.composed("waitlists", "of_applicants")
IN_VAIN_OF_AGENCY = sql.composed("waitlists", "in_vain_of_agency")
IN_VAIN_OF_APPLICANTS = sql.composed("waitlists", "in_vain_of_applicants")


class PostgresWaitlists:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, entry_id: UUID, applicants: Sequence[Applicant]) -> EntryView:
        rows = await self._database.fetch(OF_PERSON, *keys_of(applicants).values(), entry_id)
        if not rows:
            raise WaitlistEntryNotFound
        return view_from(rows[0], with_applicant=False)

    async def in_vain(
        self,
        organization_ids: Sequence[UUID],
        *,
        agent_id: UUID | None = None,
        applicants: Sequence[Applicant] | None = None,
        slot_id: UUID | None = None,
    ) -> Sequence[Key]:
        if applicants is None:
            (agency,) = organization_ids
            asked = IN_VAIN_OF_AGENCY.given(
                organization_id=agency, agent_id=agent_id, slot_id=slot_id, most=MOST_IN_VAIN
            )
        else:
            theirs = keys_of(one for one in applicants if one.organization_id in organization_ids)
            asked = IN_VAIN_OF_APPLICANTS.given(**theirs, slot_id=slot_id, most=MOST_IN_VAIN)
        return [(row.organization_id, row.slot_id) for row in await self._database.fetch(*asked)]

    async def of_agency(
        self,
        organization_id: UUID,
        *,
        agent_id: UUID | None,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]:
        rows = await self._database.fetch(
            *OF_AGENCY.given(
                organization_id=organization_id,
                agent_id=agent_id,
                slot_id=slot_id,
                statuses=statuses,
                **page_inputs(Window(), paging),
            )
        )
        return page_from(rows, paging, lambda row: view_from(row, with_applicant=True))

    async def of_applicants(
        self,
        applicants: Sequence[Applicant],
        *,
        slot_id: UUID | None,
        statuses: Sequence[EntryStatus],
        paging: Paging,
    ) -> Page[EntryView]:
        rows = await self._database.fetch(
            *OF_APPLICANTS.given(
                **keys_of(applicants), slot_id=slot_id, statuses=statuses, **page_inputs(Window(), paging)
            )
        )
        return page_from(rows, paging, lambda row: view_from(row, with_applicant=False))


def view_from(row: Row, *, with_applicant: bool) -> EntryView:
    return EntryView(
        entry=entry_from(row),
        position=row.position,
        property_id=row.property_id,
        agent_id=row.agent_id,
        names=names_from(row),
        start_time=row.start_time,
        end_time=row.end_time,
        offer_ends=row.offer_ends,
        applicant=applicant_from(row) if with_applicant else None,
    )
