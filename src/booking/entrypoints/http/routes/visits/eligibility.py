"""Eligibility over HTTP: how each rule of booking stands for an applicant and a slot."""

from typing import Literal
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import convert

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.refusals import SlotNotFound
from booking.domain.visits import availability
from booking.entrypoints.http.guards import applicants_only
from booking.entrypoints.http.inputs.decoding import no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.wire import Instant, Output
from booking.service.visits.slots import SlotService

RuleName = Literal[
    "screening",
    "not_started",
    "not_cancelled",
    "not_withdrawn",
    "notice",
    "horizon",
    "place",
    "one_booking",
    "booking_limit",
    "property_limit",
    "no_overlap",
    "booking_cooldown",
]
"""The rules of booking, in the order in which they are told."""


class Verdict(Output):
    rule: RuleName
    satisfied: bool
    code: str | None
    detail: str | None
    until: Instant | None


class Eligibility(Output):
    slot_id: UUID
    eligible: bool
    rules: list[Verdict]


class EligibilityResponse(Output):
    eligibility: Eligibility


@get(
    "/slots/{slot_id:str}/eligibility",
    operation_id="getEligibility",
    guards=[applicants_only, no_parameters],
    opt={"etag": True, "refuses": (WrongRole, SlotNotFound)},
)
async def get_eligibility(
    slot_id: FromPath[str], caller: NamedDependency[Caller], slots: NamedDependency[SlotService]
) -> EligibilityResponse:
    id = read_id(slot_id, SlotNotFound)  # noqa: A001 - the slot's own
    verdicts = await slots.eligibility(caller, id)
    eligible = all(verdict.satisfied for verdict in verdicts)
    rules = [_rule(verdict) for verdict in verdicts]
    return EligibilityResponse(eligibility=Eligibility(slot_id=id, eligible=eligible, rules=rules))


routes = (get_eligibility,)


def _rule(verdict: availability.Verdict) -> Verdict:
    refusal = verdict.refusal
    return Verdict(
        rule=convert(verdict.rule, RuleName),
        satisfied=verdict.satisfied,
        code=refusal.code if refusal else None,
        detail=refusal.detail if refusal else None,
        until=verdict.until,
    )
