"""Pages of bookable slots: the viewer's actions, the order over organizations, and encoded pages that are kept."""

import gc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from booking.domain.paging import Position
from booking.domain.people.agent import Agent, AgentRole
from booking.domain.people.applicant import Applicant, RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Policy
from booking.domain.values import replace
from booking.domain.visits.allowed_actions import SlotAction
from booking.domain.visits.commitments import Commitments
from booking.domain.visits.slot_page import PropertyPage, SlotPage
from booking.entrypoints.http.routes.visits import property_slots
from booking.entrypoints.http.routes.visits.property_slots import encoded

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PROPERTY, HOME, AWAY = uuid4(), UUID(int=1), UUID(int=2)
AGENT = Agent(id=uuid4(), organization_id=HOME, role=AgentRole.MEMBER)
PUBLIC, MANAGED = (
    (SlotAction.BOOK, SlotAction.HOLD),
    (SlotAction.BOOK_FOR, SlotAction.SET_CAPACITY, SlotAction.MOVE, SlotAction.CANCEL),
)


class Version:
    """As the store's: whatever can be referred to weakly."""


def applicant(organization_id: UUID = HOME) -> Applicant:
    return Applicant(
        id=uuid4(),
        organization_id=organization_id,
        external_id=uuid4(),
        user_id="ana",
        name="Ana",
        email="ana@example.com",
        risk_level=RiskLevel.LOW,
        screened_at=NOON,
    )


def caller(*applicants: Applicant, agent: Agent | None = None) -> Caller:
    return Caller(subject="ana", email=None, agent=agent, applicants=applicants)


def page(hours: Sequence[int], *, organization_id: UUID = HOME, version: object = None) -> SlotPage:
    rows = [(uuid4(), AGENT.id, "Eve", NOON + at * HOUR, NOON + (at + 1) * HOUR, 1, 1, NOON, NOON) for at in hours]
    return SlotPage(
        organization_id=organization_id,
        property_id=PROPERTY,
        policy=Policy(),
        at=NOON,
        columns=list(zip(*rows, strict=True)),
        version=version,
    )


def seen(pages: Sequence[SlotPage], viewer: Caller, limit: int = 20) -> PropertyPage:
    commitments = {one.organization_id: Commitments(applicant=one) for one in viewer.applicants}
    own = [one.seen_by(viewer, commitments.get(one.organization_id)) for one in pages]
    return PropertyPage(property_id=PROPERTY, pages=own, limit=limit)


def written(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def test_an_agent_who_is_an_applicant_too_may_do_what_either_may() -> None:
    (view,) = seen([page([1])], caller(applicant(), agent=AGENT)).items
    assert view.actions == (*PUBLIC, *MANAGED)


def test_pages_of_several_organizations_are_one_in_the_order_of_their_starts() -> None:
    home, away = page([1, 3]), page([2, 4], organization_id=AWAY)
    whole = seen([home, away], caller(applicant(), applicant(AWAY)), limit=3)
    assert [view.organization_id for view in whole.items] == [HOME, AWAY, HOME]
    last = home.slots[1]
    assert whole.next == Position(last.start_time, last.id)
    assert whole.cached is None
    assert seen([home], caller(applicant())).next is None


CALLER = caller(applicant())


@pytest.mark.parametrize("cached", [True, False])
def test_only_a_page_of_the_stores_cache_is_kept_encoded(cached: bool) -> None:
    mine = page([1, 2], version=Version() if cached else None)
    first, again = (encoded(seen([mine], caller(applicant()))) for _ in range(2))
    assert (first is again) is cached
    assert msgspec.json.encode(first) == msgspec.json.encode(encoded(seen([replace(mine, version=None)], CALLER)))


def test_a_page_is_encoded_anew_for_whoever_may_do_something_else() -> None:
    mine = page([1, 2], version=Version())
    shown = [encoded(seen([mine], viewer)) for viewer in (CALLER, caller(agent=AGENT), caller(agent=AGENT), CALLER)]
    assert shown[1] is shown[2]
    assert msgspec.json.encode(shown[0]) == msgspec.json.encode(shown[3]) != msgspec.json.encode(shown[1])


def test_a_page_whose_slots_differ_for_the_viewer_is_not_kept() -> None:
    mine = page([1, 2], version=Version())
    whole = seen([mine], CALLER)
    (theirs,) = whole.pages
    assert replace(whole, pages=[replace(theirs, actions=[PUBLIC, MANAGED])]).cached is None


def test_a_page_is_encoded_anew_when_a_rule_changes_what_people_may_do_until_when() -> None:
    mine = page([48], version=Version())
    start = NOON + 48 * HOUR
    rules = Policy(horizon_days=1, notice_seconds=3600, cancellation_cutoff_seconds=7200)
    before, after = (encoded(seen([replace(mine, policy=policy)], CALLER)) for policy in (Policy(), rules))
    told = [msgspec.json.decode(msgspec.json.encode(shown))["slots"][0] for shown in (before, after)]
    until = [[one["bookable_from"], one["bookable_until"], one["cancel_until"]] for one in told]
    assert until == [
        [None, written(start), written(start)],
        [written(start - 24 * HOUR), written(start - HOUR), written(start - 2 * HOUR)],
    ]


def test_what_was_encoded_goes_with_the_page() -> None:
    version = Version()
    encoded(seen([page([1], version=version)], CALLER))
    assert version in property_slots._encoded
    before = len(property_slots._encoded)
    del version
    gc.collect()
    assert len(property_slots._encoded) == before - 1
