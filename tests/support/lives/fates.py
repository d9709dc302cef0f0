"""Fates of visits: whether one is released, by what its agency, its applicant and the providers said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.support.lives.agency import Agency, Person
from tests.support.lives.evidence import SeenBooking, SeenNotice

READ = timedelta(hours=2)
"""A question has arrived so long before the deadline, at the latest."""


@dataclass(eq=False)
class Letter:
    """Message that was accepted. `noted`: the sender heard of it; `undone`: it came back, or was called spam."""

    notice: SeenNotice
    to: str
    at: datetime
    asks: bool
    link: str
    noted: bool = False
    delivered_at: datetime | None = None
    undone: bool = False


class Fate(NamedTuple):
    """`spared_by`: why a visit may not be released. `released`: whether it is, without a doubt."""

    spared_by: str | None
    released: bool = False


def fate_of(
    row: SeenBooking, agency: Agency, asked: Sequence[Letter], others: int, since: datetime, at: datetime
) -> Fate:
    """Return the fate of a confirmed visit: `others` have places in its slot, and it is as it is `since` then."""
    plan = agency.plans.now
    if not plan.release or not plan.may_release:
        return Fate("the plan releases nothing")
    deadline = row.start_time - plan.release.before
    if not deadline < at < row.start_time:
        return Fate("its time has not come, or it has begun")
    if row.id in agency.spared:
        return Fate("an agent booked it for somebody")
    if row.attendance_confirmed_at is not None:
        return Fate("it was answered")
    person = next(one for one in agency.people if one.id == row.applicant_id)
    if person.erased_at is not None:
        return Fate("its applicant is erased")
    arrived = [one for one in asked if _arrived(one, deadline - READ, trusts=plan.release.trust_sent)]
    if not arrived:
        return Fate("no question arrived in time")
    heard = [one for one in arrived if _reaches(one, person)]
    if not heard:
        return Fate("its applicant is not to be reached any more, or does not want to be")
    roomy = agency.places[row.slot_id] > others + 1
    if roomy and row.slot_id not in agency.wanted:
        return Fate("there are places, and nobody waits")
    steady = agency.plans.since <= since and person.wishes_since <= deadline
    certain = steady and not roomy and any(one.noted and not one.undone for one in heard)
    return Fate(None, certain)


def _arrived(letter: Letter, by: datetime, *, trusts: bool) -> bool:
    at = letter.at if trusts else letter.delivered_at
    return at is not None and at <= by and not letter.undone


def _reaches(letter: Letter, person: Person) -> bool:
    wanted = person.channels.now is None or letter.notice.channel in person.channels.now
    ended = person.unsubscribed.now if letter.notice.channel == "email" else person.stopped.now
    return wanted and not ended and letter.to not in person.refused
