"""Notices in PostgreSQL: the system's own subscription, messages that are merged, and what the tables hold."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.notices.notices import PostgresNotices
from booking.adapters.words.short_texts import ShortTexts
from booking.adapters.words.words import JinjaWords
from booking.domain.delivery.delivery import SYSTEM
from booking.domain.delivery.webhook_endpoint import EndpointSettings
from booking.domain.events import CLOCK
from booking.domain.notices.handover import HandoverFault, HandoverRefused
from booking.domain.notices.notice import NoticeState
from booking.domain.notices.plan import PlanSettings, QuietHours, Release
from booking.domain.notices.rules import HEARD, RULES
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.contact import Channel
from booking.domain.people.organization import Organization as Details
from booking.domain.planning.agent_calendar import Busy
from booking.domain.properties.policy import Settings
from booking.domain.values import replace
from booking.domain.visits.roster_changes import release_unconfirmed
from booking.domain.visits.slot_batch import BatchMode
from booking.service.notices.letters import Letters
from booking.service.notices.releases import ReleaseService
from tests.builders import HOUR, any_schedule
from tests.contract.test_agent_calendars import URL, Elsewhere
from tests.contract.test_notices import ADA, DAY, EVE, Scene
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld, as_owner

ROW = "SELECT * FROM subscriptions WHERE organization_id = $1 AND id = $2"


@pytest.fixture
async def scene(database: Database, owner_url: str) -> Scene:
    return await Scene(PostgresWorld(postgres_store(database), owner_url, database)).begin()


async def subscription(owner_url: str) -> dict[str, Any] | None:
    found = await as_owner(owner_url, ROW, SYSTEM, UUID(int=3))
    return dict(found[0]) if found else None


async def test_a_configured_channel_tells_of_events_from_then_on_and_of_the_visits_that_come(
    scene: Scene, database: Database, owner_url: str
) -> None:
    await scene.world.unsubscribe("notices")
    notices = PostgresNotices(database)
    await notices.follow(())
    assert await subscription(owner_url) is None
    for channels in (True, False, True):
        await scene.visit(timedelta(days=3 + len(scene.words.facts)))
        while await scene.world.store.outbox.place(50):
            pass
        await notices.follow((Channel.EMAIL,) if channels else ())
        if channels:
            found = await subscription(owner_url)
            assert found is not None
            assert (found["kind"], sorted(found["event_types"]), found["disabled_at"]) == (
                "notices",
                sorted(HEARD),
                None,
            )
        else:
            found = await subscription(owner_url)
            assert found is not None
            assert found["disabled_at"] is not None
        assert await scene.told() == []
        scene.words.facts += [None] * 2  # type: ignore[list-item]
    while await scene.notices.sweep():
        pass
    kinds = await as_owner(owner_url, "SELECT kind, count(*) FROM notices GROUP BY kind ORDER BY kind")
    assert [tuple(one) for one in kinds] == [("agent_day", 3), ("reminder", 6)]
    await notices.follow((Channel.EMAIL,))
    assert await scene.notices.sweep() == 0
    written = await as_owner(owner_url, "SELECT id, xmin FROM notices ORDER BY id")
    await notices.follow((Channel.SMS, Channel.EMAIL))
    assert await scene.notices.sweep() > 0
    while await scene.notices.sweep():
        pass
    assert await as_owner(owner_url, "SELECT id, xmin FROM notices ORDER BY id") == written, "nothing is written anew"


async def test_each_channel_begins_when_it_is_configured_and_again_after_it_was_taken_away(
    scene: Scene, database: Database, owner_url: str
) -> None:
    notices, admin = PostgresNotices(database), await scene.agency.admin()
    email, both = (Channel.EMAIL,), (Channel.EMAIL, Channel.SMS)
    at = datetime.now(UTC)
    quiet = QuietHours(since=(at - HOUR).time(), until=(at + 3 * HOUR).time())
    await scene.agency.notice_plans.put(admin, PlanSettings(channels=both, quiet_hours=quiet), expected=None)

    async def booked(*followed: Sequence[Channel], planned: bool = False) -> set[tuple[str, str]]:
        """Book a visit, follow these channels, one after another, and return how the person is told of it."""
        slot = await scene.agency.slot(await scene.agency.agent(), starts_in=3 * DAY)
        booking = await scene.agency.book(await scene.agency.applicant(), slot.id)
        if planned:
            await scene.plan()
        for channels in followed:
            await notices.follow(channels)
        await scene.plan()
        told = (
            "SELECT channel, state FROM notices"
            " WHERE booking_id = $1 AND kind = 'confirmed' AND recipient = 'applicant'"
        )
        return {(row["channel"], row["state"]) for row in await as_owner(owner_url, told, booking.id)}

    waits = ("email", "queued")
    assert await booked(both) == set()
    assert await booked(both) == {waits, ("sms", "queued")}
    assert await booked(email, both) == {waits}
    assert await booked(email, both, planned=True) == {waits, ("sms", "obsolete")}
    assert await booked((), both) == set()


async def test_slots_that_are_withdrawn_together_are_told_of_together(scene: Scene, owner_url: str) -> None:
    property_id, admin = uuid4(), await scene.agency.admin()
    slots = [
        await scene.agency.slot(scene.agent, property_id=property_id, starts_in=timedelta(days=2) + number * 2 * HOUR)
        for number in range(3)
    ]
    await scene.agency.slot_batches.cancel(
        admin, {number: slot.id for number, slot in enumerate(slots)}, BatchMode.ALL, None
    )
    assert await scene.told() == [(EVE, "slots_withdrawn agent agent")]
    assert [one.start_time for one in scene.words.facts[-1].visits] == [slot.start_time for slot in slots]


async def test_a_notice_has_nothing_of_a_person(scene: Scene, owner_url: str) -> None:
    await scene.visit()
    await scene.told()
    rows = [str(dict(row)) for row in await as_owner(owner_url, "SELECT * FROM notices")]
    assert len(rows) == 5
    assert not any(word in row for row in rows for word in (ADA, EVE, "Ada", "user-"))


async def test_an_erased_person_leaves_no_notice_and_no_address(scene: Scene, owner_url: str) -> None:
    scene.post.faults = lambda _: HandoverRefused(HandoverFault.ADDRESS_REFUSED)
    await scene.visit()
    await scene.told()
    left = "SELECT (SELECT count(*) FROM notices WHERE recipient_id = $1), (SELECT count(*) FROM suppressions)"
    for person, erase, after in (
        (scene.ada.applicants[0].id, scene.agency.applicants.erase, (0, 1)),
        (scene.agent.agent.id, scene.world.store.agents.erase, (0, 0)),  # type: ignore[union-attr]
    ):
        before = await as_owner(owner_url, left, person)
        assert before[0][0] > 0
        await erase(scene.agency.organization_id, person)
        assert [tuple(one) for one in await as_owner(owner_url, left, person)] == [after]


@pytest.mark.parametrize(
    "change",
    [
        "due_at = not_after",
        "state = 'sending'",
        "state = 'sent', attempts = 1, attempted_at = booking_now()",
        "state = 'sent', ended_at = booking_now()",
        "state = 'lost'",
        "attempts = 1",
        "sequence = NULL",
        "before_start = NULL, kind = 'reminder'",
        "recipient = 'agency'",
        "channel = 'pigeon'",
    ],
)
async def test_the_table_refuses_what_no_notice_is(scene: Scene, owner_url: str, change: str) -> None:
    await scene.visit()
    await scene.plan()
    with pytest.raises(asyncpg.CheckViolationError):
        await as_owner(owner_url, f"UPDATE notices SET {change} WHERE kind = 'confirmed'")


async def run_into(scene: Scene) -> None:
    """A calendar that is busy over a slot, and a schedule which finds that in its way."""
    agency, eve, elsewhere = scene.agency, scene.agent.as_agent().id, Elsewhere()
    slot = await agency.slot(scene.agent, starts_in=scene.passed + DAY)
    calendars = agency.agent_calendars(elsewhere)
    await calendars.put(scene.agent, eve, URL)
    elsewhere.becomes(Busy(slot.start_time, slot.end_time))
    lease = await agency.store.leases.take("reading calendars", DAY, None)
    assert lease is not None
    await calendars.step(lease)
    admin, wanted = await agency.admin(), any_schedule(agent_id=eve)
    (rule,) = wanted.schedule.rules
    rule = replace(rule, recurrence=replace(rule.recurrence, start=slot.start_time.replace(tzinfo=None, microsecond=0)))
    wanted = replace(wanted, schedule=replace(wanted.schedule, rules=(rule,)))
    await agency.schedules.create(admin, wanted, (await agency.schedules.preview(admin, wanted)).plan.hash)


async def test_all_that_is_told_has_words(scene: Scene, owner_url: str) -> None:
    """The templates find all that they need in what is read of PostgreSQL."""
    agency, words = scene.agency, JinjaWords()
    scene.sender.letters = Letters(words, ShortTexts())
    admin = await agency.admin()
    details = Details(id=agency.organization_id, name="Elm & Oak", email="hello@elm.example", time_zone="Europe/Lisbon")
    await agency.organizations.put(admin, details, expected=None)
    asking = PlanSettings(release=Release(before=5.5 * HOUR))
    await agency.notice_plans.put(admin, asking, expected=None)
    releases = ReleaseService(scene.world.store.deadlines, scene.world.store.rosters)
    endpoint = (await agency.webhooks.create(admin, EndpointSettings(url="https://hooks.example.com/"))).endpoint
    told: Counter[str | None] = Counter()

    async def tell(passed: timedelta = timedelta()) -> None:
        await scene.plan()
        scene.passed += passed
        await scene.world.jump(scene.passed)
        await releases.step()
        while await scene.sender.step() or scene.sender.under_way:
            pass
        told.update(email.kind for email in scene.post.emails)
        assert all(email.subject.strip() and "None" not in email.text for email in scene.post.emails)
        scene.post.emails.clear()

    booking = await scene.visit(3 * DAY)
    await agency.waitlists.join(scene.ben, booking.slot_id)
    await tell()
    await agency.bookings.cancel(scene.ada, booking.id, reason="Ill")
    await tell()
    await tell(timedelta(minutes=24))
    moved = await scene.visit(5 * DAY)
    await agency.bookings.reschedule(scene.ada, moved.id, (await agency.slot(scene.agent, starts_in=6 * DAY)).id)
    withdrawn = await scene.visit(7 * DAY)
    await agency.waitlists.join(scene.ben, withdrawn.slot_id)
    await agency.slots.cancel(admin, withdrawn.slot_id)
    await agency.bookings.confirm_attendance(scene.ada, moved.id)
    unconfirmed, _ = await scene.visit(7 * DAY), await scene.visit(4 * DAY, scene.ben)
    await tell()
    await scene.world.store.rosters.change(
        unconfirmed.slot_key, lambda roster: release_unconfirmed(roster, unconfirmed.id, 0), CLOCK
    )
    await tell()
    failing = (
        "UPDATE subscriptions SET failures = 1, failing_since = booking_now(), failed_at = booking_now() WHERE id = $1"
    )
    await as_owner(owner_url, failing, endpoint.id)
    lease = await scene.world.store.leases.take("webhook health", DAY, None)
    assert lease is not None
    for act in (scene.world.store.failing_endpoints.warn, scene.world.store.failing_endpoints.disable):
        await act(timedelta(), lease)
        await tell()
    policy = Settings(approval_levels=(RiskLevel.LOW,), approval_seconds=3600)
    await agency.policies.put(admin, policy, expected=None)
    declined, _ = await scene.visit(8 * DAY), await scene.visit(9 * DAY, scene.ben)
    await tell()
    await agency.bookings.decline(admin, declined.id, reason="Sold")
    await tell(timedelta(hours=1, minutes=1))
    await agency.tidying.step()
    await tell()
    await run_into(scene)
    await tell(timedelta(minutes=15))
    calendars, lease = agency.agent_calendars(Elsewhere(busy=None)), await agency.store.leases.take("c", DAY, None)
    assert lease is not None
    for passed in (DAY, timedelta()):
        await calendars.step(lease)
        await tell(passed)
    for _ in range(30):
        await tell(5 * HOUR)
    assert set(told) == {rule.kind for rule in RULES} | {"reminder", "offer_ending", "unanswered", "agent_day"}
    assert {end.state for end in scene.ends} <= {NoticeState.SENT, NoticeState.OBSOLETE}


async def test_a_property_overrides_the_plan_of_its_organization_field_by_field(scene: Scene, owner_url: str) -> None:
    home, elsewhere, organization_id = uuid4(), uuid4(), scene.agency.organization_id
    put = (
        "INSERT INTO notice_plans (organization_id, property_id, version, offsets, channels) VALUES ($1, $2, 1, $3, $4)"
    )
    await as_owner(owner_url, put, organization_id, None, [3 * HOUR], ["email", "sms"])
    await as_owner(owner_url, put, organization_id, home, None, ["whatsapp"])
    for property_id, person in ((home, scene.ada), (elsewhere, scene.ben)):
        slot = await scene.agency.slot(await scene.agency.agent(), property_id=property_id, starts_in=3 * DAY)
        await scene.agency.book(person, slot.id)
    await scene.plan()
    of_kind = "SELECT property_id, channel, before_start FROM notices WHERE kind = $1"
    assert {tuple(one) for one in await as_owner(owner_url, of_kind, "reminder")} == {
        (home, "whatsapp", 3 * HOUR),
        (elsewhere, "email", 3 * HOUR),
        (elsewhere, "sms", 3 * HOUR),
    }
    days = await as_owner(owner_url, of_kind, "agent_day")
    assert sorted(one["channel"] for one in days) == ["email", "email"]


async def test_a_property_has_no_quiet_hours_where_it_says_so(scene: Scene, owner_url: str) -> None:
    admin, home, elsewhere = await scene.agency.admin(), uuid4(), uuid4()
    now = datetime.now(UTC)
    always = QuietHours(since=(now - HOUR).time(), until=(now + 3 * HOUR).time())
    await scene.agency.notice_plans.put(admin, PlanSettings(quiet_hours=always), expected=None)
    await scene.agency.notice_plans.put(admin, PlanSettings(quiet_hours=None), expected=None, property_id=home)
    for property_id, person in ((home, scene.ada), (elsewhere, scene.ben)):
        slot = await scene.agency.slot(await scene.agency.agent(), property_id=property_id, starts_in=3 * DAY)
        await scene.agency.book(person, slot.id)
    await scene.plan()
    found = await as_owner(
        owner_url,
        "SELECT property_id, due_at > happened_at FROM notices WHERE kind = 'confirmed' AND recipient = 'agent'",
    )
    assert {tuple(one) for one in found} == {(home, False), (elsewhere, True)}


@pytest.mark.parametrize(
    "bad",
    [
        "offsets = '{0 h}'",
        "offsets = '{31 days}'",
        "offsets = array_fill(interval '1 h', '{11}')",
        "channels = '{post}'",
        "channels = '{email,email,email,email}'",
        "quiet = true",
        "quiet = true, quiet_since = '08:00', quiet_until = '08:00'",
        "quiet = false, quiet_since = '08:00', quiet_until = '09:00'",
        "releases = true, release_before = '1 h'",
        "release_before = '1 h', trust_sent = false",
        "releases = true, release_before = '0 h', trust_sent = false",
    ],
)
async def test_the_table_itself_refuses_an_impossible_plan(bad: str, database: Database, owner_url: str) -> None:
    organization_id = uuid4()
    await as_owner(owner_url, "INSERT INTO notice_plans (organization_id, version) VALUES ($1, 1)", organization_id)
    with pytest.raises(asyncpg.CheckViolationError):
        await as_owner(owner_url, f"UPDATE notice_plans SET {bad} WHERE organization_id = $1", organization_id)
