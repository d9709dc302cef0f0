"""Lists to ask for, with what they may cost, and the plain queries that say what is on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from booking.domain.choices import MOST_COUNTED, MOST_FILTERED, BookingChoice, BookingOrder, SlotChoice, SlotOrder
from booking.domain.paging import Total, Window
from booking.domain.visits.booking import BookingStatus, Outcome
from booking.domain.visits.slot import SlotStatus
from tests.builders import HOUR
from tests.chaos.lists.agency import EACH_PERSON, EACH_PROPERTY, id_of

FEW = 500
"""Rows that a page costs which is full at once, or that one person, one slot or one moment has."""

PERSON, SLOT, PROPERTY, AGENT = (id_of(kind, 0) for kind in ("person", "slot", "property", "agent"))
RARE, COMMON = (BookingStatus.CANCELLED_BY_AGENT,), (BookingStatus.CANCELLED_BY_APPLICANT, BookingStatus.DECLINED)
FULL, OPEN = (SlotStatus.BOOKED,), (SlotStatus.AVAILABLE,)
ALL = Window()

Choice: TypeAlias = BookingChoice | SlotChoice


class Case(NamedTuple):
    """A list with the rows that it may read; `broad`: it would have to read more, and is refused."""

    name: str
    chosen: Choice
    most: int
    window: Window = ALL
    broad: bool = False
    total: Total | None = None
    as_applicant: bool = False


def cases(now: datetime) -> Sequence[Case]:
    soon, ahead = Window(since=now, until=now + 5 * HOUR), Window(since=now, until=now + 200 * HOUR)
    of, newest, latest = BookingChoice, BookingOrder.NEWEST, BookingOrder.LATEST
    more, own = Total(count=MOST_COUNTED, exact=False), Total(count=EACH_PERSON, exact=True)
    at_property = Total(count=EACH_PROPERTY, exact=True)
    rare_there = of(property_id=PROPERTY, statuses=RARE)
    full_there = SlotChoice(property_id=PROPERTY, statuses=FULL)
    return [
        Case("all", of(), FEW),
        Case("all, backwards", of(order=latest), FEW),
        Case("all, the newest first", of(order=newest), MOST_FILTERED, broad=True),
        Case("all, counted", of(with_total=True), MOST_COUNTED, total=more),
        Case("a common status", of(statuses=COMMON), FEW),
        Case("a rare status", of(statuses=RARE), MOST_FILTERED, broad=True),
        Case("a rare status, soon", of(statuses=RARE), MOST_FILTERED, soon),
        Case("to review", of(needs_review=True), MOST_FILTERED, broad=True),
        Case("to review, soon", of(needs_review=True), MOST_FILTERED, soon),
        Case("at a property, counted", of(property_id=PROPERTY, with_total=True), MOST_COUNTED, total=at_property),
        Case("a rare status at a property", rare_there, MOST_FILTERED, broad=True),
        Case("a rare status at a property, ahead", rare_there, MOST_FILTERED, ahead),
        Case("to review at a property, ahead", of(property_id=PROPERTY, needs_review=True), MOST_FILTERED, ahead),
        Case("of an agent, backwards", of(agent_id=AGENT, order=latest), FEW),
        Case("missed, of an agent", of(agent_id=AGENT, outcome=Outcome.NO_SHOW), MOST_FILTERED, broad=True),
        Case("of a person, counted", of(applicant_id=PERSON, with_total=True), FEW, total=own),
        Case("of a person, the newest first", of(applicant_id=PERSON, order=newest), FEW),
        Case("of a person, a rare status", of(applicant_id=PERSON, statuses=RARE), FEW),
        Case("of a person of an agent", of(applicant_id=PERSON, agent_id=AGENT), FEW),
        Case("at a slot, the newest first", of(slot_id=SLOT, order=newest), FEW),
        Case("of a person at a slot", of(slot_id=SLOT, applicant_id=PERSON), FEW),
        Case("one's own, counted", of(order=latest, with_total=True), FEW, total=own, as_applicant=True),
        Case("one's own, missed", of(outcome=Outcome.NO_SHOW), FEW, as_applicant=True),
        Case("slots, backwards", SlotChoice(order=SlotOrder.LATEST), FEW),
        Case("open slots of an agent", SlotChoice(agent_id=AGENT, statuses=OPEN), FEW),
        Case("full slots", SlotChoice(statuses=FULL), MOST_FILTERED, broad=True),
        Case("full slots at a property", full_there, MOST_FILTERED, broad=True),
        Case("full slots at a property, ahead", full_there, MOST_FILTERED, ahead),
    ]


def plain(case: Case) -> str:
    """Return a query of the ids on a list, in order, as anybody would write it."""
    chosen, column = case.chosen, {"slot_id": "b.slot_id", "applicant_id": "b.applicant_id"}
    said = [
        f"{column.get(name, f's.{name}')} = '{value}'"
        for name in ("slot_id", "property_id", "applicant_id", "agent_id")
        if (value := getattr(chosen, name, None)) is not None
    ]
    said += [f"s.start_time >= '{case.window.since}'"] if case.window.since else []
    said += [f"s.start_time < '{case.window.until}'"] if case.window.until else []
    of_bookings = isinstance(chosen, BookingChoice)
    if chosen.statuses:
        said.append(f"{'b' if of_bookings else 's'}.status = ANY ('{{{','.join(chosen.statuses)}}}')")
    if isinstance(chosen, BookingChoice):
        said += [f"b.applicant_id = '{PERSON}'"] if case.as_applicant else []
        said += [f"b.outcome = '{chosen.outcome}'"] if chosen.outcome else []
        if chosen.needs_review:
            said.append("b.status = 'confirmed' AND a.risk_level = 'HIGH' AND s.start_time > booking_now()")
    it = "b" if of_bookings else "s"
    by = {"-start": f"s.start_time DESC, {it}.id DESC", "-created": "b.created_at DESC, b.id DESC"}
    order = by.get(chosen.order, f"s.start_time, {it}.id")
    joined = "JOIN bookings b ON b.slot_id = s.id JOIN applicants a ON a.id = b.applicant_id" if of_bookings else ""
    return f"SELECT {it}.id FROM slots s {joined} WHERE {' AND '.join(said or ['true'])} ORDER BY {order} LIMIT $1"
