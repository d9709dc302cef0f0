"""Screenings in PostgreSQL: simultaneous ones are registered together, in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from booking.adapters.ids import new_id
from booking.adapters.postgres import sql
from booking.adapters.postgres.departures import applicants_barred
from booking.adapters.postgres.engine.batching import Batches, together_or_alone
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record_straight
from booking.adapters.postgres.people.contacts import fill
from booking.adapters.postgres.people.rows import applicant_from
from booking.domain.delivery.inbound import InboundMessage
from booking.domain.events import Actor
from booking.domain.people import events
from booking.domain.people.applicant import Applicant, Screening
from booking.service.people.applicants import Repeated
from booking.service.ports import Lost

_COLUMNS = ("organization_id", "id", "external_id", "name", "email", "risk_level", "screened_at")

NOW = sql.query("screenings", "now")
LOCK = sql.query("screenings", "lock", ("organization_id", "external_id"))
ADD = sql.query("screenings", "add", _COLUMNS)
SET = sql.query("screenings", "set", _COLUMNS)
NOTE = sql.query("inbound", "note", ("organization_id", "sender", "id"))


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    screening: Screening
    by: Actor
    message: InboundMessage | None


Outcomes: TypeAlias = Mapping[_Request, Applicant | Exception]


class Screenings:
    """The domain decides which screening is the newest, on locked rows. In a batch a person comes once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._batches = Batches(self._register, kind="screenings", choose=_of_others)

    async def register(self, screening: Screening, by: Actor, message: InboundMessage | None) -> Applicant:
        """Return the applicant after the screening; Repeated; Lost if another process has just inserted them."""
        outcome = await self._batches.ask(_Request(screening, by, message))
        if isinstance(outcome, Exception):
            raise outcome
        if outcome is None:
            raise Lost
        return outcome

    async def _register(self, requests: Sequence[_Request]) -> Outcomes:
        return await together_or_alone(self._in_one_transaction, requests)

    async def _in_one_transaction(self, requests: Sequence[_Request]) -> Outcomes:
        async def work(transaction: Transaction) -> Outcomes:
            at: datetime = await transaction.value(NOW)
            keys = ((one.screening.organization_id, one.screening.external_id) for one in requests)
            rows = await transaction.fetch(LOCK, *zip(*keys, strict=True))
            before = {requests[row.number - 1]: applicant_from(row) for row in rows}
            repeated = await _repeated(transaction, requests)
            after = {
                request: _screened(before.get(request), request.screening, at)
                for request in requests
                if request not in repeated
            }
            fresh = sorted((one for request, one in after.items() if request not in before), key=_key)
            added = await transaction.fetch(ADD, *_columns(fresh)) if fresh else []
            ours = {row.id for row in added} | {one.id for one in before.values()}
            changed = [one for request, one in after.items() if request in before and one is not before[request]]
            if changed:
                await transaction.fetch(SET, *_columns(changed))
                barred = [(one.organization_id, one.id) for one in changed if not one.eligible]
                await applicants_barred(transaction, barred)
            outcomes = {request: one for request, one in after.items() if one.id in ours}
            if any(request.message and request not in outcomes for request in after):
                raise Lost  # or else a message would be noted without its effect
            counting = {
                (one.organization_id, one.id): request.screening
                for request, one in outcomes.items()
                if one is not before.get(request)
            }
            await fill(transaction, counting)
            changes = (events.applicant_screened(before.get(one), outcomes[one], one.by) for one in outcomes)
            if happened := [event for event in changes if event]:
                await record_straight(transaction, happened)
            return {**outcomes, **{request: Repeated(before.get(request)) for request in repeated}}

        return await self._database.unit(work)


async def _repeated(transaction: Transaction, requests: Sequence[_Request]) -> Collection[_Request]:
    """Note the messages of requests; return the requests whose message was noted before.

    Noted in one order everywhere, so that no two wait for each other.
    """
    noting: dict[tuple[UUID, InboundMessage], _Request] = {}
    for request in requests:
        if request.message is not None:
            noting.setdefault((request.screening.organization_id, request.message), request)
    if not noting:
        return ()
    columns = zip(*((organization_id, *message) for organization_id, message in sorted(noting)), strict=True)
    noted = {
        noting[row.organization_id, InboundMessage(row.sender, row.id)]
        for row in await transaction.fetch(NOTE, *columns)
    }
    return [request for request in requests if request.message is not None and request not in noted]


def _of_others(waiting: Collection[_Request]) -> Collection[_Request]:
    people: dict[tuple[object, object], _Request] = {}
    for request in waiting:
        people.setdefault((request.screening.organization_id, request.screening.external_id), request)
    return people.values()


def _screened(before: Applicant | None, screening: Screening, at: datetime) -> Applicant:
    if before is None:
        return Applicant.first_screened(screening, id=new_id(), at=at)
    return before.screened(screening, at=at)


def _key(applicant: Applicant) -> tuple[object, object]:
    """Inserted in one order everywhere: whoever inserts the same waits, and two must not wait for each other."""
    return applicant.organization_id, applicant.external_id


def _columns(given: Sequence[Applicant]) -> list[tuple[object, ...]]:
    rows = (
        (one.organization_id, one.id, one.external_id, one.name, one.email, one.risk_level.value, one.screened_at)
        for one in given
    )
    return list(zip(*rows, strict=True))
