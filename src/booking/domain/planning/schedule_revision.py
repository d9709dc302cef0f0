"""Revisions of schedules: other rules, lengths, gaps, places or horizons, for one occurrence, the following or all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from booking.domain.planning import plan as plans
from booking.domain.planning.agent_schedule import SCHEDULE_CHANGED, Occurrence, OccurrenceState
from booking.domain.planning.change_plan import planned_change
from booking.domain.planning.local_time import instant_of
from booking.domain.planning.plan import Draft, Plan, Rules
from booking.domain.planning.schedule import PlannedSlot, Schedule
from booking.domain.planning.schedule_change import (
    Coming,
    Decision,
    Found,
    KeptFor,
    PlannedOccurrence,
    ScheduleChangePlan,
    Target,
    Terms,
    require,
    require_one,
)
from booking.domain.refusals import NotYourSlot
from booking.domain.values import Value, replace
from booking.domain.visits import roster_changes
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.slot_batch import LARGEST_BATCH, Surroundings


class Revision(Value, kw_only=True):
    """New terms; None leaves one as it is. `start` is of one occurrence alone, in local time."""

    terms: Mapping[str, Any] = {}
    start: datetime | None = None

    def of(self, schedule: Schedule) -> Schedule:
        return replace(schedule, **self.terms)


def of_one(found: Found, occurrence: datetime, revision: Revision, rules: Rules, zone: tzinfo, id: UUID) -> Draft:
    """Draft the slot of one occurrence as it is to be. OccurrenceNotFound if there is none, or it was deleted."""
    before = require_one(found, occurrence, zone)
    slot = _slot_of(found, occurrence)
    kept = slot or plans.slot_of(found.schedule, _as_planned(before), id, rules, found.at)
    start = instant_of(revision.start, zone) if revision.start else None
    terms = revision.of(replace(found.schedule.schedule, capacity=kept.capacity))
    begins = start.at if start else kept.start_time
    length = terms.length if "slot_minutes" in revision.terms else kept.end_time - kept.start_time
    planned = PlannedSlot(
        occurrence=occurrence,
        start_time=begins,
        end_time=begins + length,
        treated=start.treated if start else None,
    )
    of = replace(found.schedule, schedule=terms, agent_id=kept.agent_id)
    return Draft(of=of, rules=rules, slots=[planned], wanted={0: plans.slot_of(of, planned, id, rules, found.at)})


def one_revised(found: Found, target: Target, draft: Draft, terms: Terms, zone: tzinfo) -> Decision:
    """Give one occurrence another start, length or number of places. What stands in the way of that is raised."""
    before = require_one(found, draft.slots[0].occurrence, zone)
    live = [one for one in found.coming if one.roster is not None]
    slot = _slot_of(found, before.occurrence)
    if slot is not None and not terms.may(slot):
        raise NotYourSlot
    unchanged = slot is not None and _same(slot, draft.wanted[0])
    told, ending = _ended(live, terms, {before.occurrence} if unchanged else ())
    if unchanged or (live and not ending):
        return Decision(
            schedule=found.schedule, plan=ScheduleChangePlan(target=target, occurrences=tuple(told)), ending=[]
        )
    plan = _made(found, draft, (0,), ending)
    for refused in plan.refused.values():
        raise refused.refusal
    made = replace(before, state=OccurrenceState.MADE, reason=None, slot_id=draft.wanted[0].id)
    return Decision(
        schedule=found.schedule.changed(found.schedule.schedule, at=found.at),
        plan=ScheduleChangePlan(target=target, occurrences=tuple(told), made=plans.shown(plan, found.there)),
        ending=ending,
        written=[made],
        made=plan,
    )


def revised(found: Found, target: Target, draft: Draft, terms: Terms, zone: tzinfo) -> Decision:
    """Give a schedule other terms, or another schedule to the following part; `draft` has the slots by these.

    Slots that are the same stay. Deleted occurrences stay deleted; what was skipped is decided on anew.
    """
    of, at = found.schedule, found.at
    if target.since is not None:
        require(found, target.since, zone)
    wanted = {slot.occurrence: index for index, slot in enumerate(draft.slots)}
    same = {
        one.occurrence.occurrence
        for one in found.coming
        if one.roster is not None
        and (index := wanted.get(one.occurrence.occurrence)) is not None
        and _same(one.roster.slot, draft.wanted[index])
    }
    told, ending = _ended(found.coming, terms, same, of.schedule)
    gone = {was.slot.id for was, _ in ending}
    stays = [
        one.occurrence
        for one in found.coming
        if one.occurrence.state is not OccurrenceState.SKIPPED and one.occurrence.slot_id not in gone
    ]
    decided_on = {one.occurrence for one in stays}
    plan = _made(found, draft, [index for at_, index in wanted.items() if at_ not in decided_on], ending)
    shown = ScheduleChangePlan(target=target, occurrences=tuple(told), made=plans.shown(plan, found.there))
    released = [
        replace(one.occurrence, state=OccurrenceState.SKIPPED, reason=SCHEDULE_CHANGED, slot_id=None)
        for one in found.coming
        if one.occurrence.occurrence not in decided_on
    ]
    due_at = plans.next_day(draft.of, zone, at) if len(plan.draft.slots) <= LARGEST_BATCH else at
    if target.since is None:
        after = of.changed(draft.of.schedule, at=at)
        return Decision(schedule=after, plan=shown, ending=ending, written=released, made=plan, due_at=due_at)
    last = min(filter(None, (target.since, of.schedule.until)))
    moved = [
        replace(one, state=OccurrenceState.SKIPPED, reason=SCHEDULE_CHANGED, slot_id=None)
        for one in stays
        if one.state is OccurrenceState.MADE
    ]
    return Decision(
        schedule=of.changed(replace(of.schedule, until=last), at=at),
        plan=shown,
        ending=ending,
        written=[*released, *moved],
        made=plan,
        due_at=due_at,
        following=draft.of,
        taken_over=[one if one.state is OccurrenceState.MADE else replace(one, slot_id=None) for one in stays],
    )


def _ended(
    coming: Sequence[Coming], terms: Terms, same: Collection[datetime], by: Schedule | None = None
) -> tuple[list[PlannedOccurrence], list[tuple[Roster, Roster]]]:
    """Return what becomes of the slots there are, and the ones that end. One that is not as `by` has it is kept."""
    told: list[PlannedOccurrence] = []
    ending: list[tuple[Roster, Roster]] = []
    for one, roster in coming:
        if roster is None:
            continue
        stays = one.occurrence in same
        kept = None if stays else _kept(one, roster, terms, by)
        then = roster if stays or kept else roster_changes.cancel(roster, reason=terms.reason)
        if not stays and kept is None:
            ending.append((roster, then))
        told.append(PlannedOccurrence(occurrence=one.occurrence, kept=kept, slot=planned_change(roster, then)))
    return told, ending


def _kept(one: Occurrence, roster: Roster, terms: Terms, by: Schedule | None) -> KeptFor | None:
    slot = roster.slot
    put = by and (one.start_time, one.end_time, by.capacity)
    return KeptFor.CHANGED if put and put != (slot.start_time, slot.end_time, slot.capacity) else terms.keeps(roster)


def _made(found: Found, draft: Draft, indexes: Collection[int], ending: Sequence[tuple[Roster, Roster]]) -> Plan:
    """Decide which slots can be made once those that end are out of the way."""
    assert found.known is not None
    known, gone = found.known, {was.slot.id for was, _ in ending}
    by = dict(enumerate(indexes))
    around = Surroundings(
        agents=known.agents,
        statuses=known.statuses,
        overlapped={
            number: left
            for number, index in by.items()
            if (left := [one for one in known.overlapped.get(index, ()) if one not in gone])
        },
        blocked={number for number, index in by.items() if index in known.blocked},
        withdrawn={number for number, index in by.items() if index in known.withdrawn},
        at=known.at,
    )
    rest = replace(
        draft,
        slots=[draft.slots[index] for index in by.values()],
        wanted={number: draft.wanted[index] for number, index in by.items()},
    )
    return plans.decided(rest, around)


def _slot_of(found: Found, occurrence: datetime) -> Slot | None:
    rosters = (one.roster for one in found.coming if one.occurrence.occurrence == occurrence)
    return next((roster.slot for roster in rosters if roster is not None), None)


def _as_planned(one: Occurrence) -> PlannedSlot:
    return PlannedSlot(occurrence=one.occurrence, start_time=one.start_time, end_time=one.end_time, treated=None)


def _same(slot: Slot, wanted: Slot) -> bool:
    return (slot.start_time, slot.end_time, slot.capacity) == (wanted.start_time, wanted.end_time, wanted.capacity)
