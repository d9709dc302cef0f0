"""Applicants in PostgreSQL."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.postgres.batches import Batches
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.events import record
from booking.adapters.postgres.people import APPLICANT, PREFIX, applicant_from
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.screenings import Screenings
from booking.adapters.postgres.tables import answers, applicants, booking_now, bookings
from booking.domain import events
from booking.domain.applicant import Applicant, Screening, folded, to_link
from booking.domain.booking import SCREENING_CHANGED
from booking.domain.caller import Claims
from booking.domain.errors import ApplicantNotFound
from booking.domain.events import Actor
from booking.domain.paging import EPOCH, Page, Paging, Position
from booking.service.contest import contest

folded_name = sa.func.lower(sa.collate(applicants.c.name, "C"))
folded_email = sa.func.lower(sa.collate(applicants.c.email, "C"))

_logins = asked(subject=sa.Text(), email=sa.Text())
_theirs = sa.union_all(
    sa.select(*APPLICANT).where(applicants.c.user_id == _logins.c.subject),
    sa.select(*APPLICANT).where(
        applicants.c.user_id.is_(None),
        applicants.c.erased_at.is_(None),
        folded_email == _logins.c.email,
        applicants.c.unlinked_from.is_distinct_from(_logins.c.subject),
    ),
).lateral("theirs")

OF_LOGINS = Prepared(
    sa.select(_logins.c.number, *_theirs.c)
    .select_from(_logins.join(_theirs, sa.true()))
    .order_by(_logins.c.number, _theirs.c[PREFIX + "id"]),
    ("subject", "email"),
)


class PostgresApplicants:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._found = Batches(self._of_logins, kind="applicants")
        self._screenings = Screenings(database)

    async def of(self, claims: Claims, request_id: str | None) -> tuple[Applicant, ...]:
        by = Actor(subject=claims.subject, role="applicant", request_id=request_id)

        async def attempt() -> tuple[Applicant, ...]:
            found = await self._of_claims(claims)
            if new := to_link(found, claims.subject):
                await self._link(new, by)
                found = await self._of_claims(claims)
            return tuple(applicant for applicant in found if applicant.user_id == claims.subject)

        return await contest(attempt)

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
            statement = statement.where((applicants.c.risk_level != "HIGH") == eligible)
        if paging.after is not None:
            statement = statement.where(applicants.c.id > paging.after.id)
        rows = await self._database.fetch(statement.order_by(applicants.c.id).limit(paging.limit + 1))
        found = [applicant_from(row) for row in rows]
        shown = found[: paging.limit]
        return Page(items=shown, next=Position(EPOCH, shown[-1].id) if len(found) > paging.limit else None)

    async def register(self, screening: Screening, by: Actor) -> Applicant:
        return await contest(lambda: self._screenings.register(screening, by))

    async def unlink(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        async def work(transaction: AsyncConnection) -> Applicant:
            row = (
                await transaction.execute(
                    sa.update(applicants)
                    .where(
                        applicants.c.organization_id == organization_id,
                        applicants.c.id == applicant_id,
                        applicants.c.user_id.is_not(None),
                    )
                    .values(user_id=None, unlinked_from=applicants.c.user_id, updated_at=booking_now())
                    .returning(*APPLICANT)
                )
            ).one_or_none()
            if row is None:
                raise ApplicantNotFound("there is no such applicant with a login in that organization")
            unlinked = applicant_from(row)
            await record(transaction, events.applicant_unlinked(unlinked, by))
            return unlinked

        return await self._database.unit(work)

    async def erase(self, organization_id: UUID, applicant_id: UUID, by: Actor) -> Applicant:
        known = sa.and_(applicants.c.organization_id == organization_id, applicants.c.id == applicant_id)
        theirs = sa.and_(bookings.c.organization_id == organization_id, bookings.c.applicant_id == applicant_id)
        told = sa.func.position(sa.func.convert_to(str(applicant_id), "UTF8").op("IN")(answers.c.body)) > 0

        async def work(transaction: AsyncConnection) -> Applicant:
            locked = sa.select(*APPLICANT).where(known, applicants.c.erased_at.is_(None)).with_for_update()
            row = (await transaction.execute(locked)).one_or_none()
            if row is None:
                raise ApplicantNotFound("there is no such applicant in that organization")
            before = applicant_from(row)
            gone = before.erase()
            values = {"name": gone.name, "email": gone.email, "risk_level": gone.risk_level.value}
            await transaction.execute(
                sa.update(applicants)
                .where(known)
                .values(**values, user_id=None, unlinked_from=None, erased_at=booking_now(), updated_at=booking_now())
            )
            said = sa.case((bookings.c.comment.is_not(None), ""))
            reason = sa.case((bookings.c.reason == SCREENING_CHANGED, bookings.c.reason))
            await transaction.execute(sa.update(bookings).where(theirs).values(notes="", comment=said, reason=reason))
            await transaction.execute(
                sa.delete(answers).where(
                    sa.or_(
                        sa.and_(answers.c.organization_id == organization_id, told),
                        answers.c.subject == before.user_id,
                    )
                )
            )
            await record(transaction, events.applicant_erased(gone, by))
            return before

        return await self._database.unit(work)

    async def _of_claims(self, claims: Claims) -> tuple[Applicant, ...]:
        """Whoever is linked to the subject already or, by a vouched email, could be. Over all organizations."""
        email = claims.vouched_email
        return await self._found.ask((claims.subject, None if email is None else folded(email))) or ()

    async def _of_logins(
        self, asked: Sequence[tuple[str, str | None]]
    ) -> Mapping[tuple[str, str | None], tuple[Applicant, ...]]:
        found: dict[tuple[str, str | None], tuple[Applicant, ...]] = {}
        for row in await self._database.rows(OF_LOGINS, *zip(*asked, strict=True)):
            key = asked[row.number - 1]
            found[key] = (*found.get(key, ()), applicant_from(row))
        return found

    async def _link(self, new: tuple[Applicant, ...], by: Actor) -> None:
        """Compare-and-set on a null login: of two first calls at once, one links and the other finds it done."""

        async def work(transaction: AsyncConnection) -> None:
            for applicant in sorted(new, key=lambda one: (one.organization_id, one.id)):
                link = (
                    sa.update(applicants)
                    .where(
                        applicants.c.organization_id == applicant.organization_id,
                        applicants.c.id == applicant.id,
                        applicants.c.user_id.is_(None),
                    )
                    .values(user_id=by.subject, updated_at=booking_now())
                    .returning(applicants.c.id)
                )
                if await transaction.scalar(link) is not None:
                    await record(transaction, events.applicant_linked(applicant, by))

        await self._database.unit(work)
