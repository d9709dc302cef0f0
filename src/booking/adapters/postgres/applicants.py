"""Applicants in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.people import APPLICANT, applicant_from, lets_in
from booking.adapters.postgres.screenings import Screenings
from booking.adapters.postgres.tables import agents, answers, applicants, booking_now, bookings, former_logins
from booking.domain import events
from booking.domain.applicant import Applicant, Screening, folded
from booking.domain.booking import SCREENING_CHANGED
from booking.domain.events import Actor
from booking.domain.paging import EPOCH, Page, Paging, Position
from booking.domain.refusals import ApplicantNotFound
from booking.service.retrying import retry_when_lost

folded_name = sa.func.lower(sa.collate(applicants.c.name, "C"))
folded_email = sa.func.lower(sa.collate(applicants.c.email, "C"))


class PostgresApplicants:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._screenings = Screenings(database)

    async def of_organization(
        self, organization_id: UUID, *, q: str | None, eligible: bool | None, paging: Paging
    ) -> Page[Applicant]:
        """By id, which is the order in which they came."""
        statement = sa.select(*APPLICANT).where(
            applicants.c.organization_id == organization_id, applicants.c.erased_at.is_(None)
        )
        if q is not None:
            wanted = folded(q)
            statement = statement.where(
                sa.or_(sa.func.strpos(folded_email, wanted) > 0, sa.func.strpos(folded_name, wanted) > 0)
            )
        if eligible is not None:
            statement = statement.where(lets_in(applicants) if eligible else sa.not_(lets_in(applicants)))
        if paging.after is not None:
            statement = statement.where(applicants.c.id > paging.after.id)
        rows = await self._database.fetch(statement.order_by(applicants.c.id).limit(paging.limit + 1))
        found = [applicant_from(row) for row in rows]
        shown = found[: paging.limit]
        return Page(items=shown, next=Position(EPOCH, shown[-1].id) if len(found) > paging.limit else None)

    async def by_email(self, email: str, organization_id: UUID | None) -> Sequence[Applicant]:
        found = sa.select(*APPLICANT).where(applicants.c.erased_at.is_(None), folded_email == folded(email))
        if organization_id is not None:
            found = found.where(applicants.c.organization_id == organization_id)
        return [applicant_from(row) for row in await self._database.fetch(found.order_by(applicants.c.id))]

    async def register(self, screening: Screening, by: Actor) -> Applicant:
        return await retry_when_lost(lambda: self._screenings.register(screening, by))

    async def unlink(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        known = sa.and_(applicants.c.organization_id == organization_id, applicants.c.id == applicant_id)
        columns = (applicants.c.organization_id, applicants.c.id, applicants.c.unlinked_from)
        by_the_release_before = sa.select(*columns).where(known, applicants.c.unlinked_from.is_not(None))
        keep = insert(former_logins).from_select(["organization_id", "applicant_id", "subject"], by_the_release_before)

        async def work(transaction: Transaction) -> Applicant:
            await transaction.execute(keep.on_conflict_do_nothing())
            row = await transaction.first(
                sa.update(applicants)
                .where(known, applicants.c.user_id.is_not(None))
                .values(user_id=None, unlinked_from=applicants.c.user_id, updated_at=booking_now())
                .returning(*APPLICANT, applicants.c.unlinked_from)
            )
            if row is None:
                raise ApplicantNotFound("there is no such applicant with a login in that organization")
            taken = insert(former_logins).values(
                organization_id=organization_id, applicant_id=applicant_id, subject=row.unlinked_from
            )
            await transaction.execute(taken.on_conflict_do_nothing())
            unlinked = applicant_from(row)
            await record(transaction, events.applicant_unlinked(unlinked, by))
            return unlinked

        return await self._database.unit(work)

    async def erase(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        known = sa.and_(applicants.c.organization_id == organization_id, applicants.c.id == applicant_id)
        theirs = sa.and_(bookings.c.organization_id == organization_id, bookings.c.applicant_id == applicant_id)

        async def work(transaction: Transaction) -> Applicant:
            row = await transaction.first(sa.select(*APPLICANT).where(known).with_for_update())
            if row is None:
                raise ApplicantNotFound("there is no such applicant in that organization")
            before = applicant_from(row)
            if not before.erased:
                await transaction.execute(sa.select(sa.func.erase_applicant(organization_id, applicant_id)))
                await record(transaction, events.applicant_erased(before.erase(), by))
            said = sa.case((bookings.c.comment.is_not(None), ""))
            reason = sa.case((bookings.c.reason == SCREENING_CHANGED, bookings.c.reason))
            await transaction.execute(sa.update(bookings).where(theirs).values(notes="", comment=said, reason=reason))
            await transaction.execute(sa.delete(answers).where(_told_of(before)))
            await transaction.execute(sa.select(sa.func.forget_former_logins(organization_id, applicant_id)))
            return before

        return await self._database.unit(work)


def _told_of(person: Applicant) -> sa.ColumnElement[bool]:
    """Return the condition on kept answers that name a person, or that were given to a login which is nobody else's.

    Why: an answer is kept by one organization of its caller's, and may be about another, whose it then stays."""
    named = sa.func.position(sa.func.convert_to(str(person.id), "UTF8").op("IN")(answers.c.body)) > 0
    others = sa.select(applicants.c.id).where(applicants.c.user_id == person.user_id)
    agency = sa.select(agents.c.id).where(agents.c.subject == person.user_id)
    alone = sa.not_(sa.or_(others.exists(), agency.exists()))
    return sa.or_(
        sa.and_(answers.c.organization_id == person.organization_id, named),
        sa.and_(answers.c.subject == person.user_id, sa.or_(named, alone)),
    )
