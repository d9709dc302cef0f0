"""Sweeps: after a change of plans or channels, an organization's visits that come are gone through, some at a time."""

from collections.abc import Sequence

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.notices.situations import situation_in, visit_of
from booking.adapters.postgres.notices.writes import Planned, add, planned, replan
from booking.domain.notices.planner import due_again
from booking.domain.notices.rules import RULES
from booking.service.notices.notices import DecideVisit

SWEEP = sql.query("notice_sweeps", "sweep")
COMING = sql.query("notice_sweeps", "coming", ("organization_id", "agency_zone", "after_start", "after_id", "most"))
SWEPT = sql.query("notice_sweeps", "swept", ("organization_id", "after_start", "after_id"))
UNPLAN = sql.query("notice_sweeps", "unplan", ("organization_ids", "booking_ids", "planned"))
WAITING = sql.query("notice_sweeps", "waiting", ("organization_id", "agency_zone", "kinds"))
END_SWEEP = sql.query("notice_sweeps", "end_sweep", ("organization_id",))

WAITING_KINDS = [rule.kind for rule in RULES]


async def sweep(transaction: Transaction, decide: DecideVisit, most: int) -> int:
    """Go on with an organization's visits, `most` slots at a time; return how many were read, or 1 at the end."""
    of = await transaction.first(SWEEP)
    if of is None:
        return 0
    rows = await transaction.fetch(COMING, of.organization_id, of.agency_zone, of.after_start, of.after_id, most)
    visits = [row for row in rows if row.booking_id]
    decided = [notice for row in visits for notice in decide(visit_of(row), situation_in(row, of))]
    if visits:
        keys = [(row.organization_id, row.booking_id) for row in visits]
        await transaction.execute(UNPLAN, *zip(*keys, strict=True), [one.id for one in decided])
    await replan(transaction, planned(decided))
    await add(transaction, decided)
    if rows:
        await transaction.execute(SWEPT, of.organization_id, rows[-1].swept_start, rows[-1].swept_id)
    else:
        await replan(transaction, await _again(transaction, of))
        await transaction.execute(END_SWEEP, of.organization_id)
    return len(rows) or 1


async def _again(transaction: Transaction, of: Row) -> Sequence[Planned]:
    """Return the times of notices that wait for the end of quiet hours, as these are now."""
    rows = await transaction.fetch(WAITING, of.organization_id, of.agency_zone, WAITING_KINDS)
    due = [(row, due_again(situation_in(row, of), row.happened_at, row.start_time, row.deadline)) for row in rows]
    return [(row.organization_id, row.id, when.at, when.not_after) for row, when in due if when]
