"""Withdrawals of properties over HTTP."""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import field

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.planning.refusals import PlanStale
from booking.domain.properties.refusals import PropertyNotFound
from booking.entrypoints.http.change_plan_answer import DryRunQuery, PlanHash
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Body, Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.job_answer import PlannedResponse, shown_planned
from booking.entrypoints.http.wire import Input, Instant, Reason
from booking.service.planning.jobs import Planned
from booking.service.planning.withdrawals import WithdrawalService


class WithdrawProperty(Input):
    since: Instant | None = field(default=None, name="from")
    reason: Reason | None = None
    hash: PlanHash | None = None


@post(
    "/properties/{property_id:str}/withdraw",
    operation_id="withdrawProperty",
    status_code=202,
    guards=[agents_only],
    dependencies={"parameters": Query(DryRunQuery), "content": Body(WithdrawProperty)},
    opt={"answers": (200,), "refuses": (WrongRole, PropertyNotFound, PlanStale)},
)
async def withdraw_property(
    property_id: FromPath[str],
    parameters: NamedDependency[DryRunQuery],
    content: NamedDependency[WithdrawProperty],
    caller: NamedDependency[Caller],
    withdrawals: NamedDependency[WithdrawalService],
) -> Response[PlannedResponse]:
    planned = await withdrawals.withdraw(
        caller.showing(_answer),
        read_id(property_id, PropertyNotFound),
        content.since,
        content.reason,
        expected=content.hash,
        dry=parameters.dry_run,
    )
    return _answer(planned)


@post(
    "/properties/{property_id:str}/restore",
    operation_id="restoreProperty",
    status_code=204,
    guards=[agents_only, no_parameters],
    opt={"refuses": (WrongRole, PropertyNotFound)},
)
async def restore_property(
    property_id: FromPath[str], caller: NamedDependency[Caller], withdrawals: NamedDependency[WithdrawalService]
) -> None:
    await withdrawals.restore(caller, read_id(property_id, PropertyNotFound))


routes = (withdraw_property, restore_property)


def _answer(planned: Planned) -> Response[PlannedResponse]:
    return Response(shown_planned(planned), status_code=202 if planned.job else 200)
