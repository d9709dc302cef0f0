"""Plans: the slots that a schedule would make, the slots in their way, and the hash of all that."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from booking.domain.people.refusals import AgentNotFound
from booking.domain.planning.agent_schedule import AgentSchedule, Occurrence, OccurrenceState
from booking.domain.planning.local_time import instant_of
from booking.domain.planning.schedule import PlannedSlot, expansion, plan_hash
from booking.domain.properties.property import PropertyStatus
from booking.domain.properties.refusals import PropertyArchived, PropertyWithdrawn
from booking.domain.refusals import Refusal
from booking.domain.values import Value
from booking.domain.visits import slot_batch
from booking.domain.visits.refusals import AgentBlocked
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.slot_batch import LARGEST_BATCH, BatchMode, Refused, Surroundings


class Rules(Value, kw_only=True):
    """Rules beside the schedule's own that a plan depends on."""

    buffer: timedelta
    policy_version: str
    tzdata: str


class Draft(Value, kw_only=True):
    """Slots that a schedule wants, in order. `wanted` has them as they would be saved, by their index.

    `left_out`: occurrences of which there are none, for a gap of the clocks puts them beyond the end of their window.
    """

    of: AgentSchedule
    rules: Rules
    slots: Sequence[PlannedSlot]
    wanted: Mapping[int, Slot]
    left_out: Sequence[datetime] = ()


class Plan(Value, kw_only=True):
    """Draft, with the slots that cannot be made, by their index."""

    draft: Draft
    refused: Mapping[int, Refused]
    hash: str


class ClashKind(StrEnum):
    """Reason of a clash: a slot of the agent, or of the property, the buffer between two of the agent, a block, or that
    the property is withdrawn.
    """

    AGENT = "agent"
    PROPERTY = "property"
    BUFFER = "buffer"
    BLOCK = "block"
    WITHDRAWN = "property_withdrawn"


_OF_NO_SLOT: Mapping[type[Refusal], ClashKind] = {
    AgentBlocked: ClashKind.BLOCK,
    PropertyWithdrawn: ClashKind.WITHDRAWN,
}


class Clash(Value, kw_only=True):
    """Slot in the way of a planned one, by its id, or by its `occurrence` in the plan; a block or a withdrawal has
    neither.
    """

    kind: ClashKind
    slot_id: UUID | None
    occurrence: datetime | None


class ShownPlan(Value, kw_only=True):
    """Plan with the clashes of its refused slots, by their index."""

    plan: Plan
    clashes: Mapping[int, Sequence[Clash]]


def expanded(
    of: AgentSchedule, rules: Rules, zone: tzinfo, ids: Iterable[UUID], at: datetime, but: Collection[datetime] = ()
) -> Draft:
    """Expand a schedule from now to its horizon, `but` for some occurrences. `ids` are for the slots."""
    today = at.astimezone(zone).date()
    ahead = expansion(of.schedule, zone, since=today, until=today + timedelta(days=of.schedule.horizon_days))
    slots = [slot for slot in ahead.slots if slot.start_time > at and slot.occurrence not in but]
    left_out = [slot.occurrence for slot in ahead.left_out if slot.start_time > at]
    wanted = {
        index: slot_of(of, slot, its, rules, at) for index, (slot, its) in enumerate(zip(slots, ids, strict=False))
    }
    return Draft(of=of, rules=rules, slots=slots, wanted=wanted, left_out=left_out)


def decided(draft: Draft, known: Surroundings) -> Plan:
    """Decide which slots can be made. AgentNotFound, PropertyArchived if none ever could."""
    of = draft.of
    if of.agent_id not in known.agents:
        raise AgentNotFound
    if known.statuses.get(of.property_id) == PropertyStatus.ARCHIVED:
        raise PropertyArchived
    refused = slot_batch.refused(draft.wanted, {}, known, BatchMode.EACH)
    subject = {
        "property_id": str(of.property_id),
        "agent_id": str(of.agent_id),
        "first": str(draft.slots[0].start_time if draft.slots else None),
        "last": str(draft.slots[-1].start_time if draft.slots else None),
    }
    claims = [
        f"{draft.slots[index].occurrence} {one.refusal.code} {' '.join(map(str, (*one.slot_ids, *one.items)))}"
        for index, one in refused.items()
    ]
    rules = draft.rules
    hash = plan_hash(  # noqa: A001 - the plan's own
        of.schedule, subject, policy_version=rules.policy_version, tzdata=rules.tzdata, claims=claims
    )
    return Plan(draft=draft, refused=refused, hash=hash)


def occurrences(plan: Plan, most: int = LARGEST_BATCH) -> Sequence[Occurrence]:
    """Return the occurrences of the first slots of a plan, made or skipped."""
    return [
        Occurrence(
            occurrence=slot.occurrence,
            start_time=slot.start_time,
            end_time=slot.end_time,
            state=OccurrenceState.SKIPPED if index in plan.refused else OccurrenceState.MADE,
            reason=plan.refused[index].refusal.code if index in plan.refused else None,
            slot_id=None if index in plan.refused else plan.draft.wanted[index].id,
        )
        for index, slot in enumerate(plan.draft.slots[:most])
    ]


def shown(plan: Plan, there: Mapping[UUID, Slot]) -> ShownPlan:
    """Return the plan with its clashes. `there`: slots that exist, by id."""
    return ShownPlan(plan=plan, clashes={index: _clashes(plan, index, there) for index in plan.refused})


def _clashes(plan: Plan, index: int, there: Mapping[UUID, Slot]) -> Sequence[Clash]:
    slot, found = plan.draft.wanted[index], plan.refused[index]
    if (kind := _OF_NO_SLOT.get(type(found.refusal))) is not None:
        return [Clash(kind=kind, slot_id=None, occurrence=None)]
    others = [(slot_id, None, there[slot_id]) for slot_id in found.slot_ids if slot_id in there]
    planned_ones = [(None, plan.draft.slots[item].occurrence, plan.draft.wanted[item]) for item in found.items]
    return [
        Clash(kind=_kind(slot, other), slot_id=slot_id, occurrence=occurrence)
        for slot_id, occurrence, other in (*others, *planned_ones)
    ]


def next_day(of: AgentSchedule, zone: tzinfo, at: datetime) -> datetime:
    """Return the next midnight of the schedule, when its horizon moves on by a day."""
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return instant_of(datetime.combine(tomorrow, time()), zone).at


def slot_of(of: AgentSchedule, planned: PlannedSlot, id: UUID, rules: Rules, at: datetime) -> Slot:
    return Slot(
        id=id,
        organization_id=of.organization_id,
        property_id=of.property_id,
        agent_id=of.agent_id,
        start_time=planned.start_time,
        end_time=planned.end_time,
        busy_until=planned.end_time + rules.buffer,
        capacity=of.schedule.capacity,
        status=SlotStatus.AVAILABLE,
        reason=None,
        created_at=at,
        updated_at=at,
    )


def _kind(slot: Slot, other: Slot) -> ClashKind:
    if slot.start_time >= other.end_time or other.start_time >= slot.end_time:
        return ClashKind.BUFFER
    return ClashKind.AGENT if slot.agent_id == other.agent_id else ClashKind.PROPERTY
