"""Applicants in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.departures import applicant_left
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.notices.unsubscriptions import forget_unsubscriptions
from booking.adapters.postgres.people.rows import applicant_from
from booking.adapters.postgres.people.screenings import Screenings
from booking.domain.delivery.inbound import InboundMessage
from booking.domain.events import Actor
from booking.domain.paging import EPOCH, Page, Paging, Position
from booking.domain.people import events
from booking.domain.people.applicant import Applicant, Screening, folded
from booking.domain.people.refusals import ApplicantNotFound
from booking.domain.visits.booking import SCREENING_CHANGED
from booking.service.retrying import retry_when_lost

OF_ORGANIZATION = sql.composed("applicants", "of_organization")
BY_EMAIL = sql.composed("applicants", "by_email")
LOCK = sql.query("applicants", "lock", ("organization_id", "id"))
UNLINK = sql.query("applicants", "unlink", ("organization_id", "id"))
KEEP_TAKEN = sql.query("applicants", "keep_taken", ("organization_id", "id"))
TAKEN = sql.query("applicants", "taken", ("organization_id", "id", "subject"))
UNPROVE = sql.query("phones", "unprove", ("organization_id", "applicant_id"))
FORGET_WORDS = sql.query("applicants", "forget_words", ("organization_id", "id", "kept_reason"))
FORGET_ANSWERS = sql.query("applicants", "forget_answers", ("organization_id", "id", "login"))


class PostgresApplicants:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._screenings = Screenings(database)

    async def of_organization(
        self, organization_id: UUID, *, q: str | None, eligible: bool | None, paging: Paging
    ) -> Page[Applicant]:
        """Return a page by id, which is the order of registration."""
        rows = await self._database.fetch(
            *OF_ORGANIZATION.given(
                organization_id=organization_id,
                q=None if q is None else folded(q),
                eligible=eligible or None,
                ineligible=True if eligible is False else None,
                after_id=paging.after and paging.after.id,
                most=paging.limit + 1,
            )
        )
        found = [applicant_from(row) for row in rows]
        shown = found[: paging.limit]
        return Page(items=shown, next=Position(EPOCH, shown[-1].id) if len(found) > paging.limit else None)

    async def by_email(self, email: str, organization_id: UUID | None) -> Sequence[Applicant]:
        asked = BY_EMAIL.given(email=folded(email), organization_id=organization_id)
        return [applicant_from(row) for row in await self._database.fetch(*asked)]

    async def register(self, screening: Screening, by: Actor, message: InboundMessage | None = None) -> Applicant:
        return await retry_when_lost(lambda: self._screenings.register(screening, by, message))

    async def unlink(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        known = organization_id, applicant_id

        async def work(transaction: Transaction) -> Applicant:
            await transaction.execute(KEEP_TAKEN, *known)
            row = await transaction.first(UNLINK, *known)
            if row is None:
                raise ApplicantNotFound("there is no such applicant with a login in that organization")
            await transaction.execute(TAKEN, *known, row.unlinked_from)
            await transaction.execute(UNPROVE, *known)
            await applicant_left(transaction, known)
            unlinked = applicant_from(row)
            await record(transaction, events.applicant_unlinked(unlinked, by))
            return unlinked

        return await self._database.unit(work)

    async def erase(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        known = organization_id, applicant_id

        async def work(transaction: Transaction) -> Applicant:
            row = await transaction.first(LOCK, *known)
            if row is None:
                raise ApplicantNotFound("there is no such applicant in that organization")
            before = applicant_from(row)
            if not before.erased:
                await transaction.execute("SELECT erase_applicant($1, $2)", *known)
                await forget_unsubscriptions(transaction, known)
                await record(transaction, events.applicant_erased(before.erase(), by))
            await applicant_left(transaction, known)
            await transaction.execute(FORGET_WORDS, *known, SCREENING_CHANGED)
            await transaction.execute(FORGET_ANSWERS, *known, before.user_id)
            await transaction.execute("SELECT forget_former_logins($1, $2)", *known)
            return before

        return await self._database.unit(work)
